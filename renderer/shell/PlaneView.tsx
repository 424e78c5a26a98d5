import { Button, Tabs } from '@mantine/core'
import { type ReactNode, Suspense } from 'react'
import { useStore } from 'zustand'
import type { Plane } from '../../preload/contract/planes.ts'
import { ContextWarnings } from '../clusters/ContextWarnings.tsx'
import { podsOf } from '../logs/podsOf.ts'
import { emptyFilter, type LogFilter } from '../logs/query.ts'
import { latestOperation } from '../operations/store.ts'
import { ChangeContext } from '../planes/ChangeContext.tsx'
import { ProfileChangeNotice } from '../planes/ProfileChangeNotice.tsx'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { ConsentNotice } from '../trust/ConsentNotice.tsx'
import { lazyView } from '../ui/lazyView.tsx'
import { Notice } from '../ui/Notice.tsx'
import { ReadOnlyContext } from '../ui/readOnly.ts'
import { ReviewContext } from '../ui/review.ts'
import { Loading } from '../ui/Skeleton.tsx'
import { At } from '../ui/Time.tsx'
import { shownState } from '../workloads/store.ts'
import { About } from './About.tsx'
import { isPlaneTab, type PlanePlace, type PlaneTab } from './address.ts'
import { ConnectivityMap } from './overview/ConnectivityMap.tsx'
import { Overview } from './overview/Overview.tsx'
import { useExpected } from './overview/useShownComponents.ts'
import classes from './PlaneView.module.css'
import { placeOfEntry } from './placeOfEntry.ts'
import { tabsOf, viewsOf } from './planeTabs.ts'
import type { Session } from './session.ts'
import { useSession } from './sessionContext.ts'

const ActivityView = lazyView(() => import('../activity/ActivityView.tsx').then((file) => file.ActivityView))
const PlaneInstall = lazyView(() => import('./PlaneInstall.tsx').then((file) => file.PlaneInstall))
const ConnectivityView = lazyView(() =>
  import('../connectivity/ConnectivityView.tsx').then((file) => file.ConnectivityView),
)
const WorkloadsView = lazyView(() => import('../workloads/WorkloadsView.tsx').then((file) => file.WorkloadsView))
const LogsView = lazyView(() => import('../logs/LogsView.tsx').then((file) => file.LogsView))

export interface PlaneViewProps {
  readonly plane: Plane
  readonly place: PlanePlace
}

/** One plane, with a tab for each of its views. The installation is a page of its own, without the tabs. */
export function PlaneView({ plane, place }: PlaneViewProps) {
  const go = useStore(useSession().route, (state) => state.go)
  const openTab = (next: PlaneTab) => go({ view: 'plane', planeId: plane.id, tab: next })
  if (place.tab === 'install') {
    return (
      <div className={classes.plane}>
        <Head plane={plane}>
          <Button variant="default" size="compact-sm" onClick={() => openTab('overview')}>
            {t('shell.leaveWizard')}
          </Button>
        </Head>
        <Notices plane={plane} />
        <div className={classes.panel}>
          <View plane={plane} place={place} openTab={openTab} />
        </div>
      </div>
    )
  }
  return (
    <Tabs
      className={classes.plane}
      value={place.tab}
      onChange={(value) => {
        if (isPlaneTab(value)) openTab(value)
      }}
      keepMounted={false}
    >
      <Head plane={plane}>
        {viewsOf(plane).includes('install') && (
          <Button variant="default" size="compact-sm" onClick={() => openTab('install')}>
            {t('shell.tab.install')}
          </Button>
        )}
      </Head>
      <Tabs.List className={classes.tabs} aria-label={t('shell.tabs')}>
        {tabsOf(plane).map((id) => (
          <Tabs.Tab key={id} value={id}>
            {t(`shell.tab.${id}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Notices plane={plane} />
      <Tabs.Panel value={place.tab} className={classes.panel}>
        <View plane={plane} place={place} openTab={openTab} />
      </Tabs.Panel>
    </Tabs>
  )
}

function Head({ plane, children }: { readonly plane: Plane; readonly children: ReactNode }) {
  return (
    <header className={classes.head}>
      <h1 className={classes.name}>{plane.name}</h1>
      <span className={classes.facts}>
        {t('shell.planeOnCluster', { profile: plane.profile, context: plane.contextName })}
      </span>
      <span className={classes.headActions}>{children}</span>
    </header>
  )
}

/** What has to be known of the plane whichever of its views is shown. */
function Notices({ plane }: { readonly plane: Plane }) {
  const session = useSession()
  const context = useStore(session.clusters, ({ list }) => list?.contexts.find(({ id }) => id === plane.contextId))
  const isListed = useStore(session.clusters, ({ list }) => list !== undefined)
  return (
    <div className={classes.banner}>
      <ProfileChangeNotice planeId={plane.id} store={session.profileChange} />
      <ConsentNotice context={context} store={session.trust} />
      <ContextWarnings context={context} />
      {plane.recordedAt !== undefined && <RecordedNotice at={plane.recordedAt} />}
      {isListed && context === undefined && plane.recordedAt === undefined && (
        <Notice
          tone="warn"
          title={t('planes.changeContext.missing')}
          actions={<ChangeContext plane={plane} store={session.planes} clusters={session.clusters} />}
        >
          {t('planes.changeContext.missingAbout', { context: plane.contextName })}
        </Notice>
      )}
    </div>
  )
}

function View(props: TabViewProps) {
  const { plane } = props
  const session = useSession()
  return (
    <ReviewContext value={(retry) => void reviewPlane(session, plane, retry)}>
      <ReadOnlyContext value={plane.recordedAt !== undefined}>
        <Suspense fallback={<Loading what={t('shell.loading.view')} />}>
          <TabView {...props} />
        </Suspense>
      </ReadOnlyContext>
    </ReviewContext>
  )
}

/** On every view of the recording. */
function RecordedNotice({ at }: { readonly at: string }) {
  const go = useStore(useSession().route, (state) => state.go)
  return (
    <Notice
      tone="busy"
      title={<Rich message="shell.recorded.title" values={{ time: <At at={at} /> }} />}
      actions={
        <Button variant="default" size="compact-xs" onClick={() => go({ view: 'home' })}>
          {t('shell.recorded.leave')}
        </Button>
      }
    >
      {t('shell.recorded.about')}
    </Notice>
  )
}

/** A changed profile comes first: without its approval, an allowed sign-in is of no use. */
async function reviewPlane({ profileChange, trust }: Session, plane: Plane, retry?: () => void): Promise<void> {
  if (!(await profileChange.getState().review(plane.id, retry))) await trust.getState().review(plane.contextId, retry)
}

interface TabViewProps extends PlaneViewProps {
  readonly openTab: (tab: PlaneTab) => void
}

function TabView({ plane, place, openTab }: TabViewProps) {
  const session = useSession()
  const show = useStore(session.notices, (state) => state.show)
  const { go, closeDetail } = session.route.getState()
  const planes = useStore(session.planes, (state) => state.planes)
  const expected = useExpected(plane)
  const collecting = useStore(session.operations, latestOperation(plane.id, ['collect']))
  const showLogs = (filter: LogFilter) => {
    session.logs.getState().setFilter(filter)
    go({
      view: 'plane',
      planeId: plane.id,
      tab: 'logs',
      filter,
      engine: undefined,
      record: undefined,
      related: undefined,
    })
  }
  const connection = useStore(session.workloads, ({ snapshot }) => snapshot && shownState(snapshot.connection))
  switch (place.tab) {
    case 'overview':
      return (
        <Overview
          plane={plane}
          detail={place.detail}
          onTab={openTab}
          onDetail={(next) => go({ view: 'plane', planeId: plane.id, tab: 'overview', detail: next })}
          onCloseDetail={closeDetail}
        />
      )
    case 'install':
      return <PlaneInstall plane={plane} />
    case 'connectivity':
      return (
        <ConnectivityView
          store={session.connectivity}
          history={session.history}
          watches={session.watches}
          documents={session.documents}
          map={
            <ConnectivityMap
              plane={plane}
              detail={place.detail}
              onTab={openTab}
              onDetail={(next) =>
                go({ view: 'plane', planeId: plane.id, tab: 'connectivity', shown: 'map', detail: next })
              }
              onRow={(rows) =>
                go({ view: 'plane', planeId: plane.id, tab: 'connectivity', shown: 'matrix', rows, detail: undefined })
              }
              onCloseDetail={closeDetail}
            />
          }
        />
      )
    case 'workloads':
      return (
        <WorkloadsView
          store={session.workloads}
          expected={expected}
          logsOf={(object) => {
            const text = podsOf(object)
            if (text === undefined) return undefined
            return () => showLogs({ ...emptyFilter, text })
          }}
        />
      )
    case 'logs':
      return (
        <LogsView
          plane={plane}
          store={session.logs}
          collecting={collecting}
          onStop={session.operations.getState().cancel}
          clusterUnreachable={connection === 'stale'}
          onProblem={show}
          onLocked={(retry) => session.vault.getState().openDialog(retry)}
        />
      )
    case 'activity':
      return (
        <ActivityView
          store={session.activity}
          operations={session.operations}
          planes={planes ?? []}
          planeId={plane.id}
          item={place.item}
          onItem={(item) => go({ view: 'plane', planeId: plane.id, tab: 'activity', item })}
          onProblem={show}
          onOpen={(entry) => go(placeOfEntry(entry))}
          onUninstall={() => openTab('install')}
        />
      )
    case 'about':
      return <About plane={plane} />
  }
}
