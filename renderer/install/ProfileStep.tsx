import { Button, Group, Radio, TextInput } from '@mantine/core'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { Plane } from '../../preload/contract/planes.ts'
import type { ProfileEntry } from '../../preload/contract/profiles.ts'
import type { ProfilesStore } from '../profiles/store.ts'
import { t } from '../strings/t.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { TaskTable } from '../ui/TaskTable.tsx'
import { freeName, isPlaneName } from './planeName.ts'
import type { Draft, InstallStore } from './store.ts'
import classes from './Wizard.module.css'
import { Footer, StepFrame } from './Wizard.tsx'

function blockedReason(draft: Draft, planes: readonly Plane[]): string | undefined {
  if (draft.profile === undefined) return t('install.profile.chooseProfile')
  if (draft.managementModel === undefined) return t('install.profile.chooseModel')
  if (!isPlaneName(draft.name ?? '')) return t('install.profile.nameInvalid')
  if (planes.some(({ name }) => name === draft.name)) return t('install.profile.nameTaken')
  return undefined
}

export interface ProfileStepProps {
  readonly store: InstallStore
  readonly profiles: ProfilesStore
  readonly planes: readonly Plane[]
  readonly onFromFiles: () => void
  readonly onFromKit: () => void
}

/** The kind of plane, its management model and its name. */
export function ProfileStep({ store, profiles, planes, onFromFiles, onFromKit }: ProfileStepProps) {
  const draft = useStore(store, (state) => state.draft)
  const { updateDraft, go } = store.getState()
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
    if (only !== undefined && draft.managementModel === undefined) updateDraft({ managementModel: only })
  }, [only, draft.managementModel, updateDraft])

  const choose = (name: string) =>
    updateDraft({ profile: name, managementModel: undefined, settings: undefined, name: freeName(name, planes) })
  return (
    <StepFrame
      title={t('install.profile.title')}
      intro={t('install.profile.intro')}
      footer={
        <Footer
          store={store}
          step="profile"
          next={t('install.next')}
          blocked={blockedReason(draft, planes)}
          onNext={() => go('settings')}
        />
      }
    >
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {entries === undefined && problem === undefined && <Loading what={t('install.loading.profiles')} />}
      <Radio.Group aria-label={t('install.profile.choice')} value={draft.profile ?? null} onChange={choose}>
        <div className={classes.choices}>
          {entries?.map((entry) => (
            <ProfileChoice key={entry.name} entry={entry} chosen={entry.name === draft.profile} />
          ))}
        </div>
      </Radio.Group>
      <Group gap="sm">
        <Button variant="default" size="compact-sm" onClick={onFromFiles}>
          {t('profiles.vendor.open')}
        </Button>
        <Button variant="default" size="compact-sm" onClick={onFromKit}>
          {t('profiles.kit.open')}
        </Button>
      </Group>
      {profile?.ok === false && <ProblemNotice problem={profile.problem} />}
      {models.length > 0 && (
        <Radio.Group
          label={t('install.profile.managementModel')}
          value={draft.managementModel ?? null}
          onChange={(managementModel) => updateDraft({ managementModel })}
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
          <TaskTable tasks={model.tasks} caption={t('planes.tasksOf', { model: model.title })} />
        </div>
      )}
      {draft.profile !== undefined && (
        <TextInput
          label={t('install.profile.name')}
          description={t('install.profile.nameHint')}
          className={classes.form}
          value={draft.name ?? ''}
          maxLength={63}
          onChange={({ currentTarget }) => updateDraft({ name: currentTarget.value })}
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
        label={t('install.profile.choiceTitle', { title, name })}
        description={
          problem === undefined
            ? t('install.profile.choiceSummary', { description, releases, endpoints, origin })
            : t('install.profile.unusable', { message: problem.message })
        }
      />
    </div>
  )
}
