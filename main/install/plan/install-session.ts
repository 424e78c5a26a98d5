import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { createHelm, type Helm } from '../helm/helm.ts'
import { findHelm } from '../helm/helm-program.ts'
import type { Discovery } from '../observe/discovery.ts'
import type { KubernetesObject } from '../observe/kubernetes-object.ts'
import type { InstallPorts, LoadedProfile, PlannedPlane } from '../ports.ts'
import { fetchChart, type LocalChart, storedChart } from './charts.ts'
import { type Desired, type PlaneInstallation, placeOf, wantedOf } from './desired.ts'
import { parseManifest } from './manifest.ts'
import type { Rendered } from './plan.ts'

const chartsAtOnce = 4
const renderedKept = 64

/** What planning and running read before they decide anything. */
export interface InstallSession {
  readonly plane: PlannedPlane
  readonly loaded: LoadedProfile
  readonly client: KubernetesClient
  readonly place: PlaneInstallation
}

export async function openScene(ports: InstallPorts, planeId: string): Promise<InstallSession> {
  const plane = await ports.plane(planeId)
  const [loaded, client, stored] = await Promise.all([
    ports.profile(plane.profile),
    ports.client(plane.contextId),
    ports.credentials(planeId),
  ])
  return { plane, loaded, client, place: placeOf(loaded.profile, plane, stored) }
}

/** Throws HELM_MISSING or HELM_UNVERIFIED. The hash of a large program is worked out once. */
export function helmFinder(ports: InstallPorts): (plane: PlannedPlane, signal: AbortSignal) => Promise<Helm> {
  const known = new Map<string, Helm>()
  return async ({ contextId }, signal) => {
    const { helm: choice } = await ports.settings()
    const path =
      choice === 'path' ? ((await ports.connection(contextId)).environment.PATH ?? process.env.PATH ?? '') : ''
    const key = `${choice} ${path}`
    const found = known.get(key) ?? createHelm(await findHelm(choice, path, signal), ports.home)
    known.set(key, found)
    return found
  }
}

/**
 * The releases as they should be, with their charts at hand. `digests`: of charts that an earlier life of an operation
 * fetched already, by release; they are taken as they are.
 */
export async function wantedFor(
  ports: InstallPorts,
  { plane, loaded }: InstallSession,
  helm: Helm,
  digests: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Desired> {
  const { profile, folder } = loaded
  const charts = await inParallel(profile.releases, chartsAtOnce, async ({ name, chart }) => {
    const digest = digests[name]
    const place = { helm, folder, home: ports.home }
    const stored = digest === undefined ? undefined : await storedChart(digest, place, signal)
    return [name, stored ?? (await fetchChart(chart, place, signal))] as const
  })
  const stored = await ports.credentials(plane.id)
  return wantedOf(profile, plane, new Map<string, LocalChart>(charts), stored, ports.substitute)
}

/** Renders charts, and remembers what came of the last ones: a plan is made again when it is confirmed. */
export function createRenderer(): (
  helm: Helm,
  wanted: Desired,
  discovery: Discovery,
  signal: AbortSignal,
) => Promise<Rendered> {
  const known = new Map<string, readonly KubernetesObject[]>()
  return async (helm, wanted, discovery, signal) => {
    const cluster = { version: discovery.version, apiVersions: discovery.apiVersions }
    const rendered = await inParallel(wanted.releases, chartsAtOnce, async (release) => {
      const { name, namespace, chart, values, desired } = release
      const key = [name, namespace, chart.digest, desired, cluster.version, ...cluster.apiVersions].join(' ')
      const remembered = known.get(key)
      if (remembered) return [name, remembered] as const
      const text = await helm.template({ name, namespace, file: chart.file, values }, cluster, signal)
      const objects = parseManifest(text)
      known.set(key, objects)
      const [oldest] = known.keys()
      if (known.size > renderedKept && oldest !== undefined) known.delete(oldest)
      return [name, objects] as const
    })
    return new Map(rendered)
  }
}
