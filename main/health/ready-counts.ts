import { fieldsIn, numberIn, textIn } from './fields.ts'
import { progressingUntil, unknownKindLimitMs } from './limits.ts'
import type { Assessment, Subject } from './object.ts'
import { unknownWord } from './phase-table.ts'

/** Fields with which controllers count what is ready, and how many there should be, the first that is there. */
const pairs: readonly (readonly [ready: string, total: readonly string[]])[] = [
  ['readyReplicas', ['desiredReplicas', 'replicas']],
  ['availableReplicas', ['desiredReplicas', 'replicas']],
  ['readyPods', ['pods']],
  ['readyInstances', ['instances']],
  ['readyMembers', ['members']],
  ['availableNodes', ['expectedNodes']],
  ['numberReady', ['desiredNumberScheduled']],
  ['currentHealthy', ['expectedMachines']],
  ['ready', ['size']],
]

/** A kind that reports no condition of the whole, but counts its parts; undefined without counts. */
export function fromReadyCounts(
  object: Subject,
  nowMs: number,
  unhealthySince: string | undefined,
): Assessment | undefined {
  const { spec, status } = object
  const scaled = scaleOf(object)
  if (scaled !== undefined) return judged(scaled, object, nowMs, unhealthySince)
  for (const [field, totals] of pairs) {
    const ready = numberIn(status, field)
    const total = totals.map((key) => numberIn(spec, key) ?? numberIn(status, key)).find((count) => count !== undefined)
    if (ready === undefined || total === undefined) continue
    return judged({ ready, total }, object, nowMs, unhealthySince)
  }
  return undefined
}

interface Counts {
  readonly ready: number
  readonly total: number
}

function judged(
  { ready, total }: Counts,
  object: Subject,
  nowMs: number,
  unhealthySince: string | undefined,
): Assessment | undefined {
  const reason = `${ready} of ${total} ready`
  // All parts of something that is in a state of its own: a server that runs is well.
  const isClear = /^running$/i.test(unknownWord(object) ?? 'running')
  if (ready >= total) return total > 0 && isClear ? { health: 'healthy', reason } : undefined
  // As a StatefulSet, it reports no times.
  const since = unhealthySince ?? object.metadata.creationTimestamp
  return progressingUntil(unknownKindLimitMs, { reason, since }, nowMs, 'Incomplete')
}

/** `1/2`, as an OpenTelemetryCollector counts: https://github.com/open-telemetry/opentelemetry-operator/blob/main/docs/api/opentelemetrycollectors.md */
function scaleOf({ status }: Subject): Counts | undefined {
  const [, ready, total] =
    /^(\d{1,6})\/(\d{1,6})$/.exec(textIn(fieldsIn(status, 'scale'), 'statusReplicas') ?? '') ?? []
  return total === undefined ? undefined : { ready: Number(ready), total: Number(total) }
}
