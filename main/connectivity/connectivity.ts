import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
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
  Vantage,
  VantageOffer,
  VantageRequest,
  Watch,
  WatchState,
} from '../../preload/contract/connectivity.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { Endpoint, EndpointList } from '../../preload/contract/profiles.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { findings } from './findings.ts'
import { createHistory } from './history/history.ts'
import { type ProxyEnvironment, proxiesOf } from './probe/target.ts'
import { splitPem } from './probe/tls/roots.ts'
import { planRow, type RowMaterial, rowOf } from './rows.ts'
import { checkRows, type Row } from './run.ts'
import { substitute } from './settings.ts'
import { Openings } from './watch/openings.ts'
import { createWatches, type Watches, type WatchParts } from './watch/watches.ts'

/** The table of a plane, as its profile and its settings give it. */
export interface PlaneRows {
  readonly endpoints: readonly Endpoint[]
  readonly settings: JsonObject
  /** By component id. */
  readonly componentTitles: Readonly<Record<string, string>>
  /** Address of the DNS server that knows the plane's names; may refer to settings. */
  readonly resolver?: string | undefined
  /** Where relative paths of PEM files start. */
  readonly folder: string
}

interface ClientCertificate {
  readonly certificate: string
  readonly key: string
}

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

export interface CheckOptions {
  /** Only these rows; absent: all. */
  readonly endpoints?: readonly string[] | undefined
  /** Instead of the environment's: as HTTPS_PROXY would have it. */
  readonly proxy?: string | undefined
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** Where relative paths of PEM files start. */
  readonly folder?: string | undefined
  /** Absent: from this computer. */
  readonly from?: readonly VantageRequest[] | undefined
  /** Seconds for which connections that are meant to last are held open and looked at; absent or 0: not. */
  readonly holdSeconds?: number | undefined
}

export type PlaneCheckOptions = Pick<CheckOptions, 'endpoints' | 'proxy' | 'from' | 'holdSeconds'>

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
  async function* checkPlane(
    planeId: string,
    options: PlaneCheckOptions,
    signal: AbortSignal,
  ): AsyncGenerator<CheckEvent> {
    const plane = await rowsOf(planeId)
    yield* check(plane, (id) => credentialOf(planeId, id), { ...options, env, folder: plane.folder }, signal)
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
    vantages: pending,
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
    close: watches.close,
    async forget(planeId) {
      await watches.forget(planeId)
      await history.forget(planeId)
    },
  }
}

const pending = (): never => {
  throw new Problem('INTERNAL', 'This part is being built.')
}

/** Checks a bare list: no plane, no cluster, no vault. */
export function checkEndpoints(
  list: EndpointList,
  options: CheckOptions,
  signal: AbortSignal,
): AsyncGenerator<CheckEvent> {
  const { endpoints, settings, resolver } = list
  const rows: PlaneRows = {
    endpoints,
    settings,
    resolver,
    componentTitles: {},
    folder: options.folder ?? process.cwd(),
  }
  return check(rows, () => Promise.resolve(undefined), options, signal)
}

/** The rows of a list as the table shows them: what `exitCode` asks which are required. */
export const endpointRows = ({ endpoints, settings }: EndpointList): EndpointRow[] =>
  endpoints.map((endpoint) => rowOf(endpoint, settings, endpoint.component))

const vantage: Vantage = { kind: 'computer', name: hostname() }

async function* check(
  { endpoints, settings, resolver, folder }: PlaneRows,
  credentialOf: (credentialId: string) => Promise<ClientCertificate | undefined>,
  options: CheckOptions,
  signal: AbortSignal,
): AsyncGenerator<CheckEvent> {
  signal.throwIfAborted()
  const wanted = chosen(endpoints, options.endpoints)
  const startedAt = new Date().toISOString()
  yield { kind: 'started', startedAt, rows: wanted.map(({ id }) => ({ endpoint: id, vantage })) }
  const rows = await Promise.all(
    wanted.map(async (endpoint): Promise<Row> => {
      const material = await materialOf(endpoint, settings, folder, credentialOf)
      return { id: endpoint.id, plan: planRow(endpoint, settings, material) }
    }),
  )
  const server = substitute(resolver ?? '', settings)
  const context = {
    resolver: server.text === '' || server.missing.length > 0 ? undefined : server.text,
    proxies: proxies(options),
  }
  const observed = yield* checkRows(rows, vantage, context, signal)
  const report: ConnectivityReport = {
    schemaVersion: 1,
    runId: randomUUID(),
    startedAt,
    endedAt: new Date().toISOString(),
    vantages: [{ vantage, state: 'ran', cause: '', says: '', hint: '', manifest: '' }],
    results: observed.map(({ result }) => result),
    findings: findings(observed),
  }
  yield { kind: 'finished', report }
}

function chosen(endpoints: readonly Endpoint[], ids: readonly string[] | undefined): readonly Endpoint[] {
  if (ids === undefined) return endpoints
  const unknown = ids.filter((id) => !endpoints.some((endpoint) => endpoint.id === id))
  if (unknown.length > 0)
    throw new Problem(
      'INPUT_INVALID',
      `There is no endpoint "${unknown[0]}".`,
      `known: ${endpoints.map(({ id }) => id).join(', ')}`,
    )
  return endpoints.filter(({ id }) => ids.includes(id))
}

function proxies({ proxy, env }: CheckOptions): ProxyEnvironment {
  const found = proxiesOf(env ?? process.env)
  return proxy === undefined ? found : { httpsProxy: proxy, httpProxy: proxy, noProxy: found.noProxy }
}

/** Reads what a row refers to: a file of roots, a setting with roots, a client certificate. */
async function materialOf(
  { clientProfile }: Endpoint,
  settings: JsonObject,
  folder: string,
  credentialOf: (credentialId: string) => Promise<ClientCertificate | undefined>,
): Promise<RowMaterial> {
  const clientCertificate =
    clientProfile.clientCertificate === undefined ? undefined : await credentialOf(clientProfile.clientCertificate)
  return { trust: await trustOf(clientProfile.trust, settings, folder), clientCertificate }
}

async function trustOf(
  trust: Endpoint['clientProfile']['trust'],
  settings: JsonObject,
  folder: string,
): Promise<RowMaterial['trust']> {
  if (typeof trust === 'string') return { kind: 'found', trust: { kind: trust } }
  if ('setting' in trust) {
    const { text, missing } = substitute(`\${${trust.setting}}`, settings)
    if (missing.length > 0)
      return {
        kind: 'missing',
        why: `the setting ${trust.setting}, with the roots that the component trusts, is empty`,
      }
    return pemOf(text, `the setting ${trust.setting}`)
  }
  const file = substitute(trust.file, settings)
  if (file.missing.length > 0) return { kind: 'missing', why: `the setting ${file.missing.join(', ')} is empty` }
  const text = await readFile(resolve(folder, file.text), 'utf8').catch(() => undefined)
  return text === undefined
    ? { kind: 'unreadable', why: `the file ${file.text}, with the roots that the component trusts, cannot be read` }
    : pemOf(text, `the file ${file.text}`)
}

const pemOf = (text: string, where: string): RowMaterial['trust'] =>
  splitPem(text).length === 0
    ? { kind: 'unreadable', why: `${where} holds no certificate in PEM` }
    : { kind: 'found', trust: { kind: 'pem', pem: text } }
