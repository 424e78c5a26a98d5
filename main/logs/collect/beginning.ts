/**
 * A log that was rotated sooner than this after the start of its container has more than the kubelet's 10 MiB in that
 * time. A container that prints nothing for longer cannot be told from one whose log was rotated.
 */
const soonestRotationMs = 5_000
/** The status of a pod has times in whole seconds: the fraction is left out. */
const statusPrecisionMs = 1_000

/** One run of a container, from its start to its end, by the status of the pod. */
export interface Run {
  readonly startedMs: number
  readonly finishedMs?: number | undefined
}

export interface FirstLine {
  readonly atMs: number
  /** How long its log was open before the line was sent: what is written then is not missed. */
  readonly awaitedMs: number
}

/**
 * Whether the log of a run of which nothing is stored has its beginning: the kubelet serves the newest file of a log, and
 * does not report that there were others.
 * - `missing`: the first line is late. The log was rotated, or the container printed nothing until then.
 * - `unclear`: it is late after the run before, and the status is still that of an earlier run.
 */
export type Beginning = 'present' | 'missing' | 'unclear'

/**
 * All times are by the clock of the node, except that `awaitedMs` is a duration by ours. `previousEndMs`: of the last line
 * of the run before, if it is known. Nothing shows that a beginning is missing where the status has no start, or the clock
 * was set back.
 */
export function beginningOf(first: FirstLine, run: Run | undefined, previousEndMs?: number): Beginning {
  const isLateAfter = (ms: number): boolean => first.atMs - first.awaitedMs - ms > soonestRotationMs
  // A run begins after the one before has ended.
  if (previousEndMs !== undefined && !isLateAfter(previousEndMs)) return 'present'
  if (run === undefined) return 'present'
  const isEarlierRun =
    (previousEndMs !== undefined && run.startedMs + statusPrecisionMs <= previousEndMs) ||
    (run.finishedMs !== undefined && run.finishedMs + statusPrecisionMs <= first.atMs)
  if (isEarlierRun) return 'unclear'
  return isLateAfter(run.startedMs) ? 'missing' : 'present'
}
