import type {
  AllowListFormat,
  CheckEvent,
  Comparison,
  ConnectivityReport,
  EndpointRow,
  ProxyView,
  ReportFormat,
  RunEntry,
  TextFile,
  VantageOffer,
  Watch,
  WatchState,
} from '../../preload/contract/connectivity.ts'
import type { EndpointList } from '../../preload/contract/profiles.ts'
import { type AllowListOf, makeAllowList } from './allow-list/allow-list.ts'
import type { ComponentPlace } from './allow-list/workloads.ts'
import { type CheckOptions, check, computer, type PlaneRows } from './check.ts'
import { createHistory } from './history/history.ts'
import type { ClientCertificate } from './plan/material.ts'
import { rowOf } from './plan/rows.ts'
import type { Credential } from './probe/target.ts'
import { type ResolveProxy, viewProxy } from './proxy/proxy.ts'
import { renderReport } from './report/render.ts'
import { Cleanup } from './vantage/pod/cleanup.ts'
import type { PlaneCluster } from './vantage/resolve/cluster.ts'
import { listLimitMs, listVantages } from './vantage/resolve/list-vantages.ts'
import { OpenRequests } from './watch/open-requests.ts'
import { type Before, type Check, type Looked, look } from './watch/scheduled-run.ts'
import { createWatches, type Watches, type WatchParts } from './watch/watches.ts'

export interface ConnectivityParts {
  /** Throws PLANE_UNKNOWN. */
  readonly rowsOf: (planeId: string) => Promise<PlaneRows>
  /** The credential's `tls.crt` and `tls.key`; undefined if it is not stored. */
  readonly credentialOf: (planeId: string, credentialId: string) => Promise<ClientCertificate | undefined>
  /** The credential's `username`, `password` and `token`, as far as they are stored; absent: no sign-in is tried. */
  readonly loginOf?: (planeId: string, credentialId: string) => Promise<Credential | undefined>
  /** The plane's title and components for documents; absent: its id only. */
  readonly describe?: (planeId: string) => Promise<PlaneDescription>
  /** Hangar's state folder, for saved runs. */
  readonly home: string
  /** Absent: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The system's proxy for a URL, in PAC syntax; absent: this host cannot query it. */
  readonly resolveProxy?: ResolveProxy
  /** Hears what a schedule found changed, once it has looked twice: news alone, and never none. */
  readonly tell?: WatchParts['tell']
  /** Of the schedules; tests give their own. */
  readonly clock?: WatchParts['clock']
}

/** What documents print about a plane. */
interface PlaneDescription {
  readonly title: string
  /** Of Hangar. */
  readonly version: string
  readonly places: readonly ComponentPlace[]
}

const undescribed = (planeId: string): Promise<PlaneDescription> =>
  Promise.resolve({ title: planeId, version: '', places: [] })

/** The cluster and the system are queried at once, each within a few seconds. */
const proxyLimitMs = 10_000
/** For the queries to the cluster; rendering the list takes no time. */
const allowListLimitMs = 15_000

export type { CheckOptions, PlaneRows } from './check.ts'

type PlaneCheckOptions = Pick<CheckOptions, 'endpoints' | 'proxy' | 'from' | 'holdSeconds' | 'probeImage' | 'namespace'>

export interface Connectivity {
  readonly rows: (planeId: string) => Promise<EndpointRow[]>
  /** Streams events as they come; ends by abort. A run of the whole table is kept; other rows go into the picture of `last`. */
  readonly check: (planeId: string, options: PlaneCheckOptions, signal: AbortSignal) => AsyncGenerator<CheckEvent>
  /** One run of a schedule that somebody else keeps (see `look`). That of a whole table is kept as one of a watch. */
  readonly look: (planeId: string, options: PlaneCheckOptions, before: Before, signal: AbortSignal) => Promise<Looked>
  readonly vantages: (planeId: string) => Promise<VantageOffer[]>
  /** Of the settings in force, or of `explicit` as `--proxy` has it. */
  readonly proxy: (planeId: string, explicit?: string) => Promise<ProxyView>
  readonly last: (planeId: string) => Promise<ConnectivityReport | null>
  readonly runs: (planeId: string) => Promise<RunEntry[]>
  readonly run: (of: { readonly planeId: string; readonly runId: string }) => Promise<ConnectivityReport>
  readonly compare: (of: {
    readonly planeId: string
    readonly before: string
    readonly after: string
  }) => Promise<Comparison>
  readonly export: (of: {
    readonly planeId: string
    readonly runId: string
    readonly format: ReportFormat
  }) => Promise<TextFile>
  readonly allowList: (of: {
    readonly planeId: string
    readonly format: AllowListFormat
    readonly component?: string | undefined
  }) => Promise<TextFile>
  /** The input of an allow-list, for a host that adds to it. */
  readonly allowListOf: (planeId: string) => Promise<AllowListOf>
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
  const {
    rowsOf,
    credentialOf,
    loginOf,
    describe = undescribed,
    home,
    env,
    resolveProxy,
    tell = () => undefined,
    clock,
  } = parts
  const history = createHistory(home)
  const rowsFor = async (planeId: string): Promise<EndpointRow[]> => {
    const { endpoints, settings, componentTitles } = await rowsOf(planeId)
    return endpoints.map((endpoint) =>
      rowOf(endpoint, settings, componentTitles[endpoint.component] ?? endpoint.component),
    )
  }
  const cleanup = new Cleanup()
  async function* checkPlane(
    planeId: string,
    options: PlaneCheckOptions,
    signal: AbortSignal,
  ): AsyncGenerator<CheckEvent> {
    const plane = await rowsOf(planeId)
    const login = loginOf === undefined ? undefined : (id: string) => loginOf(planeId, id)
    yield* check(
      plane,
      (id) => credentialOf(planeId, id),
      { ...options, env, resolveProxy, loginOf: login, folder: plane.folder },
      cleanup,
      signal,
    )
  }
  const allowListOf = async (planeId: string): Promise<AllowListOf> => {
    const [plane, last, described] = await Promise.all([rowsOf(planeId), history.last(planeId), describe(planeId)])
    const { endpoints, settings, cluster } = plane
    return { ...described, endpoints, settings, last: last ?? undefined, open: cluster?.open }
  }
  const openRequests = new OpenRequests()
  const watches: Watches = createWatches({ home, history, check: checkPlane, tell, clock })
  return {
    rows: rowsFor,
    async *check(planeId, options, signal) {
      const done = watches.makeWay(planeId)
      try {
        for await (const event of checkPlane(planeId, options, signal)) {
          if (event.kind === 'finished')
            await (options.endpoints === undefined
              ? history.keep(planeId, event.report, 'person')
              : history.amend(planeId, event.report))
          yield event
        }
      } finally {
        done()
      }
    },
    async look(planeId, options, before, signal) {
      const done = watches.makeWay(planeId)
      try {
        const check: Check = (asked, abort) => checkPlane(planeId, { ...options, ...asked }, abort)
        const looked = await look(check, options, before, signal)
        if (options.endpoints === undefined) await history.keep(planeId, looked.report, 'watch')
        return looked
      } finally {
        done()
      }
    },
    vantages: async (planeId) =>
      listVantages(computer, (await rowsOf(planeId)).cluster, AbortSignal.timeout(listLimitMs)),
    async proxy(planeId, explicit) {
      const question = { proxy: explicit, env: env ?? process.env, resolveProxy }
      return await viewProxy(await rowsOf(planeId), question, AbortSignal.timeout(proxyLimitMs))
    },
    last: history.last,
    runs: history.runs,
    run: ({ planeId, runId }) => history.run(planeId, runId),
    compare: ({ planeId, before, after }) => history.compare(planeId, before, after),
    async export({ planeId, runId, format }) {
      const [report, rows, described] = await Promise.all([
        history.run(planeId, runId),
        rowsFor(planeId),
        describe(planeId),
      ])
      return renderReport(format, { ...described, rows, report })
    },
    allowListOf,
    allowList: async ({ planeId, format, component }) =>
      makeAllowList(format, { ...(await allowListOf(planeId)), component }, AbortSignal.timeout(allowListLimitMs)),
    watch: watches.state,
    async setWatch({ planeId, watch }) {
      await rowsOf(planeId) // throws for a plane that there is not
      await watches.set(planeId, watch)
    },
    watches: watches.states,
    open: (planeId) => openRequests.ask(planeId),
    openRequests: (signal) => openRequests.subscribe(signal),
    startWatches: watches.start,
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

/** The rows of a list as the table shows them: what `exitCode` asks which are required. */
export const endpointRows = ({ endpoints, settings }: EndpointList): EndpointRow[] =>
  endpoints.map((endpoint) => rowOf(endpoint, settings, endpoint.component))
