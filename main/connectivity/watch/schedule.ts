import type { Change, Watch } from '../../../preload/contract/connectivity.ts'
import type { WatchFile } from './watch-file.ts'

/** The clock is read this often: a timer alone would be late after the computer slept or its clock was set. */
export const rereadEveryMs = 30_000

/** Pause before each run that is due when Hangar starts, plane after plane, so that the window opens first. */
export const startDelayMs = 3_000

/** Largest random offset between schedules that were set together; at most a tenth of their interval. */
const jitterLimitMs = 60_000

const everyMs = ({ everyMinutes }: Watch): number => everyMinutes * 60_000
const jitterMs = (watch: Watch): number => Math.min(everyMs(watch) / 10, jitterLimitMs)
const timestamp = (ms: number): string => new Date(ms).toISOString()

/** The time of the next run after one that started at `fromMs`. `random` is from 0 to 1. Pure. */
export function nextRunMs(watch: Watch, fromMs: number, random: number): number {
  return fromMs + everyMs(watch) + Math.round(random * jitterMs(watch))
}

/**
 * Milliseconds until the next run; 0 when it is due. Several missed times make one run. A time later than the schedule allows
 * means that the clock was set back: then the run is due too. Pure.
 */
export function untilDueMs(watch: Watch, nextAtMs: number, nowMs: number): number {
  const left = nextAtMs - nowMs
  return left > everyMs(watch) + jitterMs(watch) ? 0 : Math.max(0, left)
}

export type NextStep =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'wait-for-user-checks' }
  | { readonly kind: 'run' }

/** What the host does next for a schedule. A due run waits for the checks of users. Pure. */
export function nextStep(file: WatchFile, userChecks: boolean, nowMs: number): NextStep {
  const leftMs = untilFileDueMs(file, nowMs)
  if (leftMs > 0) return { kind: 'wait', ms: Math.min(leftMs, rereadEveryMs) }
  return userChecks ? { kind: 'wait-for-user-checks' } : { kind: 'run' }
}

/** A new or changed schedule: due at once. It keeps what the last run of the previous one found. Pure. */
export function scheduled(watch: Watch, previous: WatchFile | undefined, nowMs: number): WatchFile {
  const { lastAt = null, changes = [] } = previous ?? {}
  return { watch, lastAt, nextAt: timestamp(nowMs), changes, problem: '' }
}

/** Moves the next run on, so that one host alone makes the run that is due; undefined if none is due. Pure. */
export function claimed(file: WatchFile, nowMs: number, random: number): WatchFile | undefined {
  if (untilFileDueMs(file, nowMs) > 0) return undefined
  return { ...file, nextAt: timestamp(nextRunMs(file.watch, nowMs, random)) }
}

/** The times of a run that ended. `random` is from 0 to 1. */
export interface RunTimes {
  readonly startedMs: number
  readonly endedMs: number
  readonly random: number
}

/** Records a run of the schedule `watch`. Its changes are dropped if the schedule was changed during the run. Pure. */
export function completed(
  file: WatchFile,
  watch: Watch,
  times: RunTimes,
  { changes, problem }: { readonly changes: Change[]; readonly problem: string },
): WatchFile {
  const recorded = sameWatch(file.watch, watch) ? changes : file.changes
  return { ...withTimes(file, times), changes: recorded, problem }
}

/** Records a run that could not be made. Pure. */
export function failed(file: WatchFile, times: RunTimes, problem: string): WatchFile {
  return { ...withTimes(file, times), changes: [], problem }
}

/** Records that a user's check interrupted the run: it is repeated when that check ends. Pure. */
export function postponed(file: WatchFile, startedMs: number): WatchFile {
  return { ...file, nextAt: timestamp(startedMs) }
}

/** Whether two schedules are equal. Pure. */
export function sameWatch(left: Watch | undefined, right: Watch): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}

const untilFileDueMs = ({ watch, nextAt }: WatchFile, nowMs: number): number =>
  untilDueMs(watch, Date.parse(nextAt), nowMs)

/** Times that passed during a long run are skipped. */
function withTimes(file: WatchFile, { startedMs, endedMs, random }: RunTimes): WatchFile {
  const nextAt = untilFileDueMs(file, endedMs) > 0 ? file.nextAt : timestamp(nextRunMs(file.watch, endedMs, random))
  return { ...file, lastAt: timestamp(startedMs), nextAt }
}
