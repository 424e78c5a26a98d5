import { Radio, TextInput } from '@mantine/core'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { Plane } from '../../preload/contract/planes.ts'
import type { ProfileEntry } from '../../preload/contract/profiles.ts'
import { counted } from '../lib/time.ts'
import type { ProfilesStore } from '../profiles/store.ts'
import { Loading } from '../ui/Blank.tsx'
import { ProblemNotice } from '../ui/Notice.tsx'
import { TaskTable } from '../ui/TaskTable.tsx'
import type { Draft, InstallStore } from './store.ts'
import classes from './Wizard.module.css'
import { Footer, StepFrame } from './Wizard.tsx'

/** As a Kubernetes name: RFC 1123 label. */
const slugPattern = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/** A name that no other plane has. */
function freeName(wanted: string, planes: readonly Plane[]): string {
  const taken = new Set(planes.map(({ name }) => name))
  if (!taken.has(wanted)) return wanted
  for (let number = 2; ; number += 1) if (!taken.has(`${wanted}-${number}`)) return `${wanted}-${number}`
}

function whyNot(draft: Draft, planes: readonly Plane[]): string | undefined {
  if (draft.profile === undefined) return 'Choose a profile.'
  if (draft.managementModel === undefined) return 'Choose who manages the plane.'
  if (!slugPattern.test(draft.name ?? '')) return 'Name the plane: lower-case letters, digits and hyphens.'
  if (planes.some(({ name }) => name === draft.name)) return 'Another plane has this name.'
  return undefined
}

export interface ProfileStepProps {
  readonly store: InstallStore
  readonly profiles: ProfilesStore
  readonly planes: readonly Plane[]
}

/** What kind of plane, and who does what for it. */
export function ProfileStep({ store, profiles, planes }: ProfileStepProps) {
  const draft = useStore(store, (state) => state.draft)
  const { describe, go } = store.getState()
  const entries = useStore(profiles, (state) => state.entries)
  const problem = useStore(profiles, (state) => state.problem)
  const profile = useStore(profiles, (state) =>
    draft.profile === undefined ? undefined : state.profiles[draft.profile],
  )
  const models = profile?.ok ? profile.value.managementModels : []
  const model = models.find(({ id }) => id === draft.managementModel)
  const only = models.length === 1 ? models[0]?.id : undefined

  useEffect(() => {
    if (draft.profile !== undefined) void profiles.getState().get(draft.profile)
  }, [draft.profile, profiles])
  useEffect(() => {
    if (only !== undefined && draft.managementModel === undefined) describe({ managementModel: only })
  }, [only, draft.managementModel, describe])

  const choose = (name: string) =>
    describe({ profile: name, managementModel: undefined, settings: undefined, name: freeName(name, planes) })
  return (
    <StepFrame
      title="Choose the profile"
      intro="A profile says what the plane consists of, what it must reach, and what it asks of the cluster."
      footer={
        <Footer
          store={store}
          step="profile"
          next="Next"
          blocked={whyNot(draft, planes)}
          onNext={() => go('settings')}
        />
      }
    >
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {entries === undefined && problem === undefined && <Loading what="profiles" />}
      <Radio.Group aria-label="Profile" value={draft.profile ?? null} onChange={choose}>
        <div className={classes.choices}>
          {entries?.map((entry) => (
            <ProfileChoice key={entry.name} entry={entry} chosen={entry.name === draft.profile} />
          ))}
        </div>
      </Radio.Group>
      {profile?.ok === false && <ProblemNotice problem={profile.problem} />}
      {models.length > 0 && (
        <Radio.Group
          label="Who manages the plane"
          value={draft.managementModel ?? null}
          onChange={(managementModel) => describe({ managementModel })}
          classNames={{ label: classes.subtitle }}
        >
          <div className={classes.choices}>
            {models.map(({ id, title, summary }) => (
              <div key={id} className={classes.choice} data-chosen={id === draft.managementModel || undefined}>
                <Radio value={id} label={title} description={summary} />
              </div>
            ))}
          </div>
        </Radio.Group>
      )}
      {model !== undefined && model.tasks.length > 0 && (
        <div className={classes.choices}>
          <TaskTable tasks={model.tasks} caption={`Tasks under "${model.title}"`} />
        </div>
      )}
      {draft.profile !== undefined && (
        <TextInput
          label="Name of the plane"
          description="It stands in the list at the left, and cannot be changed later."
          className={classes.form}
          value={draft.name ?? ''}
          maxLength={63}
          onChange={({ currentTarget }) => describe({ name: currentTarget.value })}
        />
      )}
    </StepFrame>
  )
}

function ProfileChoice({ entry, chosen }: { readonly entry: ProfileEntry; readonly chosen: boolean }) {
  const { name, title, description, origin, endpoints, releases, problem } = entry
  return (
    <div className={classes.choice} data-chosen={chosen || undefined}>
      <Radio
        value={name}
        disabled={problem !== undefined}
        label={`${title} (${name})`}
        description={
          problem === undefined
            ? `${description} ${counted(releases, 'release')}, ${counted(endpoints, 'endpoint')}, ${origin === 'own' ? 'your own' : 'built in'}.`
            : `Cannot be used: ${problem.message}`
        }
      />
    </div>
  )
}
