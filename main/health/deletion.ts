import { conditionsOf, formatCondition } from './conditions.ts'
import { countIn, textIn } from './fields.ts'
import { deletionLimitMs, progressingUntil } from './limits.ts'
import type { Assessment, Subject } from './object.ts'

/** An object that is being deleted, with what holds it. Beyond the limit it does not go by itself. */
export function deletion(object: Subject, nowMs: number): Assessment {
  const { metadata } = object
  // The end of the grace period, so the deletion was requested earlier.
  const end = metadata.deletionTimestamp
  const requestedMs = Date.parse(end ?? '') - countIn(metadata, 'deletionGracePeriodSeconds') * 1_000
  const since = Number.isNaN(requestedMs) ? undefined : new Date(requestedMs).toISOString()
  const { health, recheckAtMs } = progressingUntil(deletionLimitMs, { reason: '', since: end }, nowMs)
  const isLate = health === 'degraded'
  const held = heldBy(object) ?? (isLate ? heldByNode(object) : undefined)
  const what = isLate ? 'Being deleted for over 10 min' : 'Being deleted'
  return { health, reason: held === undefined ? what : `${what}; ${held}`, since, recheckAtMs }
}

/** Of a namespace the content and its finalizers; of other objects their own finalizers. */
function heldBy(object: Subject): string | undefined {
  const blockers = namespaceBlockers(object)
  if (blockers !== undefined) return blockers
  const { finalizers } = object.metadata
  return Array.isArray(finalizers) && finalizers.length > 0
    ? `waits for the finalizers ${finalizers.join(', ')}`
    : undefined
}

/** A pod without finalizers is removed as soon as the kubelet of its node reports that its containers ended. */
function heldByNode({ kind, spec }: Subject): string | undefined {
  const node = textIn(spec, 'nodeName')
  return kind === 'Pod' && node !== undefined ? `node ${node} has not confirmed its end and may be lost` : undefined
}

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/namespace-v1/#NamespaceStatus */
export function namespaceBlockers({ kind, status }: Subject): string | undefined {
  if (kind !== 'Namespace') return undefined
  const blockers = [...conditionsOf(status).values()].filter(
    (condition) => condition.status === 'True' && condition.type.startsWith('Namespace'),
  )
  // A failure explains why the content remains.
  const ordered = blockers.toSorted((a, b) => Number(/Failure$/.test(b.type)) - Number(/Failure$/.test(a.type)))
  return ordered.length === 0 ? undefined : ordered.map(formatCondition).join('; ')
}
