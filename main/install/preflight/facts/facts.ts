import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../../../../preload/contract/problem.ts'
import type { Profile } from '../../../../preload/contract/profiles.ts'
import { inParallel } from '../../../lib/concurrency/in-parallel.ts'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { type Discovery, discover } from '../../../lib/kubernetes/discovery.ts'
import { isForbidden, isNotFound } from '../../../lib/kubernetes/failure.ts'
import { ifAllowed, listIfAllowed } from '../../../lib/kubernetes/if-allowed.ts'
import { getObject, type Selection } from '../../../lib/kubernetes/objects.ts'
import { goProxyFor } from '../../../lib/rules/go-proxy.ts'
import { substituteValue } from '../../../lib/rules/substitution.ts'
import type { Helm } from '../../helm/helm.ts'
import type { HelmFacts } from '../../helm/helm-program.ts'
import type { PlaneInstallation } from '../../installation.ts'
import { type LeaseState, leaseState, thisHolder } from '../../lease/holder.ts'
import { leaseName } from '../../lease/lease.ts'
import { type DryRun, dryRuns } from '../../observe/dry-runs.ts'
import { kinds } from '../../observe/kinds.ts'
import { at, type KubernetesObject, listAt, nameOf, textAt } from '../../observe/kubernetes-object.ts'
import type { PlacedObject } from '../../observe/live-objects.ts'
import { type LiveObject, liveObjects } from '../../observe/live-objects.ts'
import { type Observed, observe } from '../../observe/observe.ts'
import type { Desired } from '../../plan/desired.ts'
import { type InstallSession, type InstallTools, type Rendered, resolveDesired } from '../../plan/install-session.ts'
import { possibleSecrets, redactTexts } from '../../redact-values.ts'
import { loginsOf } from '../../registry/login.ts'
import { isOnNode, parseImage, presentImages } from '../rules/image-reference.ts'
import { absentReleases, imagesOf, placedObjects, podsOf } from '../rules/pods.ts'
import { serviceOfWebhook } from '../rules/webhook-service.ts'
import { type ChartDefinition, chartDefinitions, type RecordSize, recordSizes } from './charts.ts'
import { type ImagePulls, type Lookup, lookUp, pullImages } from './deep.ts'
import { deepNamespace } from './deep-job.ts'
import { permissionsFor } from './needed-permissions.ts'
import { missingPermissions, type Permission } from './permissions.ts'
import { type PodDryRun, podDryRuns } from './pod-dry-runs.ts'
import { type RefusedRole, refusedRoles } from './refused-roles.ts'
import { type ImageAnswer, imageAnswers } from './registry.ts'
import type { ServiceEndpoint } from './service-endpoint.ts'

/** Undefined where this user is not permitted to list the kind; empty where the cluster does not serve it. */
type Listed = readonly KubernetesObject[] | undefined

/** `unreadable`: this user is not permitted to read it. */
export type NamespaceState = KubernetesObject | 'absent' | 'unreadable'

interface Renderings {
  readonly releases: readonly { readonly name: string; readonly objects: number; readonly problem?: Problem }[]
}

/** What the checks decide over. Each fact is fetched once, when the first check needs it, and shared. */
export interface FactValues {
  readonly profile: Profile
  readonly installation: PlaneInstallation
  readonly settingsProblem: Problem | undefined
  readonly helmProgram: HelmFacts | Problem
  readonly apiServer: { readonly server: string; readonly elapsedMs: number; readonly version: string } | Problem
  readonly discovery: Discovery
  readonly desired: Desired
  readonly renderings: Renderings | Problem
  readonly rendered: Rendered
  readonly observed: Observed
  /** Of the plane; every valid lease counts as held, since the operation checks whether its holder still runs. */
  readonly lease: LeaseState
  readonly missingPermissions: readonly Permission[]
  readonly refusedRoles: readonly RefusedRole[]
  readonly nodes: Listed
  /** Pods that have not ended. */
  readonly pods: Listed
  readonly storageClasses: Listed
  /** The rendered objects of all releases. */
  readonly placed: readonly PlacedObject[]
  /** Those of releases that are not installed yet. */
  readonly newObjects: readonly PlacedObject[]
  /** Of the plane and of its objects, by name. */
  readonly namespaces: ReadonlyMap<string, NamespaceState>
  readonly quotas: Listed
  readonly limitRanges: Listed
  readonly disruptionBudgets: Listed
  /** Of the whole cluster, as are the following. */
  readonly deployments: Listed
  readonly daemonSets: Listed
  /** Deployments, DaemonSets, and Cilium's pools of load balancer addresses. */
  readonly workloads: Listed
  readonly services: Listed
  readonly serviceRanges: Listed
  readonly csiDrivers: Listed
  /** Validating and mutating ones. */
  readonly webhooks: Listed
  /** Ready addresses of the Services that webhooks call, and of the cluster's DNS, by `NAMESPACE/NAME`. Undefined: unreadable. */
  readonly readyEndpoints: ReadonlyMap<string, number | undefined>
  /** Undefined if the API server does not report its time. */
  readonly clock: { readonly serverMs: number; readonly nowMs: number } | undefined
  readonly nodeLeases: Listed
  /** The proxy by which programs of this computer reach the internet. */
  readonly computerProxy: string | undefined
  readonly liveObjects: readonly LiveObject[]
  readonly dryRuns: readonly DryRun[]
  readonly podDryRuns: readonly PodDryRun[]
  readonly chartDefinitions: readonly ChartDefinition[]
  /** Definitions that the charts contain and the cluster has, by name. */
  readonly liveDefinitions: ReadonlyMap<string, KubernetesObject>
  readonly recordSizes: readonly RecordSize[]
  /** For images that not every node has. */
  readonly imageAnswers: readonly ImageAnswer[]
  readonly serviceEndpoints: readonly ServiceEndpoint[]
  /** Creates a Job. */
  readonly imagePulls: ImagePulls
  /** Creates a Job. Undefined if the profile names no image for it. */
  readonly lookups: { readonly lookups: readonly Lookup[]; readonly why: string } | undefined
}
export type FactName = keyof FactValues

export interface Facts {
  get<Name extends FactName>(name: Name): Promise<FactValues[Name]>
  all<Name extends FactName>(names: readonly Name[]): Promise<Pick<FactValues, Name>>
}

/** A fact whose source did not respond in time. */
export class FactTimedOut extends Error {
  readonly fact: FactName
  readonly limitMs: number
  constructor(fact: FactName, limitMs: number) {
    super(`${fact} was not known within ${limitMs} ms`)
    this.name = 'FactTimedOut'
    this.fact = fact
    this.limitMs = limitMs
  }
}

interface Context extends InstallSession {
  readonly tools: InstallTools
  readonly facts: Facts
  readonly signal: AbortSignal
  /** Found once, for all facts that run helm. */
  readonly helm: () => Promise<Helm>
  readonly list: (kind: (typeof kinds)[keyof typeof kinds], selection?: Selection) => Promise<Listed>
  /** Of each namespace of the plane's objects. */
  readonly listInPlane: (kind: (typeof kinds)[keyof typeof kinds]) => Promise<Listed>
}

type Sources = { readonly [Name in FactName]: (context: Context) => Promise<FactValues[Name]> }

/** A chart may have to be downloaded and rendered. */
const chartLimitMs = 40_000
const clusterLimitMs = 10_000
/** Pulling some images of some hundred megabytes. */
const deepLimitMs = 180_000
const onCharts: ReadonlySet<FactName> = new Set<FactName>([
  'helmProgram',
  'desired',
  'renderings',
  'rendered',
  'missingPermissions',
  'refusedRoles',
  'placed',
  'newObjects',
  'namespaces',
  'quotas',
  'limitRanges',
  'disruptionBudgets',
  'liveObjects',
  'dryRuns',
  'podDryRuns',
  'chartDefinitions',
  'liveDefinitions',
  'recordSizes',
  'imageAnswers',
])
const deepFacts: ReadonlySet<FactName> = new Set<FactName>(['imagePulls', 'lookups'])

const chartsAtOnce = 4
/** No operation has this id, so that every valid lease counts as held. */
const noOperation = ''
const unfinishedPods = { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' }

/** The value, or the Problem that kept it from being known, for the check that reports it. */
async function orProblem<Value>(value: Promise<Value>): Promise<Value | Problem> {
  try {
    return await value
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

const sources: Sources = {
  profile: async ({ loaded }) => loaded.profile,
  installation: async ({ installation }) => installation,
  async settingsProblem({ plane, tools }) {
    const problem = await orProblem((async () => tools.ports.checkSettings(plane.profile, plane.settings))())
    return problem instanceof Problem ? problem : undefined
  },
  helmProgram: ({ helm }) => orProblem(helm().then(({ program }) => program)),
  apiServer: ({ client, signal }) => {
    const began = performance.now()
    return orProblem(
      client.request<unknown>('GET', '/version', {}, signal).then((version) => ({
        server: client.server,
        elapsedMs: Math.round(performance.now() - began),
        version: textAt(version, 'gitVersion') ?? '?',
      })),
    )
  },
  discovery: ({ client, signal }) => discover(client, signal),
  desired: async ({ tools, helm, signal, plane, loaded }) =>
    resolveDesired(tools.ports, { plane, loaded }, await helm(), {}, signal),
  renderings: (context) => orProblem(renderEach(context)),
  rendered: async ({ facts, tools, helm, signal }) => {
    // Waits for the charts one by one, so that none is rendered twice.
    const { desired, discovery } = await facts.all(['desired', 'discovery', 'renderings'])
    return await tools.render(await helm(), desired, discovery, signal)
  },
  observed: ({ client, installation, signal }) => observe(client, installation, signal),
  async lease({ client, installation, signal }) {
    const [namespace] = installation.namespaces
    const lease = namespace && (await getObject(client, kinds.lease, { namespace, name: leaseName }, signal))
    return lease ? leaseState(lease, thisHolder(noOperation), Date.now(), () => false) : { state: 'free' }
  },
  async missingPermissions({ facts, client, signal }) {
    const { desired, rendered, discovery } = await facts.all(['desired', 'rendered', 'discovery'])
    // Without permission to read the namespaces, the missing permissions are found below.
    const namespaces = await facts.get('observed').then(
      (observed) => observed.namespaces,
      () => new Map(),
    )
    return await missingPermissions(client, permissionsFor(desired, rendered, discovery, { namespaces }), signal)
  },
  async refusedRoles({ facts, client, signal }) {
    const { desired, rendered } = await facts.all(['desired', 'rendered'])
    return await refusedRoles(client, desired, rendered, signal)
  },
  nodes: ({ list }) => list(kinds.node),
  pods: ({ list }) => list(kinds.pod, unfinishedPods),
  storageClasses: ({ list }) => list(kinds.storageClass),
  async placed({ facts }) {
    const { desired, rendered } = await facts.all(['desired', 'rendered'])
    return placedObjects(desired, rendered)
  },
  async newObjects({ facts }) {
    const { desired, observed, placed } = await facts.all(['desired', 'observed', 'placed'])
    const absent = absentReleases(desired, observed)
    return placed.filter(({ release }) => absent.has(release))
  },
  async namespaces({ facts, client, signal }) {
    const names = await planeNamespaces(facts)
    const states = await inParallel(names, requestsAtOnce, async (name) => {
      const namespace = await ifAllowed(
        getObject(client, kinds.namespace, { name }, signal).then((found) => found ?? ('absent' as const)),
      )
      return [name, namespace ?? ('unreadable' as const)] as const
    })
    return new Map<string, NamespaceState>(states)
  },
  quotas: ({ listInPlane }) => listInPlane(kinds.quota),
  limitRanges: ({ listInPlane }) => listInPlane(kinds.limitRange),
  disruptionBudgets: ({ listInPlane }) => listInPlane(kinds.disruptionBudget),
  deployments: ({ list }) => list(kinds.deployment),
  daemonSets: ({ list }) => list(kinds.daemonSet),
  workloads: async ({ facts, list }) => {
    const { deployments, daemonSets } = await facts.all(['deployments', 'daemonSets'])
    return bothOrNone([deployments, daemonSets, await list(kinds.addressPool)])
  },
  services: ({ list }) => list(kinds.service),
  serviceRanges: ({ list }) => list(kinds.serviceCidr),
  csiDrivers: ({ list }) => list(kinds.csiDriver),
  webhooks: async ({ list }) =>
    bothOrNone(await Promise.all([list(kinds.validatingWebhook), list(kinds.mutatingWebhook)])),
  async readyEndpoints({ facts, client, signal }) {
    const webhooks = (await facts.get('webhooks')) ?? []
    const called = webhooks.flatMap((each) => listAt(each, 'webhooks').flatMap((one) => serviceOfWebhook(one) ?? []))
    const services = [...new Set([clusterDns, ...called])]
    const counts = await inParallel(services, requestsAtOnce, async (service) => {
      const [namespace, name] = service.split('/')
      const labelSelector = `kubernetes.io/service-name=${name}`
      const slices = await listIfAllowed(client, kinds.endpointSlice, { namespace, labelSelector }, signal)
      return [service, slices?.reduce((sum, slice) => sum + readyIn(slice), 0)] as const
    })
    return new Map(counts)
  },
  async clock({ client, signal }) {
    // Every authenticated user can create one, and nothing is stored.
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
    const review = await client.request<unknown>('POST', path, { body }, signal).catch((error: unknown) => {
      // Kubernetes before 1.28 does not have it.
      if (isNotFound(error) || isForbidden(error)) return undefined
      throw error
    })
    const serverMs = Date.parse(textAt(review, 'metadata', 'creationTimestamp') ?? '')
    return Number.isNaN(serverMs) ? undefined : { serverMs, nowMs: Date.now() }
  },
  nodeLeases: ({ list }) => list(kinds.lease, { namespace: 'kube-node-lease' }),
  async computerProxy({ tools, plane }) {
    const { environment } = await tools.ports.connection(plane.contextId)
    return goProxyFor({ scheme: 'https', host: 'registry.example', port: 443 }, { ...process.env, ...environment })
  },
  async liveObjects({ facts, client, signal }) {
    const { discovery, placed } = await facts.all(['discovery', 'placed'])
    return await liveObjects(client, discovery, placed, signal)
  },
  async dryRuns({ facts, client, signal }) {
    const { discovery, placed, desired } = await facts.all(['discovery', 'placed', 'desired'])
    const byHelm = new Set(desired.releases.filter(({ via }) => via === 'helm').map(({ name }) => name))
    const refusals = await dryRuns(
      client,
      discovery,
      placed.filter(({ release }) => byHelm.has(release)),
      signal,
    )
    return withoutValues(refusals, desired)
  },
  async podDryRuns({ facts, client, signal }) {
    const { newObjects, namespaces } = await facts.all(['newObjects', 'namespaces'])
    const pods = podsOf(newObjects).filter(({ namespace }) => namespaces.get(namespace) !== 'absent')
    const accounts = await listIn(client, kinds.serviceAccount, [...new Set(pods.map((pod) => pod.namespace))], signal)
    const existing = new Set((accounts ?? []).map((account) => `${account.metadata?.namespace}/${nameOf(account)}`))
    return withoutValues(await podDryRuns(client, pods, existing, signal), await facts.get('desired'))
  },
  chartDefinitions: async ({ facts }) => chartDefinitions(await facts.get('desired')),
  async liveDefinitions({ facts, client, signal }) {
    const { placed, chartDefinitions: inFolders } = await facts.all(['placed', 'chartDefinitions'])
    const definitions = [...placed.map(({ object }) => object), ...inFolders.map(({ definition }) => definition)]
    const names = new Set(definitions.filter(({ kind }) => kind === 'CustomResourceDefinition').map(nameOf))
    const found = await inParallel([...names], requestsAtOnce, (name) =>
      getObject(client, kinds.customResourceDefinition, { name }, signal),
    )
    return new Map(found.flatMap((each) => (each === undefined ? [] : [[nameOf(each), each] as const])))
  },
  async recordSizes({ facts }) {
    const { desired, rendered } = await facts.all(['desired', 'rendered'])
    return await recordSizes(desired, rendered)
  },
  async imageAnswers({ facts, installation, tools, signal }) {
    const { placed, nodes } = await facts.all(['placed', 'nodes'])
    const images = imagesOf(podsOf(placed))
    const present = presentImages(images, nodes ?? [])
    const references = images.flatMap((image) => (present.has(image) ? [] : (parseImage(image) ?? [])))
    const [onNode, elsewhere] = [references.filter(isOnNode), references.filter((each) => !isOnNode(each))]
    const logins = await registryLogins(installation, tools)
    return [
      ...onNode.map(({ image }) => ({ image, outcome: 'unreachable', detail: 'the registry is on the node' }) as const),
      ...(await imageAnswers(elsewhere, logins, signal)),
    ]
  },
  async serviceEndpoints({ loaded, plane, installation }) {
    const secrets = new Map(installation.secrets.map((secret) => [secret.credential, secret.missing.length === 0]))
    return loaded.profile.endpoints.map(({ id, component, protocol, title, host, clientProfile: { credential } }) => ({
      id,
      component,
      protocol,
      title,
      host: String(substituteValue(host, plane.settings) ?? ''),
      credential,
      stored: credential !== undefined && secrets.get(credential) === true,
    }))
  },
  async imagePulls({ facts, client, signal }) {
    const { placed, namespaces } = await facts.all(['placed', 'namespaces'])
    const pods = podsOf(placed)
    const images = imagesOf(pods)
    if (images.length === 0) return { node: '', pulls: [] }
    return await pullImages(client, deepNamespace(namespaces), images, pods, signal)
  },
  async lookups({ facts, client, loaded, plane, signal }) {
    const image = String(substituteValue(loaded.profile.probeImage ?? '', plane.settings) ?? '')
    if (image === '') return undefined
    return await lookUp(client, deepNamespace(await facts.get('namespaces')), image, ['kubernetes.default.svc'], signal)
  },
}

/** Of pull Secrets that the plane has credentials for. Without an open vault there are none. */
async function registryLogins({ planeId, secrets }: PlaneInstallation, { ports }: InstallTools) {
  const configs = await Promise.all(
    secrets
      .filter(({ type, missing }) => type === 'kubernetes.io/dockerconfigjson' && missing.length === 0)
      .map(async ({ credential }) => {
        const text = await orProblem((async () => ports.secret(planeId, credential, '.dockerconfigjson'))())
        return typeof text === 'string' ? [...loginsOf(text)] : []
      }),
  )
  return new Map(configs.flat())
}

const requestsAtOnce = 8
const clusterDns = 'kube-system/kube-dns'

/** Namespaces of the plane, and others into which its charts put objects. */
async function planeNamespaces(facts: Facts): Promise<string[]> {
  const { installation, placed } = await facts.all(['installation', 'placed'])
  return [...new Set([...installation.namespaces, ...placed.map(({ namespace }) => namespace)])]
}

/** Undefined if one of them is: a part would look like the whole. */
const bothOrNone = (lists: readonly Listed[]): Listed => {
  const known = lists.flatMap((list) => (list === undefined ? [] : [list]))
  return known.length === lists.length ? known.flat() : undefined
}

async function listIn(
  client: KubernetesClient,
  kind: (typeof kinds)[keyof typeof kinds],
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<Listed> {
  const lists = await inParallel(namespaces, requestsAtOnce, (namespace) =>
    listIfAllowed(client, kind, { namespace }, signal),
  )
  return bothOrNone(lists)
}

const readyIn = (slice: KubernetesObject): number =>
  listAt(slice, 'endpoints').filter((endpoint) => at(endpoint, 'conditions', 'ready') !== false).length

/** One chart at a time, so that the errors of all of them are reported together. */
async function renderEach({ facts, tools, helm, signal }: Context): Promise<Renderings> {
  const { desired, discovery } = await facts.all(['desired', 'discovery'])
  const program = await helm()
  const releases = await inParallel(desired.releases, chartsAtOnce, async (release) => {
    const { name } = release
    const rendered = await orProblem(tools.render(program, { ...desired, releases: [release] }, discovery, signal))
    if (!(rendered instanceof Problem)) return { name, objects: rendered.get(name)?.length ?? 0 }
    if (rendered.code !== 'HELM_FAILED') throw rendered
    return { name, objects: 0, problem: rendered }
  })
  return { releases }
}

/** An API server quotes what it refuses, and values can contain a secret. */
function withoutValues<Run extends { readonly message: string }>(runs: readonly Run[], desired: Desired): Run[] {
  const secrets = desired.releases.flatMap(({ values }) => possibleSecrets(values))
  return runs.map((run) => (run.message === '' ? run : { ...run, message: redactTexts(run.message, secrets) }))
}

/** Whether a fact runs helm. */
export const needsHelm = (name: FactName): boolean => onCharts.has(name)

/** `signal` aborts all of them. */
export function createFacts(tools: InstallTools, session: InstallSession, signal: AbortSignal): Facts {
  const known = new Map<FactName, Promise<unknown>>()
  let helm: Promise<Helm> | undefined
  const facts: Facts = {
    get<Name extends FactName>(name: Name) {
      const fact = known.get(name) ?? withLimit(name, sources[name](context), signal)
      known.set(name, fact)
      return fact as Promise<FactValues[Name]> // stored under its own name
    },
    async all(names) {
      const entries = await Promise.all(names.map(async (name) => [name, await facts.get(name)] as const))
      return Object.fromEntries(entries) as never // one entry for each name
    },
  }
  const context: Context = {
    ...session,
    tools,
    facts,
    signal,
    helm: () => {
      helm ??= tools.helm(signal)
      return helm
    },
    list: (kind, selection = {}) => listIfAllowed(session.client, kind, selection, signal),
    listInPlane: async (kind) => listIn(session.client, kind, await planeNamespaces(facts), signal),
  }
  return facts
}

async function withLimit<Value>(name: FactName, value: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const limitMs = deepFacts.has(name) ? deepLimitMs : onCharts.has(name) ? chartLimitMs : clusterLimitMs
  const stop = new AbortController()
  const late = sleep(limitMs, undefined, { signal: AbortSignal.any([signal, stop.signal]) }).then(() => {
    throw new FactTimedOut(name, limitMs)
  })
  try {
    return await Promise.race([value, late])
  } finally {
    stop.abort()
  }
}
