import type {
  CheckGuide,
  Plan,
  PlaneDiscovery,
  PreflightEvent,
  PreflightRequest,
} from '../../preload/contract/install.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { Profile } from '../../preload/contract/profiles.ts'
import { inParallel } from '../lib/concurrency/in-parallel.ts'
import { together } from '../lib/concurrency/together.ts'
import type { KubernetesClient } from '../lib/kubernetes/client.ts'
import { type Discovery, discover } from '../lib/kubernetes/discovery.ts'
import { listIfAllowed } from '../lib/kubernetes/if-allowed.ts'
import { discoverPlane } from './discovery/discover-plane.ts'
import type { PlaneInstallation } from './installation.ts'
import { type BlockedDeletion, blockedDeletions } from './observe/blocked-deletions.ts'
import { findMarks } from './observe/find-marks.ts'
import { type KubernetesObject, nameOf } from './observe/kubernetes-object.ts'
import { withLostRecords } from './observe/lost-records.ts'
import { isFoundIn, type Observed, observe } from './observe/observe.ts'
import { thisHost } from './observe/orphaned-processes.ts'
import { servedAs } from './observe/served-as.ts'
import { toJson } from './operation/input.ts'
import { installRunner } from './operation/run-install.ts'
import { uninstallRunner } from './operation/run-uninstall.ts'
import { secretsIn } from './plan/changes.ts'
import { compareWithCluster } from './plan/compare.ts'
import type { Desired } from './plan/desired.ts'
import {
  createHelmFinder,
  createRenderer,
  type InstallSession,
  type InstallTools,
  identifyCluster,
  openInstallSession,
  type Rendered,
  resolveDesired,
} from './plan/install-session.ts'
import { definitionsIn, type InstanceCounts } from './plan/losses.ts'
import { isNothingToDo, planInstall } from './plan/plan.ts'
import { planUninstall } from './plan/plan-uninstall.ts'
import { objectsToCompare } from './plan/release-changes.ts'
import type { InstallPorts, PlannedPlane } from './ports.ts'
import { type ChartDefinition, chartDefinitions } from './preflight/facts/charts.ts'
import { checkGuide, preflight, strictChecks } from './preflight/preflight.ts'

type Action = Plan['action']

const requestsAtOnce = 8
/** Some hundred reads at most, eight at once. */
const discoveryLimitMs = 60_000

export interface Install {
  /** Checks of the cluster. Each result is yielded when its check ends, the report last. */
  preflight(request: PreflightRequest, signal: AbortSignal): AsyncGenerator<PreflightEvent>
  checks(): readonly CheckGuide[]
  /** What would be done now. Throws RELEASE_FOREIGN, HELM_*, CLUSTER_*. */
  plan(planeId: string, action: Action, signal: AbortSignal): Promise<Plan>
  /**
   * The namespaces of a profile that one of its planes was installed into, from whatever computer. Throws CONTEXT_UNKNOWN and
   * CLUSTER_*.
   */
  find(
    request: { readonly contextId: string; readonly profile: string; readonly namespaces: readonly string[] },
    signal: AbortSignal,
  ): Promise<readonly string[]>
  /** What of the profile runs in the cluster of a context. Throws CONTEXT_UNKNOWN, CONSENT_NEEDED and CLUSTER_*. */
  discover(
    request: { readonly contextId: string; readonly profile: Profile },
    signal: AbortSignal,
  ): Promise<PlaneDiscovery>
  /** Starts the operation of the plan that was shown. Throws PLAN_STALE, LOSS_NOT_ACCEPTED, PREFLIGHT_FAILED, CREDENTIAL_MISSING, OPERATION_RUNNING. */
  start(
    request: {
      readonly planeId: string
      readonly action: Action
      readonly digest: string
      readonly acceptedLosses?: readonly string[]
    },
    signal: AbortSignal,
  ): Promise<Operation>
}

/** Registers the operation kinds `install` and `uninstall`. Creating it accesses no cluster. */
export function createInstall(ports: InstallPorts): Install {
  const tools: InstallTools = { ports, helm: createHelmFinder(ports), render: createRenderer() }
  ports.operations.register('install', installRunner(tools))
  ports.operations.register('uninstall', uninstallRunner(tools))

  return {
    preflight: (request, signal) => preflight(tools, request, signal),
    checks: checkGuide,
    plan: async (planeId, action, signal) => (await makePlan(tools, planeId, action, signal)).plan,
    find: async ({ contextId, profile, namespaces }, signal) =>
      findMarks(await ports.client(contextId), profile, namespaces, signal),
    discover: async ({ contextId, profile }, signal) =>
      discoverPlane(
        await ports.client(contextId),
        profile,
        AbortSignal.any([signal, AbortSignal.timeout(discoveryLimitMs)]),
      ),
    async start({ planeId, action, digest, acceptedLosses = [] }, signal) {
      const { plan, plane, clusterUid, desired } = await makePlan(tools, planeId, action, signal)
      if (plan.digest !== digest) throw new Problem('PLAN_STALE', 'The plan has changed since it was shown.')
      refuseUnacceptedLoss(plan, acceptedLosses)
      if (desired) refuseMissingCredential(plan, desired)
      if (action === 'install' && !isNothingToDo(plan)) await refuseFailedPreflight(tools, planeId, signal)
      if (action === 'install' && clusterUid !== undefined && plane.clusterUid === undefined)
        await ports.bindCluster(planeId, clusterUid)
      const releases = desired?.releases ?? []
      return ports.operations.start({
        kind: action,
        planeId,
        title: `${action === 'install' ? 'Install' : 'Uninstall'} ${plane.name}`,
        input: toJson({
          action,
          digest,
          acceptedLosses: [...plan.losses, ...plan.ways.filter(({ id }) => acceptedLosses.includes(id))].map(
            ({ id }) => id,
          ),
          steps: plan.steps.filter(({ kind }) => kind !== 'keep').map(({ id, title, kind }) => ({ id, title, kind })),
          desired: Object.fromEntries(releases.map(({ name, contentDigest }) => [name, contentDigest])),
          charts: Object.fromEntries(releases.map(({ name, chart }) => [name, chart.digest])),
        }),
      })
    },
  }
}

interface MadePlan {
  readonly plan: Plan
  readonly plane: PlannedPlane
  readonly clusterUid: string | undefined
  /** For an install only. */
  readonly desired?: Desired
}

async function makePlan(tools: InstallTools, planeId: string, action: Action, signal: AbortSignal): Promise<MadePlan> {
  const session = await openInstallSession(tools.ports, planeId, action)
  // Before the cluster is asked: a consent that is missing is said at once.
  const helm = action === 'install' ? await tools.helm(signal) : undefined
  const clusterUid = await identifyCluster(session, signal)
  const { client, installation } = session
  const createdAt = new Date().toISOString()
  if (helm === undefined) {
    const [discovery, found] = await together(
      signal,
      (either) => discover(client, either),
      (either) => observe(client, installation, either),
    )
    await bindIfFound(tools.ports, session, clusterUid, found)
    const observed = await withLostRecords(client, discovery, installation, found, action, signal)
    const [instances, blocked] = await together(
      signal,
      (either) => countInstances(client, observed, either),
      (either) => blockedIn(client, discovery, installation, observed, action, either),
    )
    const state = { blocked, servedAs: (object: KubernetesObject) => servedAs(discovery, object) }
    const plan = planUninstall(installation, observed, instances, createdAt, state)
    return { plane: session.plane, clusterUid, plan }
  }
  const [desired, discovery, found] = await together(
    signal,
    (either) => resolveDesired(tools.ports, session, helm, {}, either),
    (either) => discover(client, either),
    (either) => observe(client, installation, either),
  )
  await bindIfFound(tools.ports, session, clusterUid, found)
  const observed = await withLostRecords(client, discovery, installation, found, action, signal)
  const [rendered, definitions, instances, blocked] = await together(
    signal,
    (either) => tools.render(helm, desired, discovery, either),
    () => chartDefinitions(desired),
    (either) => countInstances(client, observed, either),
    (either) => blockedIn(client, discovery, installation, observed, action, either),
  )
  const templates = withoutDefinitions(rendered, definitions)
  const { objects, isUnchanged } = objectsToCompare(desired, observed.releases, templates)
  const comparisons = await compareWithCluster(client, discovery, objects, isUnchanged, signal)
  const { overrides } = session.plane
  const secretTexts = new Map(desired.releases.map(({ name }) => [name, secretsIn(overrides[name])]))
  return {
    plane: session.plane,
    clusterUid,
    desired,
    plan: planInstall(
      {
        desired,
        observed,
        rendered,
        templates,
        instances,
        comparisons,
        secretTexts,
        state: { blocked, servedAs: (object) => servedAs(discovery, object) },
        thisHost: thisHost(),
      },
      helm.program,
      createdAt,
    ),
  }
}

/**
 * What keeps the plane's namespaces from being deleted. They are searched while they are being deleted, and for an uninstall once
 * a release in them is gone: its objects may still be there.
 */
async function blockedIn(
  client: KubernetesClient,
  discovery: Discovery,
  { namespaces, releases }: PlaneInstallation,
  observed: Observed,
  action: Action,
  signal: AbortSignal,
): Promise<BlockedDeletion[]> {
  const isEmptied = (namespace: string) =>
    releases.every((each) => each.namespace !== namespace || observed.releases.get(each.name)?.history.length === 0)
  const searched = namespaces.filter((namespace) => {
    const presence = observed.namespaces.get(namespace)
    return presence === 'ending' || (presence === 'ours' && action === 'uninstall' && isEmptied(namespace))
  })
  const found = await inParallel(searched, requestsAtOnce, (each) => blockedDeletions(client, discovery, each, signal))
  return found.flat()
}

/** A plane that an earlier version installed, or another computer, is bound to the cluster where its marks are found. */
async function bindIfFound(
  ports: InstallPorts,
  { plane, installation }: InstallSession,
  clusterUid: string | undefined,
  observed: Observed,
): Promise<void> {
  if (clusterUid === undefined || plane.clusterUid !== undefined) return
  if (isFoundIn(observed, installation.profile)) await ports.bindCluster(plane.id, clusterUid)
}

/** The rendered objects without those of `crds/`, which helm creates once and which are no part of the release. */
const withoutDefinitions = (rendered: Rendered, definitions: readonly ChartDefinition[]): Rendered =>
  new Map(
    [...rendered].map(([release, objects]) => {
      const names = new Set(
        definitions.filter((each) => each.release === release).map(({ definition }) => nameOf(definition)),
      )
      return [release, objects.filter((object) => object.kind !== definitionKind || !names.has(nameOf(object)))]
    }),
  )
const definitionKind = 'CustomResourceDefinition'

/** The objects of each kind that a release of the plane defines. A kind that this user is not permitted to list is left out. */
async function countInstances(
  client: KubernetesClient,
  { releases, dropped }: Observed,
  signal: AbortSignal,
): Promise<InstanceCounts> {
  const objects = [...releases.values(), ...dropped.releases].flatMap(({ history }) => history.at(-1)?.objects ?? [])
  const counts = await inParallel(definitionsIn(objects), requestsAtOnce, async ({ name, kind }) => {
    const listed = await listIfAllowed(client, kind, {}, signal)
    return listed === undefined ? [] : [[name, listed.length] as const]
  })
  return new Map(counts.flat())
}

function refuseUnacceptedLoss({ losses }: Plan, accepted: readonly string[]): void {
  const missing = losses.filter(({ id }) => !accepted.includes(id))
  if (missing.length === 0) return
  const message = `Not accepted: ${missing.map(({ message }) => message).join(' ')}`
  throw new Problem('LOSS_NOT_ACCEPTED', message, missing.map(({ id }) => id).join('\n'))
}

function refuseMissingCredential({ steps }: Plan, { secrets }: Desired): void {
  const secret = secrets.find(
    ({ required, missing, namespace, name }) =>
      required &&
      missing.length > 0 &&
      steps.some(({ id, kind }) => kind === 'secret' && id === `secret:${namespace}/${name}`),
  )
  if (secret) throw new Problem('CREDENTIAL_MISSING', `${secret.title} is not stored.`, secret.missing.join(', '))
}

async function refuseFailedPreflight(tools: InstallTools, planeId: string, signal: AbortSignal): Promise<void> {
  for await (const event of preflight(tools, { planeId, only: strictChecks }, signal)) {
    if (event.kind !== 'finished') continue
    const failed = event.report.results.filter(({ strict, verdict }) => strict && verdict === 'fail')
    if (failed.length === 0) continue
    const message = failed.map(({ title, message }) => `${title}: ${message}`).join(' ')
    throw new Problem('PREFLIGHT_FAILED', message, failed.map(({ evidence }) => evidence).join('\n'))
  }
}
