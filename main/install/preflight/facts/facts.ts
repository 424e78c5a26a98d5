import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../../../../preload/contract/problem.ts'
import type { Profile } from '../../../../preload/contract/profiles.ts'
import { inParallel } from '../../../lib/concurrency/in-parallel.ts'
import { type Discovery, discover } from '../../../lib/kubernetes/discovery.ts'
import { listIfAllowed } from '../../../lib/kubernetes/if-allowed.ts'
import { getObject } from '../../../lib/kubernetes/objects.ts'
import type { Helm } from '../../helm/helm.ts'
import type { HelmFacts } from '../../helm/helm-program.ts'
import type { PlaneInstallation } from '../../installation.ts'
import { type LeaseState, leaseName, leaseState, thisHolder } from '../../lease.ts'
import { kinds } from '../../observe/kinds.ts'
import { type KubernetesObject, textAt } from '../../observe/kubernetes-object.ts'
import { type Observed, observe } from '../../observe/observe.ts'
import type { Desired } from '../../plan/desired.ts'
import { type InstallSession, type InstallTools, type Rendered, resolveDesired } from '../../plan/install-session.ts'
import { permissionsFor } from './needed-permissions.ts'
import { missingPermissions, type Permission } from './permissions.ts'
import { type RefusedRole, refusedRoles } from './refused-roles.ts'

/** Undefined where this user is not permitted to list the kind; empty where the cluster does not serve it. */
type Listed = readonly KubernetesObject[] | undefined

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
  readonly list: (kind: (typeof kinds)[keyof typeof kinds], selection?: { fieldSelector?: string }) => Promise<Listed>
}

type Sources = { readonly [Name in FactName]: (context: Context) => Promise<FactValues[Name]> }

/** A chart may have to be downloaded and rendered. */
const chartLimitMs = 40_000
const clusterLimitMs = 10_000
const onCharts: ReadonlySet<FactName> = new Set<FactName>([
  'helmProgram',
  'desired',
  'renderings',
  'rendered',
  'missingPermissions',
  'refusedRoles',
])

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
  desired: async ({ tools, helm, signal, plane, loaded, client, installation }) =>
    resolveDesired(tools.ports, { plane, loaded, client, installation }, await helm(), {}, signal),
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
}

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
  }
  return facts
}

async function withLimit<Value>(name: FactName, value: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const limitMs = onCharts.has(name) ? chartLimitMs : clusterLimitMs
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
