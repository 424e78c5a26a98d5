import type { ActivityFilter } from '../activity/filter.ts'
import { type ActivityStore, allPlanes, filterOf, type Scope } from '../activity/store.ts'
import type { HistoryStore } from '../connectivity/history/history.ts'
import type { ConnectivityStore } from '../connectivity/store.ts'
import type { TableCheck } from '../connectivity/table/store.ts'
import { reachable } from '../install/steps.ts'
import type { InstallStore } from '../install/store.ts'
import type { LogsStore } from '../logs/state.ts'
import { latestOperation, type OperationsStore } from '../operations/store.ts'
import { type PlanesStore, planeById } from '../planes/store.ts'
import type { WorkloadsStore } from '../workloads/store.ts'
import { type CheckPlace, type Place, printAddress } from './address.ts'
import type { ConnectStore } from './connect/store.ts'
import type { FleetShownStore } from './fleet/shown.ts'
import type { RouteStore } from './route.ts'

/** The stores whose state is in the address. */
interface Stores {
  readonly fleetShown: FleetShownStore
  readonly activity: ActivityStore
  readonly connectivity: ConnectivityStore
  readonly history: HistoryStore
  readonly connect: ConnectStore
  readonly tableCheck: TableCheck
  readonly workloads: WorkloadsStore
  readonly logs: LogsStore
  readonly install: InstallStore
  readonly operations: OperationsStore
  readonly planes: PlanesStore
  readonly route: RouteStore
}

/** The place with what it leaves open, as the view of that plane has it now. */
export function completed(place: Place, stores: Stores): Place {
  if (place.view === 'new-plane') {
    const { planeId, step } = stores.install.getState()
    return planeId === undefined ? { step, ...place } : place
  }
  if (place.view === 'connect') return { ...connectPlace(stores), ...place }
  if (place.view === 'check') return { ...checkPlace(stores), ...place }
  if (place.view === 'home') return { ...homePlace(stores), ...place }
  if (place.view === 'activity') return { filter: filterOf(allPlanes)(stores.activity.getState()), ...place }
  if (place.view !== 'plane') return place
  const { planeId } = place
  switch (place.tab) {
    case 'install': {
      const { step, uninstalling, planeId: at } = stores.install.getState()
      return at === planeId ? { step, ...(uninstalling && { uninstall: true }), ...place } : place
    }
    case 'connectivity': {
      const { planeId: at, filter, openRows, shown } = stores.connectivity.getState()
      if (at !== planeId) return place
      // A place that names rows, a filter or a run is one of the matrix.
      const isOfMatrix = place.rows !== undefined || place.filter !== undefined || place.run !== undefined
      const view = isOfMatrix ? 'matrix' : shown
      return { run: stores.history.getState().chosen, rows: openRows, filter, shown: view, ...place }
    }
    case 'workloads': {
      const { planeId: at, shown } = stores.workloads.getState()
      return at === planeId ? { ...shown, ...place } : place
    }
    case 'logs': {
      const { planeId: at, filter, engine, selected, related, columns, shown } = stores.logs.getState()
      return at === planeId
        ? { filter, engine, record: selected, related: related?.to, columns, shown, ...place }
        : place
    }
    case 'activity':
      return { filter: filterOf(planeId)(stores.activity.getState()), ...place }
    default:
      return place
  }
}

const differ = (one: unknown, other: unknown): boolean => JSON.stringify(one) !== JSON.stringify(other)

/** Sets the views to what the place names. Reports whether all of it is there. */
export function showPlace(place: Place, stores: Stores): 'shown' | 'partial' {
  if (place.view === 'new-plane') return showStep(place.step, stores)
  if (place.view === 'connect') return showConnect(place, stores)
  if (place.view === 'check') return showCheck(place, stores)
  if (place.view === 'home') return showHome(place, stores)
  if (place.view === 'activity') return showActivity(allPlanes, place.filter, stores)
  if (place.view !== 'plane') return 'shown'
  switch (place.tab) {
    case 'install': {
      const { uninstalling, setUninstalling } = stores.install.getState()
      if ((place.uninstall === true) !== uninstalling) setUninstalling(uninstalling ? 'no' : 'yes')
      return showStep(place.step, stores)
    }
    case 'connectivity': {
      const { filter, openRows, shown, setFilter, setOpenRows, show } = stores.connectivity.getState()
      if (place.filter !== undefined && differ(filter, place.filter)) setFilter(place.filter)
      if (place.rows !== undefined && differ(openRows, place.rows)) setOpenRows(place.rows)
      if (shown !== (place.shown ?? 'matrix')) show(place.shown ?? 'matrix')
      showRun(place.run, stores)
      return 'shown'
    }
    case 'workloads': {
      const { shown, show } = stores.workloads.getState()
      const { object, filter = shown.filter } = place
      const next = { object, filter, sort: 'sort' in place ? place.sort : shown.sort }
      if (differ(shown, next)) show(next)
      return 'shown'
    }
    case 'logs': {
      const { filter, engine, selected, related, columns, ...logs } = stores.logs.getState()
      if (differ(engine, place.engine)) logs.setEngine(place.engine)
      if (place.filter !== undefined && differ(filter, place.filter)) logs.setFilter(place.filter)
      if (place.columns !== undefined && differ(columns, place.columns)) logs.setColumns(place.columns)
      if (logs.shown !== (place.shown ?? 'lines')) logs.show(place.shown ?? 'lines')
      const isOther = differ(related?.to, place.related)
      if (isOther) logs.showRelated(undefined)
      if (selected !== place.record) logs.select(place.record)
      if (isOther && place.related !== undefined) logs.showRelated(place.related, place.record)
      return 'shown'
    }
    case 'activity':
      return showActivity(place.planeId, place.filter, stores)
    default:
      return 'shown'
  }
}

type ConnectivityPlace = Extract<Place, { readonly tab: 'connectivity' }>

function showRun(run: ConnectivityPlace['run'], { history }: Stores): void {
  const { chosen, list, open, compare, close } = history.getState()
  if (run === undefined || !differ(chosen, run)) return
  if (run.kind === 'list') void list()
  else if (run.kind === 'run') void open(run.runId)
  else if (run.kind === 'comparison') void compare(run.before, run.after)
  else close()
}

type HomePlace = Extract<Place, { readonly view: 'home' }>

const homePlace = ({ fleetShown }: Stores): HomePlace => ({ view: 'home', shown: fleetShown.getState().shown })

function showHome({ shown }: HomePlace, { fleetShown }: Stores): 'shown' {
  const { shown: before, change } = fleetShown.getState()
  if (shown !== undefined && differ(before, shown)) change(shown)
  return 'shown'
}

function showActivity(scope: Scope, filter: ActivityFilter | undefined, { activity }: Stores): 'shown' {
  const state = activity.getState()
  if (filter !== undefined && differ(filterOf(scope)(state), filter)) state.setFilter(scope, filter)
  return 'shown'
}

type ConnectPlace = Extract<Place, { readonly view: 'connect' }>

function connectPlace({ connect }: Stores): ConnectPlace {
  const { contextId, profile } = connect.getState()
  return { view: 'connect', contextId, profile }
}

function showConnect({ contextId, profile }: ConnectPlace, { connect }: Stores): 'shown' {
  const { chooseContext, chooseProfile } = connect.getState()
  if (contextId !== undefined) chooseContext(contextId)
  if (profile !== undefined) chooseProfile(profile)
  return 'shown'
}

/** What the view of a check without a plane shows. */
function checkPlace({ tableCheck: { table, connectivity } }: Stores): CheckPlace {
  const { source, profile, shown } = table.getState()
  const place = { view: 'check', source, profile: source === 'list' ? undefined : profile } as const
  if (shown !== 'results') return place
  const { openRows, filter } = connectivity.getState()
  return { ...place, results: true, rows: openRows, filter }
}

/** Results are in this window alone: after a reload there are none. */
function showCheck(place: CheckPlace, { tableCheck }: Stores): 'shown' | 'partial' {
  const { source, open, shown, chooseSource, chooseProfile, show } = tableCheck.table.getState()
  const next = place.results === true && open !== undefined ? 'results' : 'source'
  if (next !== shown) show(next)
  if (place.results === true && next === 'results') {
    const { filter, openRows, setFilter, setOpenRows } = tableCheck.connectivity.getState()
    if (place.filter !== undefined && differ(filter, place.filter)) setFilter(place.filter)
    if (place.rows !== undefined && differ(openRows, place.rows)) setOpenRows(place.rows)
    return 'shown'
  }
  if (place.source !== undefined && place.source !== source) chooseSource(place.source)
  if (place.profile !== undefined) chooseProfile(place.profile)
  return place.results === true ? 'partial' : 'shown'
}

type InstallPlace = Extract<Place, { readonly tab: 'install' }>

/** A step that needs an earlier one first stays closed. */
function showStep(step: InstallPlace['step'], { install, planes, operations }: Stores): 'shown' | 'partial' {
  const { step: current, planeId, draft, go } = install.getState()
  if (step === undefined || step === current) return 'shown'
  const plane = planeById(planeId)(planes.getState())
  const operation =
    planeId === undefined ? undefined : latestOperation(planeId, ['install', 'uninstall'])(operations.getState())
  const filled =
    planeId !== undefined ||
    step === 'cluster' ||
    (draft.contextId !== undefined && (step === 'profile' || draft.profile !== undefined))
  if (!filled || !reachable(step, plane, operation)) return 'partial'
  go(step)
  return 'shown'
}

/** The place as its view has it now, whatever the address said. */
export function placeOfView(place: Place, stores: Stores): Place {
  if (place.view === 'new-plane') return completed({ view: 'new-plane' }, stores)
  if (place.view === 'connect') return connectPlace(stores)
  if (place.view === 'check') return checkPlace(stores)
  if (place.view === 'home') return homePlace(stores)
  if (place.view === 'activity') return completed({ view: 'activity', item: place.item }, stores)
  if (place.view !== 'plane') return place
  if (place.tab === 'activity') {
    const { planeId, tab, item } = place
    return completed({ view: 'plane', planeId, tab, item }, stores)
  }
  if (place.tab === 'connectivity' && stores.connectivity.getState().shown === 'map') {
    const { planeId, tab, detail } = place
    return completed({ view: 'plane', planeId, tab, detail }, stores)
  }
  return completed({ view: 'plane', planeId: place.planeId, tab: place.tab }, stores)
}

/** Opening something is a step that Back undoes; filters and closing are not. */
function isStep(before: Place, after: Place): boolean {
  if (before.view === 'new-plane' && after.view === 'new-plane') return before.step !== undefined
  if (before.view === 'check' && after.view === 'check') return before.results !== after.results
  if (before.view !== 'plane' || after.view !== 'plane' || before.tab !== after.tab) return false
  if (before.tab === 'connectivity' && after.tab === 'connectivity') {
    return (
      (before.run !== undefined && differ(before.run, after.run)) ||
      (before.shown ?? 'matrix') !== (after.shown ?? 'matrix')
    )
  }
  if (before.tab === 'install' && after.tab === 'install') {
    return before.step !== undefined && (before.step !== after.step || before.uninstall !== after.uninstall)
  }
  if (before.tab === 'workloads' && after.tab === 'workloads') {
    return after.object !== undefined && after.object !== before.object
  }
  if (before.tab === 'logs' && after.tab === 'logs') {
    return (
      (before.record === undefined && after.record !== undefined) ||
      (after.related !== undefined && differ(before.related, after.related)) ||
      (before.shown ?? 'lines') !== (after.shown ?? 'lines') ||
      differ(before.engine, after.engine)
    )
  }
  return false
}

/**
 * Writes what the user does in a view into the address, until the signal ends. `paused`: the views are being set.
 * `which`: the views that need no data, or the others.
 */
export function followViews(
  stores: Stores,
  which: 'without-data' | 'with-data',
  paused: () => boolean,
  signal: AbortSignal,
): void {
  const { route, ...views } = stores
  const follow = (): void => {
    if (paused()) return
    const { route: before, follow: write } = route.getState()
    if (!followedViews.has(before.view)) return
    const after = placeOfView(before, stores)
    const followed = before.view !== 'plane' || tabsOfStores.has(before.tab)
    if (followed && printAddress(after) !== printAddress(before)) write(after, isStep(before, after) ? 'step' : 'same')
  }
  const withoutData = [views.fleetShown, views.activity]
  const withData = [
    views.connectivity,
    views.history,
    views.workloads,
    views.logs,
    views.install,
    views.connect,
    views.tableCheck.table,
    views.tableCheck.connectivity,
  ]
  for (const store of which === 'without-data' ? withoutData : withData) {
    signal.addEventListener('abort', store.subscribe(follow), { once: true })
  }
}

const followedViews: ReadonlySet<Place['view']> = new Set([
  'home',
  'activity',
  'new-plane',
  'connect',
  'check',
  'plane',
])
const tabsOfStores: ReadonlySet<string> = new Set(['install', 'connectivity', 'workloads', 'logs', 'activity'])
