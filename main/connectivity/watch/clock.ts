import { setTimeout as delay } from 'node:timers/promises'

/** The clock of a schedule; tests replace it. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970. It may jump, and continues while the computer sleeps. */
  nowMs(): number
  /** Resolves after the time, or as soon as the signal aborts. Late if the computer sleeps meanwhile. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  // A schedule alone does not keep the process alive: the host does.
  wait: (ms, signal) => delay(ms, undefined, { signal, ref: false }).catch(() => undefined),
}
