import { conditionsOf, formatCondition } from './conditions.ts'
import { countIn, textIn } from './fields.ts'
import type { Rule } from './object.ts'

/** As in Helm and Flux. To kstatus a running Job is already complete. */
export const job: Rule = ({ spec, status }) => {
  const conditions = conditionsOf(status)
  const failed = conditions.get('Failed')
  if (failed?.status === 'True') return { health: 'degraded', reason: formatCondition(failed), since: failed.since }
  const complete = conditions.get('Complete')
  if (complete?.status === 'True') return { health: 'healthy', reason: 'Complete', since: complete.since }
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

export const cronJob: Rule = ({ spec, status }) => {
  if (spec?.suspend === true) return { health: 'suspended', reason: 'Suspended' }
  const last = textIn(status, 'lastScheduleTime')
  return { health: 'healthy', reason: last === undefined ? 'Has not run yet' : 'Scheduled', since: last }
}
