import type {
  AllowListFormat,
  CheckEvent,
  Comparison,
  ConnectivityReport,
  EndpointRow,
  ProxyView,
  RepeatedRun,
  ReportFormat,
  RunEntry,
  Subject,
  TextFile,
  VantageOffer,
  Watch,
  WatchState,
} from '../../preload/contract/connectivity.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { EndpointList } from '../../preload/contract/profiles.ts'
import { makeAllowList } from './allow-list/allow-list.ts'
import type { ChosenPods, ComponentPlace } from './allow-list/workloads.ts'
import { type CheckOptions, check, computer, type PlaneRows } from './check.ts'
import { compare } from './history/compare.ts'
import { createHistory } from './history/history.ts'
import type { ClientCertificate } from './plan/material.ts'
import { rowsOf as rowsOfTable } from './plan/rows.ts'
import type { Credential } from './probe/target.ts'
import { type ResolveProxy, viewProxy } from './proxy/proxy.ts'
import { renderReport } from './report/render.ts'
import { clean } from './report/sanitize.ts'
import { refuseForWindow } from './subject.ts'
import { Cleanup } from './vantage/pod/cleanup.ts'
import type { PlaneCluster } from './vantage/resolve/cluster.ts'
import { listLimitMs, listVantages } from './vantage/resolve/list-vantages.ts'
import { OpenRequests } from './watch/open-requests.ts'
import { repeatCheck } from './watch/repeated-check.ts'
import { type BaselineFor, type Check, runScheduledCheck, type ScheduledRun } from './watch/scheduled-run.ts'
import { Watches, type WatchParts } from './watch/watches.ts'

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
  /** Called with changes that are worth a notification, once a recheck confirmed them. Never empty. */
  readonly notify?: WatchParts['notify']
  /** The clock of the schedules; tests replace it. */
  readonly clock?: WatchParts['clock']
  /** The table of a profile or a bare list, and what documents call it; absent: only planes are known. */
  readonly tableOf?: (
    subject: Exclude<Subject, { planeId: string }>,
  ) => Promise<{ readonly table: PlaneRows; readonly description: PlaneDescription }>
  /** The host calls procedures directly and is the user's own terminal: it may name files and images. */
  readonly trustsCaller?: boolean
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
type CheckInput = Subject & PlaneCheckOptions & { readonly forPrinting?: boolean | undefined }

type CompareInput =
  | { readonly planeId: string; readonly before: string; readonly after: string }
  | { readonly before: ConnectivityReport; readonly after: ConnectivityReport }
type ExportInput =
  | { readonly planeId: string; readonly runId: string; readonly format: ReportFormat }
  | (Subject & { readonly report: ConnectivityReport; readonly format: ReportFormat })
type AllowListInput = Subject & {
  readonly format: AllowListFormat
  readonly component?: string | undefined
  readonly pods?: ChosenPods | undefined
  readonly proxies?: { readonly url: string; readonly bypass: string } | undefined
}

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
  readonly runs: (planeId: string) => Promise<RunEntry[]>
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
  const {
    rowsOf,
    credentialOf,
    loginOf,
    describe = undescribed,
    home,
    env,
    resolveProxy,
    notify = () => undefined,
    clock,
    tableOf,
    trustsCaller = false,
  } = parts
  const history = createHistory(home)
  const known = async (subject: Subject) => {
    if (!trustsCaller) refuseForWindow(subject)
    if ('planeId' in subject) {
      const { planeId } = subject
      return { planeId, table: await rowsOf(planeId), describe: () => describe(planeId) }
    }
    if (tableOf === undefined) throw new Problem('INPUT_INVALID', 'This host checks planes only.')
    const { table, description } = await tableOf(subject)
    return { planeId: undefined, table, describe: () => Promise.resolve(description) }
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
  /** Without a plane there is no vault: no certificate is presented, and no credential is tried. */
  async function* checkTable(
    table: PlaneRows,
    options: PlaneCheckOptions,
    signal: AbortSignal,
  ): AsyncGenerator<CheckEvent> {
    const { namespace } = options
    const cluster =
      table.cluster && namespace !== undefined ? { ...table.cluster, namespaces: [namespace] } : table.cluster
    const noCredential = (): Promise<undefined> => Promise.resolve(undefined)
    yield* check({ ...table, cluster }, noCredential, { ...options, env, folder: table.folder }, cleanup, signal)
  }
  async function* checkSubject(input: CheckInput, signal: AbortSignal): AsyncGenerator<CheckEvent> {
    const { planeId, table } = await known(input)
    if (planeId === undefined) {
      yield* checkTable(table, optionsOf(input), signal)
      return
    }
    const resume = watches.pause(planeId)
    try {
      for await (const event of checkPlane(planeId, optionsOf(input), signal)) {
        if (event.kind === 'finished')
          await (input.endpoints === undefined
            ? history.save(planeId, event.report, 'person')
            : history.saveRecheck(planeId, event.report))
        yield event
      }
    } finally {
      resume()
    }
  }
  async function checkWithRecheck(
    input: CheckInput,
    baselineFor: BaselineFor,
    signal: AbortSignal,
  ): Promise<ScheduledRun> {
    const { planeId, table } = await known(input)
    const options = optionsOf(input)
    if (planeId === undefined)
      return runScheduledCheck(
        (request, abort) => checkTable(table, { ...options, ...request }, abort),
        options,
        baselineFor,
        signal,
      )
    const resume = watches.pause(planeId)
    try {
      const check: Check = (request, abort) => checkPlane(planeId, { ...options, ...request }, abort)
      const run = await runScheduledCheck(check, options, baselineFor, signal)
      if (input.endpoints === undefined) await history.save(planeId, run.report, 'watch')
      return run
    } finally {
      resume()
    }
  }
  const openRequests = new OpenRequests()
  const watches = new Watches({ home, history, check: checkPlane, notify, clock })
  return {
    rows: async (subject) => rowsOfTable((await known(subject)).table),
    async *check(input, signal) {
      for await (const event of checkSubject(input, signal)) yield input.forPrinting === true ? clean(event) : event
    },
    async *checkRepeatedly(input, signal) {
      const runs = repeatCheck((baselineFor) => checkWithRecheck(input, baselineFor, signal), input.everyMs, signal)
      for await (const run of runs) yield input.forPrinting === true ? clean(run) : run
    },
    vantages: async (planeId) =>
      listVantages(computer, (await rowsOf(planeId)).cluster, AbortSignal.timeout(listLimitMs)),
    async proxy(input) {
      const question = { proxy: input.proxy, env: env ?? process.env, resolveProxy }
      return await viewProxy((await known(input)).table, question, AbortSignal.timeout(proxyLimitMs))
    },
    last: history.last,
    runs: history.runs,
    run: ({ planeId, runId }) => history.run(planeId, runId),
    // Its messages quote names of certificates, and it is printed as it is.
    compare: async (input) =>
      clean(
        'planeId' in input
          ? await history.compare(input.planeId, input.before, input.after)
          : compare(input.before, input.after),
      ),
    async export(input) {
      const { planeId, table, describe: description } = await known(input)
      const report = 'report' in input ? input.report : await history.run(planeId ?? '', input.runId)
      return renderReport(input.format, { ...(await description()), rows: rowsOfTable(table), report })
    },
    async allowList(input) {
      const { planeId, table, describe: description } = await known(input)
      const { endpoints, settings, cluster } = table
      const { format, component, pods, proxies } = input
      const last = planeId === undefined ? null : await history.last(planeId)
      return makeAllowList(
        format,
        {
          ...(await description()),
          endpoints,
          settings,
          last: last ?? undefined,
          // A list or a profile says nothing about which pods are its own.
          open: planeId === undefined ? undefined : cluster?.open,
          component,
          chosen: pods,
          proxies: proxies && { httpsProxy: proxies.url, httpProxy: proxies.url, noProxy: proxies.bypass },
        },
        AbortSignal.timeout(allowListLimitMs),
      )
    },
    watch: (planeId) => watches.state(planeId),
    async setWatch({ planeId, watch }) {
      await rowsOf(planeId) // throws if there is no such plane
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

const optionsOf = ({ endpoints, proxy, from, holdSeconds, probeImage, namespace }: CheckInput): PlaneCheckOptions => ({
  endpoints,
  proxy,
  from,
  holdSeconds,
  probeImage,
  namespace,
})

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
