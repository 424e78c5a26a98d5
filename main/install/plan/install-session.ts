import type { Plan } from '../../../preload/contract/install.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import type { Settings } from '../../../preload/contract/settings.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { readClusterUid, refuseOtherCluster } from '../../lib/kubernetes/cluster-uid.ts'
import type { Discovery } from '../../lib/kubernetes/discovery.ts'
import { createHelm, type Helm } from '../helm/helm.ts'
import { findHelm } from '../helm/helm-program.ts'
import type { PlaneInstallation } from '../installation.ts'
import type { KubernetesObject } from '../observe/kubernetes-object.ts'
import { readManifest } from '../observe/read-manifest.ts'
import type { InstallPorts, LoadedProfile, PlannedPlane } from '../ports.ts'
import { fetchChart, type LocalChart, storedChart } from './charts.ts'
import { type Desired, desiredOf, installationOf } from './desired.ts'

/** The rendered objects by the name of their release. */
export type Rendered = ReadonlyMap<string, readonly KubernetesObject[]>

/** What planning, preflight and running share. */
export interface InstallTools {
  readonly ports: InstallPorts
  /** Throws HELM_MISSING, HELM_UNVERIFIED, HELM_UNPROTECTED or HELM_CONSENT_NEEDED. */
  readonly helm: (signal: AbortSignal) => Promise<Helm>
  readonly render: (helm: Helm, desired: Desired, discovery: Discovery, signal: AbortSignal) => Promise<Rendered>
}

const chartsAtOnce = 4
const cachedRenderings = 64

/** One plane with its profile and its cluster, as planning and running need them. */
export interface InstallSession {
  readonly plane: PlannedPlane
  readonly loaded: LoadedProfile
  readonly client: KubernetesClient
  readonly installation: PlaneInstallation
}

export async function openInstallSession(
  ports: InstallPorts,
  planeId: string,
  action: Plan['action'],
): Promise<InstallSession> {
  const plane = await ports.plane(planeId)
  // A profile that the user has not approved ends it before any credential of the cluster is used.
  const loaded = await ports.profile(plane, action)
  const [client, stored] = await Promise.all([ports.client(plane.contextId), ports.credentials(planeId)])
  return { plane, loaded, client, installation: installationOf(loaded.profile, plane, stored) }
}

/**
 * The uid of the session's cluster; undefined if this user is not permitted to read it. Throws CLUSTER_OTHER if the plane is
 * installed on another cluster.
 */
export async function identifyCluster(
  { plane, client }: InstallSession,
  signal: AbortSignal,
): Promise<string | undefined> {
  const uid = await readClusterUid(client, signal)
  refuseOtherCluster(plane, plane.contextName, uid)
  return uid
}

/** Finds helm once for each choice, and again after it was replaced or its consent revoked. */
export function createHelmFinder(ports: InstallPorts): InstallTools['helm'] {
  const found = new Map<Settings['helm'], Helm>()
  return async (signal) => {
    const { helm: choice } = await ports.settings()
    const known = found.get(choice)
    const isUsable = await known?.program.recheck().then(
      () => true,
      () => false,
    )
    if (known !== undefined && isUsable) return known
    const program = await findHelm(choice, async () => ports.allowedHelm(signal), signal)
    const helm = createHelm(program, ports.home)
    found.set(choice, helm)
    return helm
  }
}

/**
 * The desired releases with their charts on disk. `digests`: charts, by release, that an operation fetched before it was
 * interrupted; they are used again.
 */
export async function resolveDesired(
  ports: InstallPorts,
  { plane, loaded }: Pick<InstallSession, 'plane' | 'loaded'>,
  helm: Helm,
  digests: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Desired> {
  const { profile, folder, root, chartDigests } = loaded
  const charts = await inParallel(profile.releases, chartsAtOnce, async ({ name, chart }) => {
    const digest = digests[name]
    const context = { helm, folder, root, home: ports.home }
    const fetched = digest === undefined ? undefined : await storedChart(digest, ports.home)
    const local = fetched ?? (await fetchChart(chart, context, signal))
    if (fetched === undefined && 'path' in chart) refuseOtherChart(chart.path, local, chartDigests)
    return [name, local] as const
  })
  const stored = await ports.credentials(plane.id)
  return desiredOf(profile, plane, new Map<string, LocalChart>(charts), stored)
}

/** Compares what was packed, since the files can change after the profile was compared. Throws PROFILE_CHANGED. */
function refuseOtherChart(path: string, { digest }: LocalChart, approved: LoadedProfile['chartDigests']): void {
  if (approved === undefined || approved[path] === digest) return
  const evidence = `approved SHA-256 ${approved[path] || 'none'}\nnow SHA-256 ${digest}`
  throw new Problem('PROFILE_CHANGED', `The chart ${path} changed since you approved the profile.`, evidence)
}

/** Renders charts and caches the latest results: confirming a plan makes it again. */
export function createRenderer(): InstallTools['render'] {
  const cache = new Map<string, readonly KubernetesObject[]>()
  return async (helm, desired, discovery, signal) => {
    const cluster = { version: discovery.version, apiVersions: discovery.apiVersions }
    const rendered = await inParallel(desired.releases, chartsAtOnce, async (release) => {
      const { name, namespace, chart, values, contentDigest } = release
      const key = [name, namespace, chart.digest, contentDigest, cluster.version, ...cluster.apiVersions].join(' ')
      const cached = cache.get(key)
      if (cached) return [name, cached] as const
      const manifest = await helm.template({ name, namespace, file: chart.file, values }, cluster, signal)
      const objects = await readManifest(manifest, `what helm rendered for release ${name}`)
      cache.set(key, objects)
      const [oldest] = cache.keys()
      if (cache.size > cachedRenderings && oldest !== undefined) cache.delete(oldest)
      return [name, objects] as const
    })
    return new Map(rendered)
  }
}
