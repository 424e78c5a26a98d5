import type {
  CheckEvent,
  Comparison,
  ConnectivityReport,
  EndpointRow,
  ProxyView,
  RepeatedRun,
  RunEntry,
  Subject,
  TextFile,
  VantageOffer,
  VerdictHistory,
  Watch,
  WatchState,
} from '../../preload/contract/connectivity.ts'
import type { EndpointList } from '../../preload/contract/profiles.ts'
import { type CheckOptions, check, computer, type PlaneRows } from './check.ts'
import {
  type AllowListInput,
  allowListOf,
  type CompareInput,
  compareRuns,
  type ExportInput,
  exportReport,
} from './documents.ts'
import { createHistory } from './history/history.ts'
import { rowsOf } from './plan/rows.ts'
import { viewProxy } from './proxy/proxy.ts'
import { clean } from './report/sanitize.ts'
import { type SubjectParts, Subjects } from './subject.ts'
import { type CheckInput, checkForUser, checkRepeatedlyForUser } from './user-check.ts'
import { Cleanup } from './vantage/pod/cleanup.ts'
import type { PlaneCluster } from './vantage/resolve/cluster.ts'
import { listLimitMs, listVantages } from './vantage/resolve/list-vantages.ts'
import { OpenRequests } from './watch/open-requests.ts'
import { repeatCheck } from './watch/repeated-check.ts'
import { Watches, type WatchParts } from './watch/watches.ts'

export interface ConnectivityParts extends SubjectParts {
  /** Hangar's state folder, for saved runs. */
  readonly home: string
  /** Called with changes that are worth a notification, once a recheck confirmed them. Never empty. */
  readonly notify?: WatchParts['notify']
  /** The clock of the schedules; tests replace it. */
  readonly clock?: WatchParts['clock']
}

/** The cluster and the system are queried at once, each within a few seconds. */
const proxyLimitMs = 10_000

export type { CheckOptions, PlaneRows } from './check.ts'

export interface Connectivity {
  readonly rows: (subject: Subject) => Promise<EndpointRow[]>
  /** Streams events as they come; ends by abort. A plane's run of the whole table is saved; other rows go into the picture of `last`. */
  readonly check: (input: CheckInput, signal: AbortSignal) => AsyncGenerator<CheckEvent>
  /** Checks at an interval until abort. A plane's runs of the whole table are saved as those of a watch. */
  readonly checkRepeatedly: (
    input: CheckInput & { readonly everyMs: number },
    signal: AbortSignal,
  ) => AsyncGenerator<RepeatedRun>
  readonly vantages: (planeId: string) => Promise<VantageOffer[]>
  /** Of the settings in force, or of `proxy` as `--proxy` has it. */
  readonly proxy: (input: Subject & { readonly proxy?: string | undefined }) => Promise<ProxyView>
  readonly last: (planeId: string) => Promise<ConnectivityReport | null>
  readonly lastVerified: (planeId: string) => Promise<ConnectivityReport | null>
  readonly runs: (planeId: string) => Promise<RunEntry[]>
  readonly verdictHistory: (planeId: string) => Promise<VerdictHistory>
  readonly run: (of: { readonly planeId: string; readonly runId: string }) => Promise<ConnectivityReport>
  readonly compare: (input: CompareInput) => Promise<Comparison>
  readonly export: (input: ExportInput) => Promise<TextFile>
  readonly allowList: (input: AllowListInput) => Promise<TextFile>
  readonly watch: (planeId: string) => Promise<WatchState>
  readonly setWatch: (of: { readonly planeId: string; readonly watch: Watch | null }) => Promise<void>
  /** Ends by abort. */
  readonly watches: (signal: AbortSignal) => AsyncGenerator<WatchState[]>
  /** Asks the window to show a plane's Connectivity, after a click on a notification. */
  readonly open: (planeId: string) => void
  /** The requests of `open`, each to one window. Ends by abort. */
  readonly openRequests: (signal: AbortSignal) => AsyncGenerator<{ planeId: string }>
  /** Runs the schedules until `close`, in a host that stays open. */
  readonly startWatches: () => Promise<void>
  readonly close: () => Promise<void>
  /** Removes the plane's saved runs and its watch. */
  readonly forget: (planeId: string) => Promise<void>
}

export function createConnectivity(parts: ConnectivityParts): Connectivity {
  const { home, env, resolveProxy, notify = () => undefined, clock } = parts
  const history = createHistory(home)
  const cleanup = new Cleanup()
  const subjects = new Subjects(parts, cleanup)
  const openRequests = new OpenRequests()
  const watches = new Watches({
    home,
    history,
    check: async function* (planeId, request, signal) {
      yield* (await subjects.plane(planeId)).check(request, signal)
    },
    notify,
    clock,
  })
  const state = { history, watches }
  return {
    rows: async (subject) => rowsOf((await subjects.find(subject)).table),
    async *check(input, signal) {
      yield* forReader(input, checkForUser(await subjects.find(input), input, state, signal))
    },
    checkRepeatedly: (input, signal) =>
      forReader(
        input,
        repeatCheck(
          async (baselineFor) => checkRepeatedlyForUser(await subjects.find(input), input, state, baselineFor, signal),
          input.everyMs,
          signal,
        ),
      ),
    vantages: async (planeId) =>
      listVantages(computer, (await subjects.plane(planeId)).table.cluster, AbortSignal.timeout(listLimitMs)),
    async proxy(input) {
      const request = { proxy: input.proxy, env: env ?? process.env, resolveProxy }
      return await viewProxy((await subjects.find(input)).table, request, AbortSignal.timeout(proxyLimitMs))
    },
    last: history.last,
    lastVerified: history.lastVerified,
    runs: history.runs,
    verdictHistory: history.verdictHistory,
    run: ({ planeId, runId }) => history.run(planeId, runId),
    compare: (input) => compareRuns(input, history),
    export: async (input) => exportReport(await subjects.find(input), input, history),
    allowList: async (input) => allowListOf(await subjects.find(input), input, history),
    watch: (planeId) => watches.state(planeId),
    async setWatch({ planeId, watch }) {
      await subjects.plane(planeId) // throws if there is no such plane
      await watches.set(planeId, watch)
    },
    watches: (signal) => watches.states(signal),
    open: (planeId) => openRequests.request(planeId),
    openRequests: (signal) => openRequests.subscribe(signal),
    startWatches: () => watches.start(),
    async close() {
      await watches.close()
      await cleanup.settled()
    },
    async forget(planeId) {
      await watches.forget(planeId)
      await history.forget(planeId)
    },
  }
}

/** What is printed must not contain what a document must not. */
async function* forReader<Value>(
  { forPrinting = false }: Pick<CheckInput, 'forPrinting'>,
  values: AsyncIterable<Value>,
): AsyncGenerator<Value> {
  for await (const value of values) yield forPrinting ? clean(value) : value
}

/** Checks a bare list: no plane, no vault, and a cluster only where one is given. All that it started is gone at its end. */
export async function* checkEndpoints(
  list: EndpointList,
  options: CheckOptions & { readonly cluster?: PlaneCluster | undefined },
  signal: AbortSignal,
): AsyncGenerator<CheckEvent> {
  const { endpoints, settings, resolver } = list
  const rows: PlaneRows = {
    endpoints,
    settings,
    resolver,
    componentTitles: {},
    folder: options.folder ?? process.cwd(),
    cluster: options.cluster,
  }
  const cleanup = new Cleanup()
  try {
    yield* check(rows, () => Promise.resolve(undefined), options, cleanup, signal)
  } finally {
    await cleanup.settled()
  }
}
