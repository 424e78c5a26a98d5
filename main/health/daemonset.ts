import { countIn, fieldsIn, numberIn } from './fields.ts'
import { progressingUntil, readinessLimitMs } from './limits.ts'
import type { Rule } from './object.ts'

/** As in kstatus: counts are valid only with an observed generation. In addition, one that stays without a ready pod is degraded. */
export const daemonSet: Rule = ({ metadata, spec, status }, nowMs, unhealthySince) => {
  const desired = numberIn(status, 'desiredNumberScheduled')
  if (desired === undefined || numberIn(status, 'observedGeneration') === undefined) {
    return { health: 'progressing', reason: 'Its controller has not observed it yet' }
  }
  const rolls = fieldsIn(spec, 'updateStrategy').type !== 'OnDelete'
  const counts = [
    ['created', countIn(status, 'currentNumberScheduled')],
    // With OnDelete, outdated pods are intended.
    ['updated', rolls ? countIn(status, 'updatedNumberScheduled') : desired],
    ['available', countIn(status, 'numberAvailable')],
    ['ready', countIn(status, 'numberReady')],
  ] as const
  const short = counts.find(([, done]) => done < desired)
  if (short === undefined) return { health: 'healthy', reason: `Ready on ${desired} nodes` }
  const [what, done] = short
  const reason = `${what} on ${done} of ${desired} nodes`
  if (what === 'created' || what === 'updated' || countIn(status, 'numberReady') > 0)
    return { health: 'progressing', reason }
  // Nodes come and go, so a few pods are always starting; but not all of them. Its status has no times.
  const since = unhealthySince ?? metadata.creationTimestamp
  return progressingUntil(readinessLimitMs, { reason, since }, nowMs, 'Incomplete')
}
