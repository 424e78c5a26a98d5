/** Times in the canned data are told from when the page was loaded, so that ages look as they would. */
const loadedAt = Date.now()

export const ago = (seconds: number): string => new Date(loadedAt - seconds * 1_000).toISOString()
export const now = (): string => new Date().toISOString()

/** Waits, or ends early with the signal. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
