import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type {
  CheckEvent,
  ConnectivityReport,
  Vantage,
  VantageOutcome,
  VantageRequest,
} from '../../preload/contract/connectivity.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { Endpoint } from '../../preload/contract/profiles.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { merge } from '../lib/concurrency/merge.ts'
import { Semaphore } from '../lib/concurrency/semaphore.ts'
import { acrossVantages } from './findings/across-vantages.ts'
import { clocks } from './findings/clocks.ts'
import { findings } from './findings/findings.ts'
import { type ClientCertificate, materialOf } from './plan/material.ts'
import { planRow } from './plan/rows.ts'
import { substitute } from './plan/settings.ts'
import { type Credential, type ProxyEnvironment, proxiesOf, type Target } from './probe/target.ts'
import { pacFor, type ResolveProxy } from './proxy/proxy.ts'
import { hasProxy } from './proxy/sources.ts'
import { checkEndpoints } from './run/check-endpoints.ts'
import type { Observed, PlannedEndpoint } from './run/observed.ts'
import { checkFromCluster, type VantageRun } from './vantage/check-from-cluster.ts'
import type { Cleanup } from './vantage/pod/cleanup.ts'
import { type PlaneCluster, starterOf } from './vantage/resolve/cluster.ts'
import { planVantages, type VantagePlan } from './vantage/resolve/requests.ts'
import { resolverFor, skipReason } from './vantage/resolve/resolve.ts'

/** The table of a plane, as its profile and its settings give it. */
export interface PlaneRows {
  readonly endpoints: readonly Endpoint[]
  readonly settings: JsonObject
  /** By component id. */
  readonly componentTitles: Readonly<Record<string, string>>
  /** Address of the DNS server that knows the plane's names, for this computer; may refer to settings. */
  readonly resolver?: string | undefined
  /** Where relative paths of PEM files start. */
  readonly folder: string
  /** Absent: there is none to check from. */
  readonly cluster?: PlaneCluster | undefined
}

export interface CheckOptions {
  /** Only these rows; absent: all. */
  readonly endpoints?: readonly string[] | undefined
  /** Instead of the environment's: as HTTPS_PROXY would have it. */
  readonly proxy?: string | undefined
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** What a component signs in with, by the credential's id; absent: it is not tried. */
  readonly loginOf?: ((credentialId: string) => Promise<Credential | undefined>) | undefined
  /** What this computer's system says about a URL, where the environment names no proxy. */
  readonly resolveProxy?: ResolveProxy | undefined
  /** Where relative paths of PEM files start. */
  readonly folder?: string | undefined
  /** Absent: from this computer. */
  readonly from?: readonly VantageRequest[] | undefined
  /** Seconds for which connections that are meant to last are held open and looked at; absent or 0: not. */
  readonly holdSeconds?: number | undefined
  /** Instead of the image that the profile names for probes. */
  readonly probeImage?: string | undefined
  /** Where pods are started, in the place of what fits. */
  readonly namespace?: string | undefined
}

export const computer: Vantage = { kind: 'computer', name: hostname() }
const fromComputer: readonly VantageRequest[] = [{ kind: 'computer' }]

/** Pods that are started at once. */
const podsAtOnce = 8

/**
 * Checks rows from the vantages that are asked for, all at once. Yields events as they come, the report last. Leaving it, or
 * the signal, ends what is under way; what is to be removed from the cluster then goes on in `cleaning`.
 */
export async function* check(
  plane: PlaneRows,
  credentialOf: (credentialId: string) => Promise<ClientCertificate | undefined>,
  options: CheckOptions,
  cleaning: Cleanup,
  signal: AbortSignal,
): AsyncGenerator<CheckEvent> {
  signal.throwIfAborted()
  const { settings, folder } = plane
  const { probeImage = plane.cluster?.probeImage ?? '' } = options
  const cluster = plane.cluster && { ...plane.cluster, probeImage, namespace: options.namespace }
  const endpoints = chosen(plane.endpoints, options.endpoints)
  const left = new AbortController()
  const until = AbortSignal.any([signal, left.signal])
  try {
    const asked = await planVantages(options.from ?? fromComputer, cluster, until)
    const startedAt = new Date().toISOString()
    const runId = randomUUID()
    const vantages = asked.map(vantageOf)
    yield {
      kind: 'started',
      startedAt,
      rows: vantages.flatMap((vantage) => endpoints.map(({ id }) => ({ endpoint: id, vantage }))),
    }
    const material = { folder, credentialOf, loginOf: options.loginOf }
    const lanes = new Semaphore(podsAtOnce)
    const once = new Set<string>()
    const onlyOnce = (key: string): boolean => !once.has(key) && once.add(key).has(key)
    const run = asked.map((one) =>
      one.kind === 'computer'
        ? fromHere(endpoints, plane, material, options, until)
        : lanes.hold(
            () =>
              checkFromCluster(
                {
                  // askedOf names vantages in a cluster only where there is one
                  cluster: cluster as PlaneCluster,
                  vantage: one.vantage,
                  resolve: resolverFor(one, cluster as PlaneCluster, endpoints, settings, material), // as above
                  endpointIds: endpoints.map(({ id }) => id),
                  skipReason: (id) => notAskedById(one, endpoints, settings, id),
                  claimManifest: (cause) => onlyOnce(`${one.kind} ${cause}`),
                  proxies: options.proxy === undefined ? undefined : explicit(options),
                  holdSeconds: options.holdSeconds,
                  starter: starterOf(runId),
                  cleanup: cleaning,
                },
                until,
              ),
            until,
          ),
    )
    const ended = yield* merge(run.map(withOutcome))
    const observed = ended.flatMap((one) => one.observed)
    const results = observed.map(({ result }) => result)
    const report: ConnectivityReport = {
      schemaVersion: 2,
      runId,
      startedAt,
      endedAt: new Date().toISOString(),
      vantages: ended.map(({ outcome }) => outcome),
      results,
      findings: [...acrossVantages(results), ...clocks(results), ...findings(observed)],
    }
    yield { kind: 'finished', report }
  } finally {
    left.abort(new Problem('CANCELLED', 'The check was left.'))
  }
}

function notAskedById(
  asked: Exclude<VantagePlan, { kind: 'computer' }>,
  endpoints: readonly Endpoint[],
  settings: JsonObject,
  wanted: string,
): string | undefined {
  const endpoint = endpoints.find(({ id }) => id === wanted)
  return endpoint && skipReason(asked, endpoint, settings)
}

const vantageOf = (asked: VantagePlan): Vantage => (asked.kind === 'computer' ? computer : asked.vantage)

type Event = Exclude<CheckEvent, { kind: 'started' | 'finished' }>

/** A vantage's end is told as soon as it has come. */
async function* withOutcome(events: AsyncGenerator<Event, VantageRun>): AsyncGenerator<Event, VantageRun> {
  const one = yield* events
  yield { kind: 'vantage', outcome: one.outcome }
  return one
}

async function* fromHere(
  endpoints: readonly Endpoint[],
  { settings, resolver }: PlaneRows,
  material: Parameters<typeof materialOf>[2],
  options: CheckOptions,
  signal: AbortSignal,
): AsyncGenerator<Event, VantageRun> {
  const rows = await Promise.all(
    endpoints.map(async (endpoint): Promise<PlannedEndpoint> => {
      const plan = planRow(endpoint, settings, await materialOf(endpoint, settings, material))
      return { id: endpoint.id, plan }
    }),
  )
  const proxied = await Promise.all(rows.map((row) => bySystem(row, options, signal)))
  const server = substitute(resolver ?? '', settings)
  const context = {
    resolver: server.text === '' || server.missing.length > 0 ? undefined : server.text,
    proxies: options.proxy === undefined ? proxiesOf(options.env ?? process.env) : explicit(options),
    holdSeconds: options.holdSeconds,
  }
  const observed: readonly Observed[] = yield* checkEndpoints(proxied, computer, context, signal)
  const outcome: VantageOutcome = { vantage: computer, state: 'ran', cause: '', message: '', hint: '', manifest: '' }
  return { observed, outcome }
}

/** Where the environment names no proxy, the system may: a PAC file decides by destination. */
async function bySystem(
  row: PlannedEndpoint,
  { proxy, env, resolveProxy }: CheckOptions,
  signal: AbortSignal,
): Promise<PlannedEndpoint> {
  const { id, plan } = row
  if (plan.kind !== 'probe' || proxy !== undefined || hasProxy(env ?? process.env)) return row
  const ask = async (target: Target): Promise<Target> =>
    target.proxy === 'none' ? target : { ...target, pac: await pacFor(target, resolveProxy, signal) }
  const companions = plan.companions.map(async ({ target, why }) => ({ target: await ask(target), why }))
  return { id, plan: { ...plan, target: await ask(plan.target), companions: await Promise.all(companions) } }
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

function explicit({ proxy = '', env }: CheckOptions): ProxyEnvironment {
  return { httpsProxy: proxy, httpProxy: proxy, noProxy: proxiesOf(env ?? process.env).noProxy }
}
