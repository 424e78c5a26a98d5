import type { Watch } from '../../../preload/contract/connectivity.ts'

/** The clock is read this often: a timer alone would be late after the computer slept or its clock was set. */
export const rereadEveryMs = 30_000

/** Pause before each run that is due when Hangar starts, plane after plane, so that the window opens first. */
export const afterStartMs = 3_000

/** Largest random offset between schedules that were set together; at most a tenth of their interval. */
const jitterLimitMs = 60_000

const everyMs = ({ everyMinutes }: Watch): number => everyMinutes * 60_000
const jitterMs = (watch: Watch): number => Math.min(everyMs(watch) / 10, jitterLimitMs)

/** When to look next after a run that began at `fromMs`. `random` is from 0 to 1. Pure. */
export function nextMs(watch: Watch, fromMs: number, random: number): number {
  return fromMs + everyMs(watch) + Math.round(random * jitterMs(watch))
}

/**
 * Milliseconds until the next run; 0 when it is due. Times that were missed make one run, not many. A time that is further
 * away than a schedule can put it means that the clock was set back: then it is due as well. Pure.
 */
export function untilDueMs(watch: Watch, nextAtMs: number, nowMs: number): number {
  const left = nextAtMs - nowMs
  return left > everyMs(watch) + jitterMs(watch) ? 0 : Math.max(0, left)
}
