import type { Plane } from '../../preload/contract/planes.ts'
import type { ManagementModel, Profile } from '../../preload/contract/profiles.ts'
import type { Outcome } from '../lib/outcome.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Facts, Panel } from '../ui/Panel.tsx'
import { TaskTable } from '../ui/TaskTable.tsx'
import { At } from '../ui/Time.tsx'

export interface PlaneFactsProps {
  readonly plane: Plane
  /** undefined while it is being read. */
  readonly profile: Outcome<Profile> | undefined
}

/** What was chosen for this plane. */
export function PlaneFacts({ plane, profile }: PlaneFactsProps) {
  const model = profile?.ok ? modelOf(plane, profile.value) : undefined
  return (
    <Panel title="This plane">
      <Facts
        rows={[
          ['Profile', profile?.ok ? `${profile.value.title} (${plane.profile})` : plane.profile],
          ['Context', plane.contextName],
          ['Managed', model?.title ?? plane.managementModel],
          ...(plane.overridden.length === 0
            ? []
            : ([['Own chart values', `for ${plane.overridden.join(', ')}`]] as const)),
          ['Described', <At key="created" at={plane.createdAt} />],
          ['Installed', plane.installedAt === undefined ? 'Not yet' : <At key="installed" at={plane.installedAt} />],
        ]}
      />
      {profile?.ok === false && <ProblemNotice problem={profile.problem} tone="warn" />}
    </Panel>
  )
}

function modelOf(plane: Plane, profile: Profile): ManagementModel | undefined {
  return profile.managementModels.find(({ id }) => id === plane.managementModel)
}

/** Who does what under the management model that was chosen. */
export function WhoDoesWhat({ plane, profile }: PlaneFactsProps) {
  const model = profile?.ok ? modelOf(plane, profile.value) : undefined
  if (model === undefined || model.tasks.length === 0) return null
  return (
    <Panel title="Who does what">
      <TaskTable tasks={model.tasks} caption={`Tasks under "${model.title}"`} />
    </Panel>
  )
}
