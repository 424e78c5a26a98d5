import { containerStatuses, formatTermination, terminationOf } from '../health/containers.ts'
import type { Counts } from '../health/counts.ts'
import { type Assessment, type KubernetesObject, subjectOf } from '../health/object.ts'

/**
 * What is remembered of an object from one look to the next. An object says how it is, not what just happened to it:
 * a container that was killed may be back before anybody looked, and a StatefulSet that lost its pods looks
 * like one that is being installed.
 */
export interface Memory {
  readonly restarts: number
  readonly restartedAtMs?: number
  /** The generation at which it was last seen well: a change that was asked for is not a loss. */
  readonly wellAt?: number
  readonly lostAtMs?: number
}

/** A restart stays in sight this long: shorter than the first pause of a crash loop, so that a loop never looks well. */
export const restartShownMs = 10_000

/** Kinds that keep replicas: none ready after all were is an outage, not a start. */
const keepsReplicas = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

/** The assessment in the light of what was seen before, and what to remember for the next look. Pure. */
export function recall(
  before: Memory | undefined,
  object: KubernetesObject,
  assessment: Assessment,
  counts: Counts,
  nowMs: number,
): { readonly assessment: Assessment; readonly memory: Memory } {
  if (object.kind === 'Pod') return recallPod(before, object, assessment, counts, nowMs)
  if (keepsReplicas.has(object.kind)) return recallReplicas(before, object, assessment, counts, nowMs)
  return { assessment, memory: before ?? { restarts: 0 } }
}

function recallPod(
  before: Memory | undefined,
  object: KubernetesObject,
  assessment: Assessment,
  { restarts = 0 }: Counts,
  nowMs: number,
) {
  const again = before !== undefined && restarts > before.restarts
  const memory: Memory = { restarts, restartedAtMs: again ? nowMs : before?.restartedAtMs }
  const leftMs = memory.restartedAtMs === undefined ? 0 : memory.restartedAtMs + restartShownMs - nowMs
  if (leftMs <= 0 || assessment.health !== 'healthy') return { assessment, memory }
  const endings = containerStatuses(subjectOf(object).status).flatMap((one) => terminationOf(one, 'lastState') ?? [])
  const last = endings.toSorted((a, b) => (a.at ?? '').localeCompare(b.at ?? '')).at(-1)
  const reason = `Restarted a moment ago${last === undefined ? '' : `; ${formatTermination(last)}`}`
  const shown: Assessment = { health: 'degraded', reason, since: last?.at, recheckAtMs: nowMs + leftMs }
  return { assessment: shown, memory }
}

function recallReplicas(
  before: Memory | undefined,
  { metadata }: KubernetesObject,
  assessment: Assessment,
  { ready = 0, total = 0 }: Counts,
  nowMs: number,
) {
  const { generation } = metadata
  if (assessment.health === 'healthy') return { assessment, memory: { restarts: 0, wellAt: generation } }
  const wasWell = before?.wellAt !== undefined && before.wellAt === generation
  const isLost = wasWell && assessment.health === 'progressing' && ready === 0 && total > 0
  const lostAtMs = isLost ? (before.lostAtMs ?? nowMs) : undefined
  const memory: Memory = { restarts: 0, wellAt: before?.wellAt, lostAtMs }
  if (lostAtMs === undefined || metadata.deletionTimestamp !== undefined) return { assessment, memory }
  const reason = total === 1 ? 'It was ready and is no longer' : `All ${total} were ready and none is now`
  return { assessment: { health: 'degraded', reason, since: new Date(lostAtMs).toISOString() } as const, memory }
}
