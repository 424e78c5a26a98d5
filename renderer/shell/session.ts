import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { type ClustersStore, createClustersStore } from '../clusters/store.ts'
import { createDocumentsStore, type DocumentsStore } from '../connectivity/export/documents.ts'
import { createHistoryStore, type HistoryStore } from '../connectivity/history/history.ts'
import { type ConnectivityStore, createConnectivityStore } from '../connectivity/store.ts'
import { createWatchesStore, type WatchesStore, watchNotice } from '../connectivity/watch/watches.ts'
import { openingStep } from '../install/steps.ts'
import { createInstallStore, type InstallStore } from '../install/store.ts'
import { follow } from '../lib/follow.ts'
import type { Link } from '../lib/link.ts'
import { createLogsStore, type LogsStore } from '../logs/store.ts'
import { createOperationsStore, latestOperation, type OperationsStore } from '../operations/store.ts'
import { createPlanesStore, type PlanesStore, planeById } from '../planes/store.ts'
import { createProfilesStore, type ProfilesStore } from '../profiles/store.ts'
import { createSettingsStore, type SettingsStore } from '../settings/store.ts'
import { createVaultStore, type VaultStore } from '../vault/store.ts'
import { createWorkloadsStore, type WorkloadsStore } from '../workloads/store.ts'
import { createNoticesStore, type NoticesStore } from './notices.ts'
import { followOpenings } from './openRequests.ts'
import { createRouteStore, type RouteStore } from './route.ts'

/** Every store of the window, made over one link. */
export interface Session {
  readonly link: Link
  readonly route: RouteStore
  readonly notices: NoticesStore
  readonly planes: PlanesStore
  readonly operations: OperationsStore
  readonly clusters: ClustersStore
  readonly profiles: ProfilesStore
  readonly install: InstallStore
  readonly connectivity: ConnectivityStore
  readonly history: HistoryStore
  readonly watches: WatchesStore
  readonly documents: DocumentsStore
  readonly workloads: WorkloadsStore
  readonly logs: LogsStore
  readonly vault: VaultStore
  readonly settings: SettingsStore
}

export function createSession(link: Link): Session {
  const { client } = link
  const operations = createOperationsStore(client)
  return {
    link,
    route: createRouteStore(),
    notices: createNoticesStore(),
    planes: createPlanesStore(client),
    operations,
    clusters: createClustersStore(client),
    profiles: createProfilesStore(client),
    install: createInstallStore(client, operations.getState().learn),
    connectivity: createConnectivityStore(client),
    history: createHistoryStore(client),
    watches: createWatchesStore(client),
    documents: createDocumentsStore(client),
    workloads: createWorkloadsStore(client),
    logs: createLogsStore(client),
    vault: createVaultStore(client),
    settings: createSettingsStore(client),
  }
}

/** Loads what every view needs. The vault asks for its passphrase by itself, once. */
async function loadCommon({ planes, settings, vault, profiles }: Session): Promise<void> {
  await Promise.all([
    planes.getState().load(),
    settings.getState().load(),
    vault.getState().load(),
    profiles.getState().load(),
  ])
  const { status, ask } = vault.getState()
  if (status !== undefined && status.state !== 'open') ask()
}

/** What the views of one plane look at, for as long as the window is at that plane. */
function openPlane(session: Session, planeId: string, signal: AbortSignal): void {
  void session.workloads.getState().watch(planeId, signal)
  void session.connectivity.getState().load(planeId)
  session.history.getState().openPlane(planeId)
  void session.vault.getState().list(planeId)
  void session.logs.getState().enter(planeId, signal)
  const plane = planeById(planeId)(session.planes.getState())
  if (plane === undefined) return
  void session.profiles.getState().get(plane.profile)
  const operation = latestOperation(planeId, ['install', 'uninstall'])(session.operations.getState())
  session.install.getState().enter(planeId, openingStep(plane, operation))
}

/** Starts what runs for as long as the window lives, and changes it as the window goes from plane to plane. */
export async function startSession(session: Session, signal: AbortSignal): Promise<void> {
  let atPlane = new AbortController()
  let current: string | undefined

  function settle() {
    const { route } = session.route.getState()
    const place = route.view === 'plane' ? route.planeId : route.view === 'new-plane' ? 'new-plane' : undefined
    if (place === current) return
    current = place
    atPlane.abort()
    atPlane = new AbortController()
    if (route.view === 'plane') openPlane(session, route.planeId, AbortSignal.any([signal, atPlane.signal]))
    if (route.view === 'new-plane') session.install.getState().enter(undefined, 'cluster')
  }

  signal.addEventListener('abort', () => atPlane.abort())
  void session.operations.getState().watch(signal)
  void session.clusters.getState().watch(signal)
  followWatches(session, signal)
  void follow(
    (until) => session.link.client.connectivity.openRequests(undefined, { signal: until }),
    ({ planeId }) => openConnectivity(session, planeId),
    signal,
  )
  void followOpenings(session, signal)

  await whenConnected(session.link, signal)
  await Promise.all([loadCommon(session), whenOperationsKnown(session)])
  const { route } = session.route.getState()
  const gone = route.view === 'plane' && planeById(route.planeId)(session.planes.getState()) === undefined
  if (gone && session.planes.getState().planes !== undefined) session.route.getState().go({ view: 'home' })
  settle()
  session.route.subscribe(settle)
  keepPlanesKnown(session)
  session.link.store.subscribe((now, before) => {
    if (now.state !== 'connected' || before.state === 'connected') return
    // Streams come back by themselves; what was read once is read again.
    void loadCommon(session).then(() => {
      current = undefined
      settle()
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

/** The wizard opens where an operation stands, so these have to be known first. */
function whenOperationsKnown({ operations }: Session): Promise<void> {
  return new Promise((resolve) => {
    const known = () => operations.getState().operations !== undefined || operations.getState().problem !== undefined
    if (known()) return resolve()
    const stop = operations.subscribe(() => {
      if (!known()) return
      stop()
      resolve()
    })
  })
}

/** What changes planes without the window having asked: an install that ends, a plane made in a terminal. */
function keepPlanesKnown(session: Session): void {
  const ended = (operations: readonly Operation[] | undefined) =>
    (operations ?? []).filter(({ kind, state }) => kind !== 'collect' && state === 'done').map(({ id }) => id)
  session.operations.subscribe(({ operations }, before) => {
    const knownEnds = new Set(ended(before.operations))
    const planes = new Set(session.planes.getState().planes?.map(({ id }) => id))
    const knownOperations = new Set(before.operations?.map(({ id }) => id))
    const strange = operations?.some(({ id, planeId }) => !knownOperations.has(id) && !planes.has(planeId)) === true
    if (strange || ended(operations).some((id) => !knownEnds.has(id))) void session.planes.getState().load()
  })
  session.planes.subscribe(({ planes }, before) => {
    const { planeId } = session.connectivity.getState()
    const settingsOf = (list: readonly Plane[] | undefined) => list?.find(({ id }) => id === planeId)?.settings
    const now = settingsOf(planes)
    // The rows have the settings put in, so they are read anew.
    const changed = JSON.stringify(now) !== JSON.stringify(settingsOf(before.planes))
    if (planeId !== undefined && now !== undefined && changed) void session.connectivity.getState().load(planeId)
  })
}

/** Where a notice of the system, or of the window, leads. */
export function openConnectivity({ history, route }: Session, planeId: string): void {
  history.getState().close()
  route.getState().go({ view: 'plane', planeId, tab: 'connectivity' })
}

/** Tells what a watch found out, whatever view is open; the table that is open takes its newest run. */
function followWatches(session: Session, signal: AbortSignal): void {
  const { watches, connectivity, notices, planes } = session
  void watches.getState().follow((state) => {
    const name = planes.getState().planes?.find(({ id }) => id === state.planeId)?.name ?? 'A plane'
    const { planeId, rows } = connectivity.getState()
    notices.getState().tell(watchNotice(name, state, planeId === state.planeId ? rows : undefined))
  }, signal)
  watches.subscribe(({ states }, before) => {
    const { planeId, running, load } = connectivity.getState()
    if (planeId === undefined || running) return
    const lastAt = states?.[planeId]?.lastAt
    if (before.states !== undefined && lastAt !== before.states[planeId]?.lastAt) void load(planeId)
  })
}
