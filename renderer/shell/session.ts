import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { recordedPlaneId } from '../../preload/recorded-plane.ts'
import { type ActivityStore, createActivityStore } from '../activity/store.ts'
import { type ClustersStore, createClustersStore } from '../clusters/store.ts'
import { createDocumentsStore, type DocumentsStore } from '../connectivity/export/documents.ts'
import { createHistoryStore, type HistoryStore } from '../connectivity/history/history.ts'
import { type ConnectivityStore, createConnectivityStore } from '../connectivity/store.ts'
import { createTableCheck, type TableCheck } from '../connectivity/table/store.ts'
import { createWatchesStore, type WatchesStore, watchNotice } from '../connectivity/watch/watches.ts'
import { openingStep } from '../install/steps.ts'
import { createInstallStore, type InstallStore } from '../install/store.ts'
import { follow } from '../lib/follow.ts'
import type { Link } from '../lib/link.ts'
import type { LogsStore } from '../logs/state.ts'
import { createLogsStore } from '../logs/store.ts'
import { createOperationsStore, latestOperation, type OperationsStore } from '../operations/store.ts'
import { createProfileChangeStore, type ProfileChangeStore } from '../planes/profileChange.ts'
import { createPlanesStore, type PlanesStore, planeById } from '../planes/store.ts'
import { createVendorDrafts, type VendorDrafts } from '../profiles/draft/store.ts'
import { createProfilesStore, type ProfilesStore } from '../profiles/store.ts'
import { createSettingsStore, type SettingsStore } from '../settings/store.ts'
import { t } from '../strings/t.ts'
import { createTrustStore, type TrustStore } from '../trust/store.ts'
import { needsReview } from '../ui/review.ts'
import { createVaultStore, type VaultStore } from '../vault/store.ts'
import { createWorkloadsStore, type WorkloadsStore } from '../workloads/store.ts'
import type { Place } from './address.ts'
import { type ConnectStore, createConnectStore } from './connect/store.ts'
import { createFleetShownStore, type FleetShownStore } from './fleet/shown.ts'
import { createFleetStore, type FleetStore } from './fleet/store.ts'
import { createNoticesStore, type NoticesStore } from './notices.ts'
import { createRouteStore, type RouteStore } from './route.ts'
import { titleOfPlace } from './title.ts'
import { completed, followViews, placeOfView, showPlace } from './viewPlaces.ts'

/** Every store of the window, on one link to the core. */
export interface Session {
  readonly link: Link
  readonly route: RouteStore
  readonly notices: NoticesStore
  readonly planes: PlanesStore
  readonly fleet: FleetStore
  readonly fleetShown: FleetShownStore
  readonly activity: ActivityStore
  readonly operations: OperationsStore
  readonly clusters: ClustersStore
  readonly profiles: ProfilesStore
  readonly vendorDrafts: VendorDrafts
  readonly install: InstallStore
  readonly connectivity: ConnectivityStore
  readonly history: HistoryStore
  readonly watches: WatchesStore
  readonly documents: DocumentsStore
  readonly connect: ConnectStore
  readonly tableCheck: TableCheck
  readonly workloads: WorkloadsStore
  readonly logs: LogsStore
  readonly vault: VaultStore
  readonly trust: TrustStore
  readonly profileChange: ProfileChangeStore
  readonly settings: SettingsStore
}

export function createSession(link: Link): Session {
  const { client } = link
  const operations = createOperationsStore(client)
  const notices = createNoticesStore()
  const trust = createTrustStore(client, {
    onAllowed: () => retryRefused(session),
    onProblem: notices.getState().show,
  })
  const session: Session = {
    link,
    route: createRouteStore((place) => completed(place, session)),
    notices,
    planes: createPlanesStore(client),
    fleet: createFleetStore(client),
    fleetShown: createFleetShownStore(),
    activity: createActivityStore(client),
    operations,
    clusters: createClustersStore(client),
    profiles: createProfilesStore(client),
    vendorDrafts: createVendorDrafts(client),
    install: createInstallStore(client, operations.getState().add),
    connectivity: createConnectivityStore(client),
    history: createHistoryStore(client),
    watches: createWatchesStore(client),
    documents: createDocumentsStore(client),
    connect: createConnectStore(client),
    tableCheck: createTableCheck(client),
    workloads: createWorkloadsStore(client),
    logs: createLogsStore(client),
    vault: createVaultStore(client),
    trust,
    profileChange: createProfileChangeStore(client, {
      onApproved: (planeId) => continueApproved(session, planeId),
      onProblem: notices.getState().show,
    }),
    settings: createSettingsStore(client),
  }
  return session
}

/** What the window shows of a plane comes from its approved profile, so it is loaded again. */
function continueApproved(session: Session, planeId: string): void {
  void session.connectivity.getState().load(planeId)
  const plane = planeById(planeId)(session.planes.getState())
  if (plane !== undefined) void session.profiles.getState().get(plane.profile)
  retryRefused(session)
}

/** Repeats what failed because the user had not allowed it. The core reconnects to the plane by itself. */
function retryRefused({ install, connectivity, workloads }: Session): void {
  const { preflight, plan, runPreflight, loadPlan } = install.getState()
  if (needsReview(preflight.problem)) void runPreflight()
  if (needsReview(plan.problem)) void loadPlan(plan.action)
  // Vantages are offered also without the cluster, as unavailable.
  const { problem, rerun, loadOffers } = connectivity.getState()
  void loadOffers()
  if (needsReview(problem)) void rerun()
  const { events, loadEvents } = workloads.getState()
  if (needsReview(events.problem)) void loadEvents(events.object)
}

/** Loads what every view needs. A vault that holds something is opened; one without a passphrase is asked for when it is needed. */
async function loadCommon({ planes, settings, vault, profiles, route }: Session): Promise<void> {
  await Promise.all([
    planes.getState().load(),
    settings.getState().load(),
    vault.getState().load(),
    profiles.getState().load(),
  ])
  const { status, openDialog } = vault.getState()
  if (status?.state === 'locked' && usesVault(route.getState().route)) openDialog()
}

/** A check without a plane and a recording need nothing that is stored. */
const usesVault = (place: Place): boolean =>
  place.view !== 'check' && !(place.view === 'plane' && place.planeId === recordedPlaneId)

/** Loads the recorded plane. Nothing of it is stored, and its profile comes with Hangar. */
async function openRecorded(session: Session, signal: AbortSignal): Promise<void> {
  const plane = await session.planes.getState().loadRecorded()
  if (plane === undefined || signal.aborted) return
  void session.profiles.getState().get(plane.profile)
}

/** Loads and follows the data of one plane, as long as the window shows that plane. */
function openPlane(session: Session, planeId: string, signal: AbortSignal): void {
  void session.workloads.getState().watch(planeId, signal)
  void session.connectivity.getState().load(planeId)
  session.history.getState().openPlane(planeId)
  void session.logs.getState().enter(planeId, signal)
  if (planeId === recordedPlaneId) return void openRecorded(session, signal)
  void session.vault.getState().list(planeId)
  void session.profileChange.getState().load(planeId)
  const plane = planeById(planeId)(session.planes.getState())
  if (plane === undefined) return
  void session.profiles.getState().get(plane.profile)
  const operation = latestOperation(planeId, ['install', 'uninstall'])(session.operations.getState())
  session.install.getState().enter(planeId, openingStep(plane, operation))
}

/** An address of something that is not there leads to the nearest place, and the window says so. */
const staleAddress = (removed: boolean): ProblemReport => ({
  code: 'ADDRESS_STALE',
  message: t(removed ? 'shell.address.noPlane' : 'shell.address.incomplete'),
  hint: t('shell.address.hint'),
  evidence: '',
})

/** Does the address name a plane that does not exist? Then the home view takes its place. */
function leaveRemovedPlane({ route, planes, notices }: Session): boolean {
  const { route: place, follow: write } = route.getState()
  const known = planes.getState().planes
  if (place.view !== 'plane' || place.planeId === recordedPlaneId) return false
  if (known === undefined || known.some(({ id }) => id === place.planeId)) return false
  write({ view: 'home' }, 'same')
  notices.getState().show(staleAddress(true))
  return true
}

/** The title names the place, for the tab, the history and the list of windows. */
function nameWindow({ route, planes }: Session): void {
  const name = () => {
    document.title = titleOfPlace(route.getState().route, planes.getState())
  }
  name()
  route.subscribe(name)
  planes.subscribe(name)
}

/**
 * What the address says of a view that needs no data is shown at once: what the user then chooses, also before anything has
 * loaded, changes the address.
 */
function showWithoutData(session: Session): void {
  const { route } = session.route.getState()
  const isActivity = route.view === 'activity' || (route.view === 'plane' && route.tab === 'activity')
  if (route.view === 'home' || isActivity) showPlace(route, session)
}

/** Starts the subscriptions of the window; those of a plane are replaced when the route changes to another plane. */
export async function startSession(session: Session, signal: AbortSignal): Promise<void> {
  let planeView = new AbortController()
  let current: string | undefined

  let arrived = 0
  let applying = false

  function applyRoute() {
    applying = true
    openRoute()
    const { route, arrivals, incomplete, follow: write } = session.route.getState()
    const shown = showPlace(route, session)
    const isArrival = arrivals !== arrived
    arrived = arrivals
    write(shown === 'shown' ? completed(route, session) : placeOfView(route, session), 'same')
    applying = false
    if (!isArrival) return
    if (leaveRemovedPlane(session)) return
    if (incomplete || shown === 'partial') session.notices.getState().show(staleAddress(false))
  }

  function openRoute() {
    const { route } = session.route.getState()
    const next = route.view === 'plane' ? route.planeId : route.view === 'new-plane' ? 'new-plane' : undefined
    if (next === current) return
    current = next
    planeView.abort()
    planeView = new AbortController()
    if (route.view === 'plane') openPlane(session, route.planeId, AbortSignal.any([signal, planeView.signal]))
    if (route.view === 'new-plane') session.install.getState().enter(undefined, 'cluster')
  }

  signal.addEventListener('abort', () => planeView.abort())
  showWithoutData(session)
  followViews(session, 'without-data', () => applying, signal)
  void session.operations.getState().watch(signal)
  void session.fleet.getState().watch(signal)
  void session.vault.getState().follow(signal)
  void session.clusters.getState().watch(signal)
  followWatches(session, signal)
  endNotices(session)
  nameWindow(session)
  void follow(
    (until) => session.link.client.connectivity.openRequests(undefined, { signal: until }),
    ({ planeId }) => openConnectivity(session, planeId),
    signal,
  )

  // Before the views know the planes: a place of none must not be drawn.
  const stopWaiting = session.planes.subscribe(({ planes }) => {
    if (planes === undefined) return
    stopWaiting()
    leaveRemovedPlane(session)
  })
  await whenConnected(session.link, signal)
  await Promise.all([loadCommon(session), whenOperationsLoaded(session)])
  applyRoute()
  session.route.subscribe((now, before) => {
    // The views have written it themselves.
    if (now.route !== before.route && !applying) applyRoute()
  })
  followViews(session, 'with-data', () => applying, signal)
  session.profileChange.subscribe(({ approved }, before) => {
    if (approved === undefined || approved === before.approved || approved.planeId !== current) return
    // The core refuses to watch a plane without an approved profile.
    const until = AbortSignal.any([signal, planeView.signal])
    void session.workloads.getState().watch(approved.planeId, until)
    void session.logs.getState().enter(approved.planeId, until)
  })
  refreshPlanes(session)
  session.link.store.subscribe((now, before) => {
    if (now.state !== 'connected' || before.state === 'connected') return
    // Streams reopen by themselves; data that was loaded once is loaded again.
    void loadCommon(session).then(() => {
      current = undefined
      applyRoute()
    })
  })
}

function whenConnected({ store }: Link, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (store.getState().state === 'connected' || signal.aborted) return resolve()
    const stop = store.subscribe(({ state }) => {
      if (state !== 'connected') return
      stop()
      resolve()
    })
  })
}

/** The wizard opens at the step of the latest operation, so the operations are needed first. */
function whenOperationsLoaded({ operations }: Session): Promise<void> {
  return new Promise((resolve) => {
    const loaded = () => operations.getState().operations !== undefined || operations.getState().problem !== undefined
    if (loaded()) return resolve()
    const stop = operations.subscribe(() => {
      if (!loaded()) return
      stop()
      resolve()
    })
  })
}

/** Reloads planes after changes from outside the window: an operation that ends, a plane created in a terminal. */
function refreshPlanes(session: Session): void {
  const ended = (operations: readonly Operation[] | undefined) =>
    (operations ?? []).filter(({ kind, state }) => kind !== 'collect' && state === 'done').map(({ id }) => id)
  session.operations.subscribe(({ operations }, before) => {
    const endedBefore = new Set(ended(before.operations))
    const planes = new Set(session.planes.getState().planes?.map(({ id }) => id))
    const knownOperations = new Set(before.operations?.map(({ id }) => id))
    const isNewPlane = operations?.some(({ id, planeId }) => !knownOperations.has(id) && !planes.has(planeId)) === true
    if (isNewPlane || ended(operations).some((id) => !endedBefore.has(id))) void session.planes.getState().load()
  })
  session.planes.subscribe(({ planes }, before) => {
    const { planeId } = session.connectivity.getState()
    const settingsOf = (list: readonly Plane[] | undefined) => list?.find(({ id }) => id === planeId)?.settings
    const now = settingsOf(planes)
    // The rows contain values of the settings, so they are loaded again.
    const changed = JSON.stringify(now) !== JSON.stringify(settingsOf(before.planes))
    if (planeId !== undefined && now !== undefined && changed) void session.connectivity.getState().load(planeId)
  })
}

/** A message about something that is over is wrong: it ends with its cause. */
function endNotices({ notices, link, vault, workloads, trust, profileChange }: Session): void {
  const { end } = notices.getState()
  link.store.subscribe(({ state }) => state === 'connected' && end('hostLost'))
  vault.subscribe(({ status }) => status?.state === 'open' && end('vaultLocked'))
  workloads.subscribe(({ snapshot }) => snapshot?.connection.state === 'live' && end('clusterUnreachable'))
  trust.subscribe(
    ({ question }, before) => question === undefined && before.question !== undefined && end('consentNeeded'),
  )
  profileChange.subscribe(({ approved }, before) => approved !== before.approved && end('profileChanged'))
}

/** Opens the connectivity view from a notification of the system or of the window. */
export function openConnectivity({ history, route }: Session, planeId: string): void {
  history.getState().close()
  route.getState().go({ view: 'plane', planeId, tab: 'connectivity' })
}

/** Shows a notification for each result of a watch, and reloads the open table after a scheduled run. */
function followWatches(session: Session, signal: AbortSignal): void {
  const { watches, connectivity, notices, planes } = session
  void watches.getState().follow((state) => {
    const name = planes.getState().planes?.find(({ id }) => id === state.planeId)?.name ?? t('shell.unknownPlane')
    const { planeId, rows } = connectivity.getState()
    notices.getState().notify(watchNotice(name, state, planeId === state.planeId ? rows : undefined))
  }, signal)
  watches.subscribe(({ states }, before) => {
    const { planeId, running, load } = connectivity.getState()
    if (planeId === undefined || running) return
    const lastAt = states?.[planeId]?.lastAt
    if (before.states !== undefined && lastAt !== before.states[planeId]?.lastAt) void load(planeId)
  })
}
