import { conditionsOf, degradedBy } from './conditions.ts'
import { countIn, listIn, textIn } from './fields.ts'
import type { Rule } from './object.ts'

/** As in Helm and Flux. To kstatus a running Job is already complete. */
export const job: Rule = ({ spec, status }) => {
  const conditions = conditionsOf(status)
  const failed = conditions.get('Failed')
  if (failed?.status === 'True') return degradedBy(failed)
  const complete = conditions.get('Complete')
  if (complete?.status === 'True') return { health: 'healthy', reason: 'Complete', since: complete.since }
  // It will fail once its pods have ended: https://kubernetes.io/docs/concepts/workloads/controllers/job/#termination-of-job-pods
  const decided = conditions.get('FailureTarget')
  if (decided?.status === 'True') return degradedBy(decided)
  const suspended = conditions.get('Suspended')
  if (spec?.suspend === true) return { health: 'suspended', reason: 'Suspended', since: suspended?.since }
  const active = countIn(status, 'active')
  const failures = countIn(status, 'failed')
  const reason = active === 0 ? 'Waiting to start' : `${active} running`
  return {
    health: 'progressing',
    reason: failures === 0 ? reason : `${reason}, ${failures} failed before`,
    since: textIn(status, 'startTime'),
  }
}

/**
 * As in Argo CD, by its last run: its controller forgets a job that has ended and notes a success in the same update. One
 * that never succeeded is degraded too, once it has run.
 */
export const cronJob: Rule = ({ spec, status }) => {
  if (spec?.suspend === true) return { health: 'suspended', reason: 'Suspended' }
  const last = textIn(status, 'lastScheduleTime')
  if (last === undefined) return { health: 'healthy', reason: 'Has not run yet' }
  if (listIn(status, 'active').length > 0) return { health: 'healthy', reason: 'Running', since: last }
  const success = textIn(status, 'lastSuccessfulTime')
  if (success === undefined) {
    return { health: 'degraded', reason: `The run of ${last} failed; none has succeeded`, since: last }
  }
  return Date.parse(success) < Date.parse(last)
    ? { health: 'degraded', reason: `The run of ${last} failed; the last success was at ${success}`, since: last }
    : { health: 'healthy', reason: 'Scheduled', since: last }
}
