import { conditionsOf, degradedBy } from './conditions.ts'
import { countIn, type Fields, isFields, listIn, textIn } from './fields.ts'
import { ageMs, creationLimitMs, formatLimit, progressingUntil } from './limits.ts'
import type { Rule } from './object.ts'

/** As in Helm and Flux. To kstatus a running Job is already complete. */
export const job: Rule = ({ spec, status }, nowMs) => {
  const conditions = conditionsOf(status)
  const failed = conditions.get('Failed')
  if (failed?.status === 'True') return degradedBy(failed)
  const complete = conditions.get('Complete')
  if (complete?.status === 'True') return { health: 'healthy', reason: 'Complete', since: complete.since }
  // It will fail once its pods have ended: https://kubernetes.io/docs/concepts/workloads/controllers/job/#termination-of-job-pods
  const decided = conditions.get('FailureTarget')
  if (decided?.status === 'True') return degradedBy(decided)
  const lost = lostIndexes(spec, status)
  if (lost !== undefined) return { health: 'degraded', reason: lost, since: textIn(status, 'startTime') }
  const suspended = conditions.get('Suspended')
  if (spec?.suspend === true) return { health: 'suspended', reason: 'Suspended', since: suspended?.since }
  const active = countIn(status, 'active')
  const failures = countIn(status, 'failed')
  const since = textIn(status, 'startTime')
  const reason = active === 0 ? 'Waiting to start' : `${active} running`
  // Nothing but a quota or a policy keeps its first pod from being created.
  if (active === 0 && failures === 0 && countIn(status, 'succeeded') === 0) {
    return progressingUntil(creationLimitMs, { reason, since }, nowMs, 'Not started')
  }
  return { health: 'progressing', reason: failures === 0 ? reason : `${reason}, ${failures} failed before`, since }
}

/**
 * With a limit for each index, the other indexes continue, but the job fails at their end:
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#backoff-limit-per-index
 */
function lostIndexes(spec: Fields | undefined, status: Fields | undefined): string | undefined {
  const failed = textIn(status, 'failedIndexes')
  if (failed === undefined || spec?.backoffLimitPerIndex === undefined) return undefined
  // A success policy can be met without them.
  return isFields(spec.successPolicy) ? undefined : `Index ${failed} failed for good`
}

/**
 * As in Argo CD, by its last run: its controller forgets a job that has ended and notes a success in the same update. One
 * that never succeeded is degraded too, once it has run.
 */
export const cronJob: Rule = ({ metadata, spec, status }, nowMs) => {
  if (spec?.suspend === true) return { health: 'suspended', reason: 'Suspended' }
  const last = textIn(status, 'lastScheduleTime')
  if (listIn(status, 'active').length > 0) return { health: 'healthy', reason: 'Running', since: last }
  const missed = missedRun(textIn(spec, 'schedule'), last ?? metadata.creationTimestamp, nowMs)
  if (missed !== undefined) return { health: 'degraded', reason: missed, since: last ?? metadata.creationTimestamp }
  if (last === undefined) return { health: 'healthy', reason: 'Has not run yet' }
  const success = textIn(status, 'lastSuccessfulTime')
  if (success === undefined) {
    return { health: 'degraded', reason: `The run of ${last} failed; none has succeeded`, since: last }
  }
  return Date.parse(success) < Date.parse(last)
    ? { health: 'degraded', reason: `The run of ${last} failed; the last success was at ${success}`, since: last }
    : { health: 'healthy', reason: 'Scheduled', since: last }
}

const hourMs = 3_600_000
/** Between two runs, at most; absent for schedules that name days. */
const intervals: readonly (readonly [schedule: RegExp, ms: number])[] = [
  [/^(@hourly|\S+ \*(\/1)? \* \* \*)$/, hourMs],
  [/^(@daily|@midnight|\S+ \S+ \* \* \*)$/, 24 * hourMs],
]

/**
 * Its controller gives up a schedule it cannot catch up with, and has no condition for that:
 * https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#job-creation. Twice the interval allows for a deadline.
 */
function missedRun(schedule: string | undefined, last: string | undefined, nowMs: number): string | undefined {
  const ms = intervals.find(([form]) => form.test(schedule?.trim().replaceAll(/\s+/g, ' ') ?? ''))?.[1]
  if (ms === undefined || ageMs(last, nowMs) <= 2 * ms) return undefined
  return `No run for over ${formatLimit(2 * ms)}, and its schedule is "${schedule}"`
}
