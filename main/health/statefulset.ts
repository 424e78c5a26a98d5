import { countIn, fieldsIn, numberIn, textIn } from './fields.ts'
import type { Assessment, Rule } from './object.ts'

/** As in kstatus. */
export const statefulSet: Rule = ({ spec, status }) => {
  const strategy = fieldsIn(spec, 'updateStrategy')
  const desired = numberIn(spec, 'replicas') ?? 1
  const created = countIn(status, 'replicas')
  const ready = countIn(status, 'readyReplicas')
  const updated = countIn(status, 'updatedReplicas')
  // Pods are updated only when a user deletes them, so outdated pods are intended.
  if (strategy.type === 'OnDelete') return ready < desired ? progressing(ready, desired, 'ready') : healthy(ready)
  if (created < desired) return progressing(created, desired, 'created')
  if (ready < desired) return progressing(ready, desired, 'ready')
  if (created > desired) return { health: 'progressing', reason: `${created - desired} replicas are terminating` }

  const partition = countIn(fieldsIn(strategy, 'rollingUpdate'), 'partition')
  if (partition > 0) {
    const due = Math.max(0, desired - partition)
    return updated < due ? progressing(updated, due, 'updated') : healthy(ready)
  }
  if (textIn(status, 'currentRevision') !== textIn(status, 'updateRevision'))
    return progressing(updated, desired, 'updated')
  return healthy(ready)
}

const progressing = (done: number, desired: number, what: string): Assessment => ({
  health: 'progressing',
  reason: `${done} of ${desired} replicas ${what}`,
})
const healthy = (ready: number): Assessment => ({ health: 'healthy', reason: `${ready} ready` })
