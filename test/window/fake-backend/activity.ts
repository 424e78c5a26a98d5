import type { ActivityEntry, ActivityQuery } from '../../../preload/contract/activity.ts'
import type { Plane } from '../../../preload/contract/planes.ts'
import { ago } from './clock.ts'
import { runIds } from './connectivity.ts'
import { demoId, paymentsId } from './planes.ts'

const daySeconds = 86_400
const counts = (pass: number, warn: number, fail: number) => ({ pass, warn, fail, skipped: 5, unknown: 0 })

const run = (
  kind: 'check' | 'watch',
  seconds: number,
  [pass, warn, fail]: readonly [number, number, number],
  runId = `${String(seconds).padStart(8, '0')}-0000-4000-8000-000000000000`,
): ActivityEntry => ({
  kind,
  id: `run-${runId}`,
  at: ago(seconds),
  planeId: demoId,
  outcome: fail > 0 ? 'failed' : warn > 0 ? 'warning' : 'ok',
  runId,
  endedAt: ago(seconds - 3),
  counts: counts(pass, warn, fail),
  vantages: 1,
  verified: true,
})

const health = (
  seconds: number,
  planeId: string,
  from: 'healthy' | 'progressing' | 'degraded',
  to: 'healthy' | 'progressing' | 'degraded',
  reason = '',
): ActivityEntry => ({
  kind: 'health',
  id: `health-${planeId}-${seconds}`,
  at: ago(seconds),
  planeId,
  outcome: to === 'healthy' ? 'ok' : to === 'degraded' ? 'failed' : 'warning',
  component: 'agent',
  title: 'Agent',
  from,
  to,
  reason,
})

const profileEdit = { kind: 'profile', outcome: 'info', planeId: null, moreParts: 0 } as const

const usual: readonly ActivityEntry[] = [
  run('check', 540, [3, 1, 4], runIds[0]),
  health(1_900, demoId, 'progressing', 'degraded', 'crash loop'),
  health(2_000, demoId, 'healthy', 'progressing', '0 of 1 pods ready'),
  {
    ...profileEdit,
    id: 'edit-1',
    at: ago(2_200),
    action: 'edited',
    profile: 'draft',
    parts: [
      { path: 'endpoints.event-hub.port', kind: 'changed' },
      { path: 'endpoints.registry', kind: 'added' },
    ],
    moreParts: 3,
  },
  run('watch', 3_600, [7, 1, 0]),
  {
    kind: 'cluster',
    id: 'cluster-2',
    at: ago(daySeconds + 300),
    planeId: demoId,
    outcome: 'ok',
    reachable: true,
    code: '',
    message: '',
  },
  {
    kind: 'cluster',
    id: 'cluster-1',
    at: ago(daySeconds + 900),
    planeId: demoId,
    outcome: 'failed',
    reachable: false,
    code: 'CLUSTER_UNREACHABLE',
    message: 'The cluster did not respond: connect ETIMEDOUT 10.20.30.40:6443.',
  },
  {
    ...profileEdit,
    id: 'edit-2',
    at: ago(daySeconds + 2_000),
    planeId: demoId,
    action: 'approved',
    profile: 'demo',
    parts: [{ path: 'endpoints.event-hub', kind: 'changed' }],
  },
  run('watch', 2 * daySeconds, [8, 0, 0]),
  run('check', 3 * daySeconds, [8, 0, 0]),
]

/** Ten of each plane, so that a long list is there. */
const ofMany = (planes: readonly Plane[]): readonly ActivityEntry[] =>
  planes.flatMap(({ id }, place) =>
    Array.from({ length: 10 }, (_, index) =>
      health(
        600 + index * 7_200 + place * 61,
        id,
        index % 2 === 0 ? 'healthy' : 'degraded',
        index % 2 === 0 ? 'degraded' : 'healthy',
      ),
    ),
  )

/** Without operations, which the window has already. */
export function activityOf(scene: string, planes: readonly Plane[], query: ActivityQuery) {
  const all = scene === 'empty' ? [] : scene === 'fleet' ? ofMany(planes) : usual
  const entries = all
    .filter(({ planeId, kind, at }) => {
      if (query.until !== undefined && at >= query.until) return false
      return (
        query.planeId === undefined || planeId === query.planeId || (kind === 'profile' && query.planeId !== paymentsId)
      )
    })
    .toSorted((one, other) => other.at.localeCompare(one.at))
  return {
    entries: entries.slice(0, query.limit),
    more: entries.length > query.limit,
    unverifiedDays: scene === 'activity-gaps' ? 1 : 0,
    fullDays: scene === 'activity-gaps' ? 2 : 0,
  }
}
