/** Times in the sample data are relative to the load of the page, so that ages are realistic. */
const loadedAt = Date.now()

export const ago = (seconds: number): string => new Date(loadedAt - seconds * 1_000).toISOString()
export const now = (): string => new Date().toISOString()

/** Resolves after the time, or when the signal aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
