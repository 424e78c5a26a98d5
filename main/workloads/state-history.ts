import { containerStatuses, formatTermination, terminationOf } from '../health/containers.ts'
import type { Counts } from '../health/counts.ts'
import { type Assessment, type KubernetesObject, subjectOf } from '../health/object.ts'

/**
 * What is remembered of an object between two observations. The status does not show what just happened: a killed container
 * may already run again, and a StatefulSet that lost its pods looks like one that is being installed.
 */
export interface StateHistory {
  readonly restarts: number
  readonly restartedAtMs?: number
  /** The generation that was last healthy: a change of the spec is not an outage. */
  readonly healthyGeneration?: number
  readonly outageSinceMs?: number
  /** Since when it is not healthy; absent while it is, and if it never was. */
  readonly unhealthySinceMs?: number
}

/** When a watched object ceased to be healthy (RFC 3339); undefined if it was not seen healthy. */
export function unhealthySinceOf(previous: StateHistory | undefined, nowMs: number): string | undefined {
  if (previous?.healthyGeneration === undefined) return undefined
  return new Date(previous.unhealthySinceMs ?? nowMs).toISOString()
}

/** How long a restart is shown. Longer than the first restart of a crash loop takes, so that a loop never looks healthy. */
export const restartShownMs = 10_000

/** For these kinds, no ready replica after all were ready is an outage, not a start. */
const kindsWithReplicas = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

/** The assessment in the light of the history, and the history for the next observation. Pure. */
export function assessWithHistory(
  previous: StateHistory | undefined,
  object: KubernetesObject,
  assessment: Assessment,
  counts: Counts,
  nowMs: number,
): { readonly assessment: Assessment; readonly history: StateHistory } {
  if (object.kind === 'Pod') return assessPod(previous, object, assessment, counts, nowMs)
  if (kindsWithReplicas.has(object.kind)) return assessReplicas(previous, object, assessment, counts, nowMs)
  return { assessment, history: previous ?? { restarts: 0 } }
}

function assessPod(
  previous: StateHistory | undefined,
  object: KubernetesObject,
  assessment: Assessment,
  { restarts = 0 }: Counts,
  nowMs: number,
) {
  const hasRestarted = previous !== undefined && restarts > previous.restarts
  const history: StateHistory = { restarts, restartedAtMs: hasRestarted ? nowMs : previous?.restartedAtMs }
  const leftMs = history.restartedAtMs === undefined ? 0 : history.restartedAtMs + restartShownMs - nowMs
  if (leftMs <= 0 || assessment.health !== 'healthy') return { assessment, history }
  const endings = containerStatuses(subjectOf(object).status).flatMap(
    (container) => terminationOf(container, 'lastState') ?? [],
  )
  const last = endings.toSorted((a, b) => (a.at ?? '').localeCompare(b.at ?? '')).at(-1)
  const reason = `Restarted a moment ago${last === undefined ? '' : `; ${formatTermination(last)}`}`
  const shown: Assessment = { health: 'degraded', reason, since: last?.at, recheckAtMs: nowMs + leftMs }
  return { assessment: shown, history }
}

function assessReplicas(
  previous: StateHistory | undefined,
  { metadata }: KubernetesObject,
  assessment: Assessment,
  { ready = 0, total = 0 }: Counts,
  nowMs: number,
) {
  const { generation } = metadata
  if (assessment.health === 'healthy') return { assessment, history: { restarts: 0, healthyGeneration: generation } }
  const wasHealthy = previous?.healthyGeneration !== undefined && previous.healthyGeneration === generation
  const isOutage = wasHealthy && assessment.health === 'progressing' && ready === 0 && total > 0
  const outageSinceMs = isOutage ? (previous.outageSinceMs ?? nowMs) : undefined
  const unhealthySinceMs = previous?.healthyGeneration === undefined ? undefined : (previous.unhealthySinceMs ?? nowMs)
  const history: StateHistory = {
    restarts: 0,
    healthyGeneration: previous?.healthyGeneration,
    outageSinceMs,
    unhealthySinceMs,
  }
  if (outageSinceMs === undefined || metadata.deletionTimestamp !== undefined) return { assessment, history }
  const reason = total === 1 ? 'It was ready and is no longer' : `All ${total} were ready and none is now`
  return { assessment: { health: 'degraded', reason, since: new Date(outageSinceMs).toISOString() } as const, history }
}
