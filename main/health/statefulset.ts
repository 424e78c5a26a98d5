import { countIn, fieldsIn, numberIn, textIn } from './fields.ts'
import { progressingUntil, readinessLimitMs } from './limits.ts'
import type { Assessment, Rule } from './object.ts'

/** As in kstatus. In addition, one that has no rollout and stays below its replicas is degraded. */
export const statefulSet: Rule = ({ metadata, spec, status }, nowMs, unhealthySince) => {
  const strategy = fieldsIn(spec, 'updateStrategy')
  const desired = numberIn(spec, 'replicas') ?? 1
  const created = countIn(status, 'replicas')
  const ready = countIn(status, 'readyReplicas')
  const updated = countIn(status, 'updatedReplicas')
  const isOneRevision = textIn(status, 'currentRevision') === textIn(status, 'updateRevision')
  const waiting = (done: number, what: string): Assessment => {
    const isReported = numberIn(status, 'observedGeneration') !== undefined || status?.updateRevision !== undefined
    if (!isReported || !isOneRevision) return progressing(done, desired, what)
    // Its status has no times: without a watcher, it counts as waiting since it was created.
    const since = unhealthySince ?? metadata.creationTimestamp
    const wait = { reason: `${done} of ${desired} replicas ${what}`, since }
    return progressingUntil(readinessLimitMs, wait, nowMs, 'Incomplete')
  }
  // Pods are updated only when a user deletes them, so outdated pods are intended.
  if (strategy.type === 'OnDelete') return ready < desired ? waiting(ready, 'ready') : healthy(ready)
  if (created < desired) return waiting(created, 'created')
  if (ready < desired) return waiting(ready, 'ready')
  // A pod is available once it was ready for minReadySeconds.
  const available = numberIn(status, 'availableReplicas') ?? desired
  if (countIn(spec, 'minReadySeconds') > 0 && available < desired) return waiting(available, 'available')
  if (created > desired) return { health: 'progressing', reason: `${created - desired} replicas are terminating` }

  const partition = countIn(fieldsIn(strategy, 'rollingUpdate'), 'partition')
  if (partition > 0) {
    const due = Math.max(0, desired - partition)
    return updated < due ? progressing(updated, due, 'updated') : healthy(ready)
  }
  if (!isOneRevision) return progressing(updated, desired, 'updated')
  const current = countIn(status, 'currentReplicas')
  if (numberIn(status, 'currentReplicas') !== undefined && current < desired)
    return progressing(current, desired, 'current')
  return healthy(ready)
}

const progressing = (done: number, desired: number, what: string): Assessment => ({
  health: 'progressing',
  reason: `${done} of ${desired} replicas ${what}`,
})
const healthy = (ready: number): Assessment => ({ health: 'healthy', reason: `${ready} ready` })
