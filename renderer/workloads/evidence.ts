import type { ClusterEvent, ObjectDetails, ObjectStatus } from '../../preload/contract/workloads.ts'
import { t } from '../strings/t.ts'
import { healthStatus } from '../ui/Status.tsx'

/** What to send to the team that can fix it. Pure. */
export function evidenceOf(
  { kind, namespace, name, health, reason, since }: ObjectStatus,
  details: ObjectDetails | null | undefined,
  events: readonly ClusterEvent[],
): string {
  return [
    t('workloads.evidence.object', {
      object: `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
      health: healthStatus[health].label,
    }),
    reason,
    since === undefined ? '' : t('workloads.evidence.since', { since }),
    ...(details?.conditions ?? []).filter(({ tone }) => tone === 'bad').map(({ sentence }) => sentence),
    ...(details?.containers ?? []).flatMap(({ name: container, last }) =>
      last === undefined
        ? []
        : t('workloads.evidence.ended', { container, code: last.exitCode, reason: last.reason, at: last.at ?? '' }),
    ),
    ...events.map((event) => `${event.at} ${event.type} ${event.reason}: ${event.message}`),
  ]
    .filter((line) => line !== '')
    .join('\n')
}
