import type { Plan } from '../../../preload/contract/install.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import { together } from '../../lib/concurrency/together.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { type Discovery, discover } from '../../lib/kubernetes/discovery.ts'
import { listIfAllowed } from '../../lib/kubernetes/if-allowed.ts'
import type { PlaneInstallation } from '../installation.ts'
import { type BlockedDeletion, blockedDeletions } from '../observe/blocked-deletions.ts'
import { type KubernetesObject, nameOf } from '../observe/kubernetes-object.ts'
import { withLostRecords } from '../observe/lost-records.ts'
import { isFoundIn, type Observed, observe } from '../observe/observe.ts'
import { thisHost } from '../observe/orphaned-processes.ts'
import { servedAs } from '../observe/served-as.ts'
import type { InstallPorts } from '../ports.ts'
import { type ChartDefinition, chartDefinitions } from '../preflight/facts/charts.ts'
import { secretsIn } from './changes.ts'
import { compareWithCluster } from './compare.ts'
import type { Desired } from './desired.ts'
import {
  type InstallSession,
  type InstallTools,
  identifyCluster,
  openInstallSession,
  type Rendered,
  resolveDesired,
} from './install-session.ts'
import { definitionsIn, type InstanceCounts } from './losses.ts'
import { planInstall } from './plan.ts'
import { planUninstall } from './plan-uninstall.ts'
import { objectsToCompare } from './release-changes.ts'
import type { ClusterState } from './ways-out.ts'

type Action = Plan['action']

const requestsAtOnce = 8

export interface MadePlan {
  readonly plan: Plan
  readonly session: InstallSession
  /** Undefined if this user is not permitted to read it. */
  readonly clusterUid: string | undefined
}

export interface MadeInstallPlan extends MadePlan {
  readonly desired: Desired
}

/** Reads only. Throws RELEASE_FOREIGN, HELM_*, PROFILE_CHANGED, CLUSTER_*. */
export async function makeInstallPlan(
  tools: InstallTools,
  planeId: string,
  signal: AbortSignal,
): Promise<MadeInstallPlan> {
  const session = await openInstallSession(tools.ports, planeId, 'install')
  // Before the cluster is asked: a consent that is missing is said at once.
  const helm = await tools.helm(signal)
  const clusterUid = await identifyCluster(session, signal)
  const { client, plane } = session
  const createdAt = new Date().toISOString()
  const [desired, seen] = await together(
    signal,
    (either) => resolveDesired(tools.ports, session, helm, {}, either),
    (either) => observePlane(tools.ports, session, clusterUid, 'install', either),
  )
  const { discovery, observed } = seen
  const [rendered, definitions, { instances, state }] = await together(
    signal,
    (either) => tools.render(helm, desired, discovery, either),
    () => chartDefinitions(desired),
    (either) => stateOf(session, seen, 'install', either),
  )
  const templates = withoutDefinitions(rendered, definitions)
  const { objects, isUnchanged } = objectsToCompare(desired, observed.releases, templates)
  const comparisons = await compareWithCluster(client, discovery, objects, isUnchanged, signal)
  const secretTexts = new Map(desired.releases.map(({ name }) => [name, secretsIn(plane.overrides[name])]))
  const facts = { desired, observed, rendered, templates, instances, comparisons, secretTexts, state }
  const plan = planInstall({ ...facts, thisHost: thisHost() }, helm.program, createdAt)
  return { plan, session, clusterUid, desired }
}

/** Reads only, and needs neither helm nor charts. Throws CLUSTER_*. */
export async function makeUninstallPlan(tools: InstallTools, planeId: string, signal: AbortSignal): Promise<MadePlan> {
  const session = await openInstallSession(tools.ports, planeId, 'uninstall')
  const clusterUid = await identifyCluster(session, signal)
  const createdAt = new Date().toISOString()
  const seen = await observePlane(tools.ports, session, clusterUid, 'uninstall', signal)
  const { instances, state } = await stateOf(session, seen, 'uninstall', signal)
  const plan = planUninstall(session.installation, seen.observed, instances, createdAt, state)
  return { plan, session, clusterUid }
}

interface SeenPlane {
  readonly discovery: Discovery
  readonly observed: Observed
}

/** What of the plane is in the cluster. Binds the plane to the cluster if its marks are there. */
async function observePlane(
  ports: InstallPorts,
  session: InstallSession,
  clusterUid: string | undefined,
  action: Action,
  signal: AbortSignal,
): Promise<SeenPlane> {
  const { client, installation } = session
  const [discovery, found] = await together(
    signal,
    (either) => discover(client, either),
    (either) => observe(client, installation, either),
  )
  await bindIfFound(ports, session, clusterUid, found)
  return { discovery, observed: await withLostRecords(client, discovery, installation, found, action, signal) }
}

/** What the losses and the ways out depend on, beside the plane's own objects. */
async function stateOf(
  { client, installation }: InstallSession,
  { discovery, observed }: SeenPlane,
  action: Action,
  signal: AbortSignal,
): Promise<{ readonly instances: InstanceCounts; readonly state: ClusterState }> {
  const [instances, blocked] = await together(
    signal,
    (either) => countInstances(client, observed, either),
    (either) => blockedIn(client, discovery, installation, observed, action, either),
  )
  return { instances, state: { blocked, servedAs: (object: KubernetesObject) => servedAs(discovery, object) } }
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
