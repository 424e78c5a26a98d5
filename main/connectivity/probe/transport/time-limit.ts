/** What `withTimeout` returns when the time limit was reached. */
export const TimedOut = Symbol('timed out')

/** A timer waits in steps of this length, so that it notices when this process did not run meanwhile. */
const stepMs = 200
/** Starvation is measured in shorter steps: what this process missed while it had nothing to do is not noticed. */
const heartbeatMs = 100
/** A process that starts, or computes, misses some beats by less. */
const lateBeatMs = 150
/** A step that ends later than this was not only rounded by the system: the process had no processor time, or was suspended. */
const lateMs = 50
/** Further steps of a time limit whose last step was late: a reply that came meanwhile may need another round trip. */
const extraSteps = 3

/** A process that never gets to its work still ends: at most the limit once more is not counted, and one long pause hardly matters. */
const lossLimit = 1
const lossPerStepMs = 500

/** How much of `elapsedMs` this process did not run, when it was due after `dueMs`. */
const lostTime = (elapsedMs: number, dueMs: number): number => (elapsedMs - dueMs > lateMs ? elapsedMs - dueMs : 0)

/**
 * Calls `onEnd` after this process ran for `durationMs`, and once it has read what was received by then. Time in which it did
 * not run does not count: a reply that waits in a socket's buffer is not late. Returns a function that cancels the timer.
 */
function startTimer(durationMs: number, onEnd: () => void, extraSteps = 0): () => void {
  let leftMs = durationMs
  let leftToLoseMs = lossLimit * durationMs
  let extra = extraSteps
  let timer: NodeJS.Timeout | undefined
  let turn: NodeJS.Immediate | undefined
  const step = (): void => {
    const dueMs = Math.min(leftMs, stepMs)
    const startedAt = performance.now()
    timer = setTimeout(() => {
      const elapsedMs = performance.now() - startedAt
      const lostMs = leftToLoseMs > 0 ? lostTime(elapsedMs, dueMs) : 0
      leftToLoseMs -= Math.min(lostMs, lossPerStepMs)
      leftMs -= elapsedMs - lostMs
      if (leftMs <= 0 && lostMs > 0 && extra > 0) {
        extra -= 1
        leftMs = stepMs
      }
      // Timers come before reads in a turn of the event loop, immediates after them.
      if (leftMs > 0) step()
      else turn = setImmediate(onEnd)
    }, dueMs)
  }
  step()
  return () => {
    clearTimeout(timer)
    clearImmediate(turn)
  }
}

/** How this process ran, as far as that was measured. */
export interface Starvation {
  /** How long it did not run although it was due. */
  readonly lostMs: number
  readonly beats: number
  /** Beats before which it did not run for `lateBeatMs`. */
  readonly lateBeats: number
}

let measured: Starvation = { lostMs: 0, beats: 0, lateBeats: 0 }
let measuring = 0
let heartbeat: NodeJS.Timeout | undefined

/** Measures the time in which this process does not run. Returns a function that ends it. */
export function measureStarvation(): () => void {
  let before = performance.now()
  measuring += 1
  heartbeat ??= setInterval(() => {
    const now = performance.now()
    const lostMs = lostTime(now - before, heartbeatMs)
    measured = {
      lostMs: measured.lostMs + lostMs,
      beats: measured.beats + 1,
      lateBeats: measured.lateBeats + (lostMs > lateBeatMs ? 1 : 0),
    }
    before = now
  }, heartbeatMs)
  return () => {
    measuring -= 1
    if (measuring > 0) return
    clearInterval(heartbeat)
    heartbeat = undefined
  }
}

/** What was measured since `before`. */
export const starvationSince = (before: Starvation): Starvation => ({
  lostMs: measured.lostMs - before.lostMs,
  beats: measured.beats - before.beats,
  lateBeats: measured.lateBeats - before.lateBeats,
})
export const starvationNow = (): Starvation => measured

/** A clock in milliseconds that stands still while this process does not run, as far as that is measured. */
export const runningNow = (): number => performance.now() - measured.lostMs

/**
 * Runs `act` with a signal that aborts after this process ran for `limitMs`, or with the caller's signal.
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
  const cancelTimer = startTimer(limitMs, stop, extraSteps)
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
    cancelTimer()
    signal.removeEventListener('abort', stop)
  }
}

/** Waits until this process ran for `durationMs`, unless the signal aborts first; then throws its reason. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const cancelTimer = startTimer(durationMs, resolve)
  const stop = (): void => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    await promise
  } finally {
    cancelTimer()
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
