import { Suspense } from 'react'
import { useStore } from 'zustand'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { LatestRun } from '../connectivity/LatestRun.tsx'
import { ConnectivityStep, DoneStep, InstallStep } from '../install/LastSteps.tsx'
import { PreflightStep } from '../install/PreflightStep.tsx'
import { ReadOnlyStep } from '../install/ReadOnlyStep.tsx'
import { ReviewStep } from '../install/ReviewStep.tsx'
import { SettingsStep } from '../install/SettingsStep.tsx'
import { Uninstall } from '../install/Uninstall.tsx'
import { Wizard } from '../install/Wizard.tsx'
import { OperationCard } from '../operations/OperationCard.tsx'
import { latestOperation } from '../operations/store.ts'
import { t } from '../strings/t.ts'
import { lazyView } from '../ui/lazyView.tsx'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { MapSkeleton } from './overview/MapSkeleton.tsx'
import { usePlaneGraph } from './overview/usePlaneGraph.ts'
import { useSession } from './sessionContext.ts'
import { useOutcomes } from './useOutcomes.ts'

const MapPanel = lazyView(() => import('./overview/MapPanel.tsx').then((file) => file.MapPanel))

/** The wizard of an existing plane, and the uninstall view. */
export function PlaneInstall({ plane }: { readonly plane: Plane }) {
  const session = useSession()
  const store = session.install
  const at = useStore(store, (state) => state.planeId)
  const uninstalling = useStore(store, (state) => state.uninstalling)
  const operation = useStore(session.operations, latestOperation(plane.id, ['install', 'uninstall']))
  const outcomes = useOutcomes(plane, operation)
  if (at !== plane.id) return <Loading what={t('shell.loading.installation')} />
  if (uninstalling) return <Uninstall store={store} plane={plane} />
  return (
    <Wizard store={store} plane={plane} operation={operation} outcomes={outcomes}>
      <Step plane={plane} operation={operation} />
    </Wizard>
  )
}

interface StepProps {
  readonly plane: Plane
  readonly operation: Operation | undefined
}

function Step({ plane, operation }: StepProps) {
  const session = useSession()
  const store = session.install
  const step = useStore(store, (state) => state.step)
  const go = useStore(session.route, (state) => state.go)
  const onProblem = useStore(session.notices, (state) => state.show)
  const profile = useStore(session.profiles, ({ profiles }) => profiles[plane.profile])

  switch (step) {
    case 'cluster':
    case 'profile':
      return <ReadOnlyStep store={store} plane={plane} step={step} />
    case 'settings':
      if (profile === undefined) return <Loading what={t('shell.loading.profile')} />
      if (!profile.ok) return <ProblemNotice problem={profile.problem} />
      return (
        <SettingsStep
          store={store}
          plane={plane}
          profile={profile.value}
          planes={session.planes}
          vault={session.vault}
          onProblem={onProblem}
          onCreated={() => undefined}
        />
      )
    case 'preflight':
      return <PreflightStep store={store} />
    case 'connectivity':
      return (
        <ConnectivityStep store={store}>
          <LatestRun store={session.connectivity} collapsePassed />
        </ConnectivityStep>
      )
    case 'review':
      return <ReviewStep store={store} plane={plane} operation={operation} />
    case 'install':
      if (operation === undefined) return <Loading what={t('shell.loading.operation')} />
      return (
        <InstallStep store={store} operation={operation}>
          <OperationCard
            operation={operation}
            store={session.operations}
            onProblem={onProblem}
            onUninstall={() => store.getState().setUninstalling('yes')}
          />
        </InstallStep>
      )
    case 'done':
      return (
        <DoneStep store={store} plane={plane} onOpen={(tab) => go({ view: 'plane', planeId: plane.id, tab })}>
          <Suspense fallback={<MapSkeleton />}>
            <InstalledMap plane={plane} />
          </Suspense>
        </DoneStep>
      )
  }
}

/** The map of the plane as its cluster reports it; a part opens its details on the overview. */
function InstalledMap({ plane }: { readonly plane: Plane }) {
  const go = useStore(useSession().route, (state) => state.go)
  const graph = usePlaneGraph(plane)
  if (graph === undefined) return <MapSkeleton />
  return (
    <MapPanel
      plane={plane.name}
      contextName={plane.contextName}
      graph={graph}
      onOpen={(detail) => go({ view: 'plane', planeId: plane.id, tab: 'overview', detail })}
    />
  )
}
