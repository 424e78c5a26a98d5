import type { Watch } from '../../../preload/contract/connectivity.ts'

/** The clock is looked at this often: a timer alone would sleep on when the computer does, or when its clock is set. */
export const lookEveryMs = 30_000

/** Runs that are due when Hangar starts wait for so long, plane after plane: first comes what a person sees. */
export const afterStartMs = 3_000

/** Schedules that were set together drift apart by as much as this, and no more than a tenth of their interval. */
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
