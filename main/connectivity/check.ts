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
import { substituteText } from '../lib/rules/substitution.ts'
import { acrossVantages } from './findings/across-vantages.ts'
import { clocks } from './findings/clocks.ts'
import { findings } from './findings/findings.ts'
import { type ClientCertificate, materialOf } from './plan/material.ts'
import type { Plan } from './plan/plan.ts'
import { planRow, rowsOf } from './plan/rows.ts'
import { proberFor } from './probe/probe.ts'
import { type Credential, type ProxyEnvironment, proxiesOf, type Target } from './probe/target.ts'
import { pacFor, type ResolveProxy } from './proxy/proxy.ts'
import { hasProxy } from './proxy/sources.ts'
import { checkEndpoints } from './run/check-endpoints.ts'
import { checkFromCluster, type VantageRun } from './vantage/check-from-cluster.ts'
import type { Cleanup } from './vantage/pod/cleanup.ts'
import { type PlaneCluster, starterOf } from './vantage/resolve/cluster.ts'
import { planVantages, type VantagePlan } from './vantage/resolve/requests.ts'
import { resolverFor, skipReason } from './vantage/resolve/resolve.ts'

/** The connectivity table of a plane, from its profile and settings. */
export interface PlaneRows {
  readonly endpoints: readonly Endpoint[]
  readonly settings: JsonObject
  /** By component id. */
  readonly componentTitles: Readonly<Record<string, string>>
  /** Address of the DNS server that knows the plane's names, for this computer; may refer to settings. */
  readonly resolver?: string | undefined
  /** Where relative paths of PEM files start. */
  readonly folder: string
  /** PEM files outside this folder are not read; absent: any file of this computer, for lists that the terminal names. */
  readonly root?: string | undefined
  /** Texts of PEM files that were read with the profile, by their path in it. Others are read when they are needed. */
  readonly roots?: Readonly<Record<string, string>> | undefined
  /** Absent: only this computer can check. */
  readonly cluster?: PlaneCluster | undefined
}

export interface CheckOptions {
  /** Only these endpoints; absent: all. */
  readonly endpoints?: readonly string[] | undefined
  /** A proxy URL in the syntax of HTTPS_PROXY, instead of the environment's. */
  readonly proxy?: string | undefined
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** A component's credential by its id; absent: no sign-in is tried. */
  readonly loginOf?: ((credentialId: string) => Promise<Credential | undefined>) | undefined
  /** Aborts when the vault is locked: what was read of it is not used any more. */
  readonly locked?: AbortSignal | undefined
  /** The system's proxy for a URL, used if the environment names none. */
  readonly resolveProxy?: ResolveProxy | undefined
  /** Where relative paths of PEM files start. */
  readonly folder?: string | undefined
  /** Absent: from this computer only. */
  readonly from?: readonly VantageRequest[] | undefined
  /** Seconds for which long-lived connections are held open and monitored; absent or 0: not at all. */
  readonly holdSeconds?: number | undefined
  /** Instead of the profile's probe image. */
  readonly probeImage?: string | undefined
  /** The namespace for probe pods; absent: chosen from the plane's own. */
  readonly namespace?: string | undefined
}

export const computer: Vantage = { kind: 'computer', name: hostname() }
const computerOnly: readonly VantageRequest[] = [{ kind: 'computer' }]

/** Pods that are started at once. */
const podsAtOnce = 8

/**
 * Checks endpoints from the requested vantages, all at once. Yields events as they come, the report last. Leaving it, or the
 * signal, ends the check; objects in the cluster are then removed in `cleanup`.
 */
export async function* check(
  plane: PlaneRows,
  credentialOf: (credentialId: string) => Promise<ClientCertificate | undefined>,
  options: CheckOptions,
  cleanup: Cleanup,
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
    const vantagePlans = await planVantages(options.from ?? computerOnly, cluster, until)
    const startedAt = new Date().toISOString()
    const runId = randomUUID()
    const vantages = vantagePlans.map(vantageOf)
    yield {
      kind: 'started',
      startedAt,
      rows: vantages.flatMap((vantage) => endpoints.map(({ id }) => ({ endpoint: id, vantage }))),
    }
    const material = { folder, root: plane.root, roots: plane.roots, credentialOf, loginOf: options.loginOf }
    const pods = new Semaphore(podsAtOnce)
    const claimed = new Set<string>()
    const claim = (key: string): boolean => !claimed.has(key) && claimed.add(key).has(key)
    const runs = vantagePlans.map((vantagePlan) =>
      vantagePlan.kind === 'computer'
        ? checkFromComputer(endpoints, plane, material, options, until)
        : pods.hold(
            () =>
              checkFromCluster(
                {
                  // planVantages returns cluster vantages only if there is a cluster
                  cluster: cluster as PlaneCluster,
                  vantage: vantagePlan.vantage,
                  resolve: resolverFor(vantagePlan, cluster as PlaneCluster, endpoints, settings, material), // as above
                  endpointIds: endpoints.map(({ id }) => id),
                  skipReason: (id) => skipReasonOf(vantagePlan, endpoints, settings, id),
                  claimManifest: (cause) => claim(`${vantagePlan.kind} ${cause}`),
                  proxies: options.proxy === undefined ? undefined : explicitProxies(options),
                  holdSeconds: options.holdSeconds,
                  starter: starterOf(runId),
                  cleanup,
                },
                until,
              ),
            until,
          ),
    )
    const finishedRuns = yield* merge(runs.map(withOutcome))
    const results = finishedRuns.flatMap((run) => run.results)
    const report: ConnectivityReport = {
      schemaVersion: 2,
      runId,
      startedAt,
      endedAt: new Date().toISOString(),
      vantages: finishedRuns.map(({ outcome }) => outcome),
      results,
      findings: [...acrossVantages(results), ...clocks(results), ...findings(results, rowsOf(plane))],
    }
    yield { kind: 'finished', report }
  } finally {
    left.abort(new Problem('CANCELLED', 'The reader of the check ended it.'))
  }
}

function skipReasonOf(
  vantagePlan: Exclude<VantagePlan, { kind: 'computer' }>,
  endpoints: readonly Endpoint[],
  settings: JsonObject,
  endpointId: string,
): string | undefined {
  const endpoint = endpoints.find(({ id }) => id === endpointId)
  return endpoint && skipReason(vantagePlan, endpoint, settings)
}

const vantageOf = (plan: VantagePlan): Vantage => (plan.kind === 'computer' ? computer : plan.vantage)

type Event = Exclude<CheckEvent, { kind: 'started' | 'finished' }>

/** Yields a vantage's outcome as soon as it ends. */
async function* withOutcome(events: AsyncGenerator<Event, VantageRun>): AsyncGenerator<Event, VantageRun> {
  const run = yield* events
  yield { kind: 'vantage', outcome: run.outcome }
  return run
}

async function* checkFromComputer(
  endpoints: readonly Endpoint[],
  { settings, resolver }: PlaneRows,
  material: Parameters<typeof materialOf>[2],
  options: CheckOptions,
  signal: AbortSignal,
): AsyncGenerator<Event, VantageRun> {
  const plans = await Promise.all(
    endpoints.map(async (endpoint) => {
      const plan = planRow(endpoint, settings, await materialOf(endpoint, settings, material))
      return await withSystemProxy(plan, options, signal)
    }),
  )
  const server = substituteText(resolver ?? '', settings)
  const context = {
    resolver: server.text === '' || server.missing.length > 0 ? undefined : server.text,
    proxies: options.proxy === undefined ? proxiesOf(options.env ?? process.env) : explicitProxies(options),
    holdSeconds: options.holdSeconds,
  }
  const results = yield* checkEndpoints(plans, computer, proberFor(context), signal, options.locked)
  const outcome: VantageOutcome = { vantage: computer, state: 'ran', cause: '', message: '', hint: '', manifest: '' }
  return { results, outcome }
}

/** If the environment names no proxy, the system's PAC file decides for each destination. */
async function withSystemProxy(
  plan: Plan,
  { proxy, env, resolveProxy }: CheckOptions,
  signal: AbortSignal,
): Promise<Plan> {
  if (plan.kind !== 'probe' || proxy !== undefined || hasProxy(env ?? process.env)) return plan
  const resolve = async (target: Target): Promise<Target> =>
    target.proxy === 'none' ? target : { ...target, pac: await pacFor(target, resolveProxy, signal) }
  const companions = plan.companions.map(async ({ target, why }) => ({ target: await resolve(target), why }))
  return { ...plan, target: await resolve(plan.target), companions: await Promise.all(companions) }
}

function chosen(endpoints: readonly Endpoint[], ids: readonly string[] | undefined): readonly Endpoint[] {
  if (ids === undefined) return endpoints
  const unknown = ids.filter((id) => !endpoints.some((endpoint) => endpoint.id === id))
  if (unknown.length > 0)
    throw new Problem(
      'INPUT_INVALID',
      `The endpoint "${unknown[0]}" does not exist.`,
      `known: ${endpoints.map(({ id }) => id).join(', ')}`,
    )
  return endpoints.filter(({ id }) => ids.includes(id))
}

function explicitProxies({ proxy = '', env }: CheckOptions): ProxyEnvironment {
  return { httpsProxy: proxy.trim(), httpProxy: proxy.trim(), noProxy: proxiesOf(env ?? process.env).noProxy }
}
