import type { Plane } from '../../preload/contract/planes.ts'
import type { ManagementModel, Profile } from '../../preload/contract/profiles.ts'
import type { Outcome } from '../lib/outcome.ts'
import { t } from '../strings/t.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Facts, Panel } from '../ui/Panel.tsx'
import { TaskTable } from '../ui/TaskTable.tsx'
import { At } from '../ui/Time.tsx'
import type { PlanePhase } from './phase.ts'

export interface PlaneFactsProps {
  readonly plane: Plane
  /** undefined while it loads. */
  readonly profile: Outcome<Profile> | undefined
}

export function PlaneFacts({ plane, profile, phase }: PlaneFactsProps & { readonly phase: PlanePhase }) {
  const model = profile?.ok ? modelOf(plane, profile.value) : undefined
  return (
    <Panel title={t('planes.details.title')}>
      <Facts
        rows={[
          [
            t('planes.details.profile'),
            profile?.ok
              ? t('planes.details.profileTitle', { title: profile.value.title, name: plane.profile })
              : plane.profile,
          ],
          [t('planes.details.context'), plane.contextName],
          [t('planes.details.managementModel'), model?.title ?? plane.managementModel],
          ...(plane.overridden.length === 0
            ? []
            : ([
                [
                  t('planes.details.chartValues'),
                  t('planes.details.chartValuesFor', { releases: plane.overridden.join(', ') }),
                ],
              ] as const)),
          [t('planes.details.created'), <At key="created" at={plane.createdAt} />],
          [
            t('planes.details.installed'),
            phase === 'uninstalled' || plane.installedAt === undefined ? (
              t(phase === 'uninstalled' ? 'planes.details.uninstalled' : 'planes.details.notInstalled')
            ) : (
              <At key="installed" at={plane.installedAt} />
            ),
          ],
        ]}
      />
      {profile?.ok === false && <ProblemNotice problem={profile.problem} tone="warn" />}
    </Panel>
  )
}

function modelOf(plane: Plane, profile: Profile): ManagementModel | undefined {
  return profile.managementModels.find(({ id }) => id === plane.managementModel)
}

/** The tasks of the management model of the plane. */
export function Responsibilities({ plane, profile }: PlaneFactsProps) {
  const model = profile?.ok ? modelOf(plane, profile.value) : undefined
  if (model === undefined || model.tasks.length === 0) return null
  return (
    <Panel title={t('planes.responsibilities')}>
      <TaskTable tasks={model.tasks} caption={t('planes.tasksOf', { model: model.title })} />
    </Panel>
  )
}
