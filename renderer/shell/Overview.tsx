import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import type { Plane } from '../../preload/contract/planes.ts'
import { ConnectivitySummary } from '../connectivity/ConnectivitySummary.tsx'
import { failedEndpoints } from '../connectivity/matrix/matrix.ts'
import { LogsSummary } from '../logs/LogsSummary.tsx'
import { latestOperation } from '../operations/store.ts'
import { ChangeContext } from '../planes/ChangeContext.tsx'
import { ForgetPlane } from '../planes/ForgetPlane.tsx'
import { nextStep } from '../planes/nextStep.ts'
import { PlaneFacts, Responsibilities } from '../planes/PlaneFacts.tsx'
import { t } from '../strings/t.ts'
import { Notice } from '../ui/Notice.tsx'
import { HealthSummary, unhealthyCount } from '../workloads/HealthSummary.tsx'
import { shownState } from '../workloads/store.ts'
import classes from './Overview.module.css'
import type { PlaneTab } from './route.ts'
import { useSession } from './sessionContext.ts'

export interface OverviewProps {
  readonly plane: Plane
  readonly onOpen: (tab: PlaneTab) => void
}

/** A plane on one page: its details, its state and the next step. */
export function Overview({ plane, onOpen }: OverviewProps) {
  const session = useSession()
  const go = useStore(session.route, (state) => state.go)
  const onProblem = useStore(session.notices, (state) => state.show)
  const profile = useStore(session.profiles, (state) => state.profiles[plane.profile])
  return (
    <div className={classes.overview}>
      <NextStep plane={plane} onOpen={onOpen} />
      <div className={classes.columns}>
        <div className={classes.column}>
          <HealthSummary store={session.workloads} onOpen={() => onOpen('workloads')} />
          <ConnectivitySummary store={session.connectivity} onOpen={() => onOpen('connectivity')} />
          <LogsSummary store={session.logs} onOpen={() => onOpen('logs')} />
        </div>
        <div className={classes.column}>
          <PlaneFacts plane={plane} profile={profile} />
          <Responsibilities plane={plane} profile={profile} />
          <div>
            <ChangeContext plane={plane} store={session.planes} clusters={session.clusters} />
            <ForgetPlane
              plane={plane}
              store={session.planes}
              onProblem={onProblem}
              onForgotten={() => go({ view: 'home' })}
            />
          </div>
        </div>
      </div>
    </div>
  )
}

function NextStep({ plane, onOpen }: OverviewProps) {
  const session = useSession()
  const operation = useStore(session.operations, latestOperation(plane.id, ['install', 'uninstall']))
  const connection = useStore(session.workloads, ({ snapshot }) => snapshot && shownState(snapshot.connection))
  const unhealthy = useStore(session.workloads, (state) => unhealthyCount(state.snapshot))
  const failed = useStore(session.connectivity, ({ matrix }) =>
    matrix.startedAt === undefined ? undefined : failedEndpoints(matrix).length,
  )
  const collecting = useStore(session.logs, (state) => state.status?.collecting ?? false)
  const step = nextStep({ plane, operation, connection, unhealthy, failedEndpoints: failed, collecting })
  if (step === undefined) return null
  return (
    <Notice
      tone="busy"
      title={t('shell.nextStep')}
      actions={
        <Button size="compact-xs" onClick={() => onOpen(step.tab)}>
          {t(`planes.nextStep.${step.id}.action`)}
        </Button>
      }
    >
      <div>{t(`planes.nextStep.${step.id}.text`)}</div>
    </Notice>
  )
}
