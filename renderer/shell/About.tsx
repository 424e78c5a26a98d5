import { useStore } from 'zustand'
import type { Plane } from '../../preload/contract/planes.ts'
import { latestOperation } from '../operations/store.ts'
import { ChangeContext } from '../planes/ChangeContext.tsx'
import { ForgetPlane } from '../planes/ForgetPlane.tsx'
import { PlaneFacts, Responsibilities } from '../planes/PlaneFacts.tsx'
import { planePhase } from '../planes/phase.ts'
import { t } from '../strings/t.ts'
import { Loading } from '../ui/Skeleton.tsx'
import classes from './About.module.css'
import { useSession } from './sessionContext.ts'

/** What a plane is: its facts, who does what, and how to remove it from this computer. */
export function About({ plane }: { readonly plane: Plane }) {
  const session = useSession()
  const go = useStore(session.route, (state) => state.go)
  const onProblem = useStore(session.notices, (state) => state.show)
  const profile = useStore(session.profiles, (state) => state.profiles[plane.profile])
  const operation = useStore(session.operations, latestOperation(plane.id, ['install', 'uninstall']))
  // Shown as a whole: who does what comes from the profile, and the buttons are below it.
  if (profile === undefined) return <Loading what={t('shell.loading.profile')} />
  return (
    <div className={classes.about}>
      <PlaneFacts plane={plane} profile={profile} phase={planePhase(plane, operation)} />
      <Responsibilities plane={plane} profile={profile} />
      <div className={classes.actions}>
        <ChangeContext plane={plane} store={session.planes} clusters={session.clusters} />
        <ForgetPlane
          plane={plane}
          store={session.planes}
          onProblem={onProblem}
          onForgotten={() => go({ view: 'home' })}
        />
      </div>
    </div>
  )
}
