/** What `withTimeout` returns when the time limit was reached. */
export const TimedOut = Symbol('timed out')

/**
 * Runs `act` with a signal that aborts after `limitMs`, or with the caller's signal.
 * Returns `TimedOut` when the limit is reached first; throws the caller's abort reason.
 * `act` must end when its signal aborts. If it does not, it is abandoned and its later failure is ignored.
 */
export async function withTimeout<T>(
  limitMs: number,
  signal: AbortSignal,
  act: (limit: AbortSignal) => Promise<T>,
): Promise<T | typeof TimedOut> {
  signal.throwIfAborted()
  const controller = new AbortController()
  const { promise: over, resolve: end } = Promise.withResolvers<typeof TimedOut>()
  const stop = (): void => {
    controller.abort()
    end(TimedOut)
  }
  const timer = setTimeout(stop, limitMs)
  signal.addEventListener('abort', stop, { once: true })
  try {
    const acting = act(controller.signal)
    acting.catch(() => undefined) // after a timeout nothing else handles it
    const first = await Promise.race([acting, over])
    signal.throwIfAborted()
    return first
  } catch (error) {
    signal.throwIfAborted()
    if (controller.signal.aborted) return TimedOut
    throw error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

/** Waits, unless the signal aborts first; then throws its reason. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, durationMs)
  const stop = (): void => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

/** The code of a system or TLS error, or its name. */
export function errorCode(error: unknown): string {
  if (error instanceof Error) {
    return 'code' in error && typeof error.code === 'string' ? error.code : error.name
  }
  return typeof error
}
