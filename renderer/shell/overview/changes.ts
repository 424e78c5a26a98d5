import type { RunEntry } from '../../../preload/contract/connectivity.ts'
import type { Operation } from '../../../preload/contract/operations.ts'
import { t } from '../../strings/t.ts'
import { healthStatus, operationStatus, type StatusAppearance, verdictStatus } from '../../ui/Status.tsx'
import type { ShownComponent } from '../../workloads/health.ts'

/** Something that became different, with its time. */
export interface Change {
  readonly key: string
  readonly at: string
  readonly appearance: StatusAppearance
  readonly text: string
}

const shownMs = 7 * 86_400_000

/** The newest changes of the last 7 days: health of components, runs, operations. Pure. */
export function recentChanges(
  {
    components,
    runs,
    operations,
  }: {
    readonly components: readonly ShownComponent[]
    readonly runs: readonly RunEntry[]
    readonly operations: readonly Operation[]
  },
  now: number,
  limit: number,
): readonly Change[] {
  const changes: Change[] = [
    // That something is unknown is the state of the connection, not a change.
    ...components.flatMap(({ id, title, health, since }) =>
      since === undefined || health === 'unknown'
        ? []
        : [
            {
              key: `component/${id}`,
              at: since,
              appearance: healthStatus[health],
              text: t('overview.changes.component', { title, health: healthStatus[health].label }),
            },
          ],
    ),
    ...runs.map(({ runId, startedAt, counts }) => ({
      key: `run/${runId}`,
      at: startedAt,
      appearance: verdictStatus[counts.fail > 0 ? 'fail' : 'pass'],
      text: t('overview.changes.run', { failed: counts.fail }),
    })),
    ...operations.map(({ id, title, state, startedAt, endedAt }) => ({
      key: `operation/${id}`,
      at: endedAt ?? startedAt,
      appearance: operationStatus[state],
      text: t('overview.changes.operation', { title, state: operationStatus[state].label }),
    })),
  ]
  return changes
    .filter(({ at }) => now - Date.parse(at) < shownMs)
    .toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at))
    .slice(0, limit)
}
