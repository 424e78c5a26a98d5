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
import { Problem } from '../../preload/contract/problem.ts'
import type { EndpointList } from '../../preload/contract/profiles.ts'
import { type CheckOptions, check, type PlaneRows } from './check.ts'
import { createHistory } from './history/history.ts'
import type { ClientCertificate } from './material.ts'
import { rowOf } from './rows.ts'
import { Cleaning } from './vantage/cleaning.ts'
import type { PlaneCluster } from './vantage/cluster.ts'
import { offersLimitMs, offersOf } from './vantage/offers.ts'
import { Openings } from './watch/openings.ts'
import { createWatches, type Watches, type WatchParts } from './watch/watches.ts'

export interface ConnectivityParts {
  /** Throws PLANE_UNKNOWN. */
  readonly rowsOf: (planeId: string) => Promise<PlaneRows>
  /** The credential's `tls.crt` and `tls.key`; undefined when it is not stored. */
  readonly credentialOf: (planeId: string, credentialId: string) => Promise<ClientCertificate | undefined>
  /** Where reports are kept. */
  readonly home: string
  /** Of this process; tests give their own. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Hears what a schedule found changed, once it has looked twice: news alone, and never none. */
  readonly tell?: WatchParts['tell']
  /** Of the schedules; tests give their own. */
  readonly clock?: WatchParts['clock']
}

export type { CheckOptions, PlaneRows } from './check.ts'

export type PlaneCheckOptions = Pick<CheckOptions, 'endpoints' | 'proxy' | 'from' | 'holdSeconds' | 'probeImage'>

export interface Connectivity {
  readonly rows: (planeId: string) => Promise<EndpointRow[]>
  /** Streams events as they come; ends by abort. A run of the whole table is kept; other rows go into the picture of `last`. */
  readonly check: (
    planeId: string,
    options: PlaneCheckOptions & { readonly by?: RunEntry['by'] },
    signal: AbortSignal,
  ) => AsyncGenerator<CheckEvent>
  readonly vantages: (planeId: string) => Promise<VantageOffer[]>
  readonly proxy: (planeId: string) => Promise<ProxyView>
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
  readonly watch: (planeId: string) => Promise<WatchState>
  readonly setWatch: (of: { readonly planeId: string; readonly watch: Watch | null }) => Promise<void>
  /** Ends by abort. */
  readonly watches: (signal: AbortSignal) => AsyncGenerator<WatchState[]>
  /** Shows a plane's Connectivity in the window, for a click on a notification. */
  readonly open: (planeId: string) => void
  /** What `open` asked for, to the window that hears it first. Ends by abort. */
  readonly openings: (signal: AbortSignal) => AsyncGenerator<{ planeId: string }>
  /** Runs the schedules until `close`: for a host that stays open. */
  readonly startWatches: () => Promise<void>
  readonly close: () => Promise<void>
  /** Removes what is kept of the plane. */
  readonly forget: (planeId: string) => Promise<void>
}

export function createConnectivity(parts: ConnectivityParts): Connectivity {
  const { rowsOf, credentialOf, home, env, tell = () => undefined, clock } = parts
  const history = createHistory(home)
  const cleaning = new Cleaning()
  async function* checkPlane(
    planeId: string,
    options: PlaneCheckOptions,
    signal: AbortSignal,
  ): AsyncGenerator<CheckEvent> {
    const plane = await rowsOf(planeId)
    yield* check(plane, (id) => credentialOf(planeId, id), { ...options, env, folder: plane.folder }, cleaning, signal)
  }
  const openings = new Openings()
  const watches: Watches = createWatches({ home, history, check: checkPlane, tell, clock })
  return {
    async rows(planeId) {
      const { endpoints, settings, componentTitles } = await rowsOf(planeId)
      return endpoints.map((endpoint) =>
        rowOf(endpoint, settings, componentTitles[endpoint.component] ?? endpoint.component),
      )
    },
    async *check(planeId, options, signal) {
      const done = watches.makeWay(planeId)
      try {
        for await (const event of checkPlane(planeId, options, signal)) {
          if (event.kind === 'finished')
            await (options.endpoints === undefined
              ? history.keep(planeId, event.report, options.by ?? 'person')
              : history.amend(planeId, event.report))
          yield event
        }
      } finally {
        done()
      }
    },
    vantages: async (planeId) => offersOf((await rowsOf(planeId)).cluster, AbortSignal.timeout(offersLimitMs)),
    proxy: pending,
    last: history.last,
    runs: history.runs,
    run: ({ planeId, runId }) => history.run(planeId, runId),
    compare: ({ planeId, before, after }) => history.compare(planeId, before, after),
    export: pending,
    allowList: pending,
    watch: watches.state,
    async setWatch({ planeId, watch }) {
      await rowsOf(planeId) // throws for a plane that there is not
      await watches.set(planeId, watch)
    },
    watches: watches.states,
    open: (planeId) => openings.ask(planeId),
    openings: (signal) => openings.heard(signal),
    startWatches: watches.start,
    async close() {
      await watches.close()
      await cleaning.settled()
    },
    async forget(planeId) {
      await watches.forget(planeId)
      await history.forget(planeId)
    },
  }
}

const pending = (): never => {
  throw new Problem('INTERNAL', 'This part is being built.')
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
  const cleaning = new Cleaning()
  try {
    yield* check(rows, () => Promise.resolve(undefined), options, cleaning, signal)
  } finally {
    await cleaning.settled()
  }
}

/** The rows of a list as the table shows them: what `exitCode` asks which are required. */
export const endpointRows = ({ endpoints, settings }: EndpointList): EndpointRow[] =>
  endpoints.map((endpoint) => rowOf(endpoint, settings, endpoint.component))
