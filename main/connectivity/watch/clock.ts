import { setTimeout as delay } from 'node:timers/promises'

/** The clock of a schedule; tests replace it. */
export interface Clock {
  /** Milliseconds since 1970, as the wall clock has them: it may jump, and stands still in no sleep. */
  nowMs(): number
  /** Resolves after the time, or as soon as the signal aborts. A computer that sleeps meanwhile wakes late. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  // A schedule holds no process open: the host does.
  wait: (ms, signal) => delay(ms, undefined, { signal, ref: false }).catch(() => undefined),
}
