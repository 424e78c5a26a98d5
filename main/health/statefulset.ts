import { countIn, fieldsIn, numberIn, textIn } from './fields.ts'
import type { Assessment, Rule } from './object.ts'

/** kstatus' StatefulSet. */
export const statefulSet: Rule = ({ spec, status }) => {
  const strategy = fieldsIn(spec, 'updateStrategy')
  const wanted = numberIn(spec, 'replicas') ?? 1
  const made = countIn(status, 'replicas')
  const ready = countIn(status, 'readyReplicas')
  const updated = countIn(status, 'updatedReplicas')
  // Its pods change only when a person deletes them, so being behind is what was asked for.
  if (strategy.type === 'OnDelete') return ready < wanted ? waits(ready, wanted, 'ready') : well(ready)
  if (made < wanted) return waits(made, wanted, 'made')
  if (ready < wanted) return waits(ready, wanted, 'ready')
  if (made > wanted) return { health: 'progressing', reason: `${made - wanted} replicas are ending` }

  const partition = countIn(fieldsIn(strategy, 'rollingUpdate'), 'partition')
  if (partition > 0) {
    const due = Math.max(0, wanted - partition)
    return updated < due ? waits(updated, due, 'updated') : well(ready)
  }
  if (textIn(status, 'currentRevision') !== textIn(status, 'updateRevision')) return waits(updated, wanted, 'updated')
  return well(ready)
}

const waits = (done: number, wanted: number, what: string): Assessment => ({
  health: 'progressing',
  reason: `${done} of ${wanted} replicas ${what}`,
})
const well = (ready: number): Assessment => ({ health: 'healthy', reason: `${ready} ready` })
