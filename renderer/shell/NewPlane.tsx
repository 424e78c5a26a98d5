import { useEffect } from 'react'
import { useStore } from 'zustand'
import { ClusterStep } from '../install/ClusterStep.tsx'
import { ProfileStep } from '../install/ProfileStep.tsx'
import { SettingsStep } from '../install/SettingsStep.tsx'
import { Wizard } from '../install/Wizard.tsx'
import { t } from '../strings/t.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import classes from './PlaneView.module.css'
import { useSession } from './sessionContext.ts'
import { useOutcomes } from './useOutcomes.ts'

/** The wizard's first three steps, which create the plane; `PlaneInstall` has the rest. */
export function NewPlane() {
  const session = useSession()
  const outcomes = useOutcomes(undefined, undefined)
  return (
    <>
      <header className={classes.head}>
        <h1 className={classes.name}>{t('shell.installPlane')}</h1>
      </header>
      <Wizard store={session.install} plane={undefined} operation={undefined} outcomes={outcomes}>
        <Step />
      </Wizard>
    </>
  )
}

function Step() {
  const session = useSession()
  const { step, draft } = useStore(session.install)
  const planes = useStore(session.planes, (state) => state.planes) ?? []
  const go = useStore(session.route, (state) => state.go)
  const onProblem = useStore(session.notices, (state) => state.show)
  const profile = useStore(session.profiles, ({ profiles }) =>
    draft.profile === undefined ? undefined : profiles[draft.profile],
  )

  useEffect(() => {
    if (draft.profile !== undefined) void session.profiles.getState().get(draft.profile)
  }, [draft.profile, session])

  switch (step) {
    case 'cluster':
      return <ClusterStep store={session.install} clusters={session.clusters} trust={session.trust} />
    case 'profile':
      return (
        <ProfileStep
          store={session.install}
          profiles={session.profiles}
          planes={planes}
          onFromFiles={() => go({ view: 'profiles', fromFiles: true })}
          onFromKit={() => go({ view: 'profiles', fromKit: true })}
        />
      )
    default:
      if (profile === undefined) return <Loading what={t('shell.loading.profile')} />
      if (!profile.ok) return <ProblemNotice problem={profile.problem} />
      return (
        <SettingsStep
          store={session.install}
          plane={undefined}
          profile={profile.value}
          planes={session.planes}
          vault={session.vault}
          onProblem={onProblem}
          onCreated={(planeId) => {
            session.install.getState().finishDraft(planeId)
            go({ view: 'plane', planeId, tab: 'install' })
          }}
        />
      )
  }
}
