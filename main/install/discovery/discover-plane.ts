import type { DiscoveredRelease, PlaneDiscovery } from '../../../preload/contract/install.ts'
import type { Component, Profile, Release } from '../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { discover } from '../../lib/kubernetes/discovery.ts'
import { isForbidden, isKindUnknown } from '../../lib/kubernetes/failure.ts'
import { getObject } from '../../lib/kubernetes/objects.ts'
import type { ServedResource } from '../../lib/kubernetes/resources.ts'
import { findMarks } from '../observe/find-marks.ts'
import { readHelmRelease } from '../observe/helm-release.ts'
import { kinds } from '../observe/kinds.ts'
import { type KubernetesObject, listAt, textAt } from '../observe/kubernetes-object.ts'
import { describeRevision, type History, isForeign, observeRelease, observeValues } from '../observe/releases.ts'
import { inferSettings } from './infer-settings.ts'

const requestsAtOnce = 8

type DiscoveredComponent = PlaneDiscovery['components'][number]
type DiscoveredPart = DiscoveredComponent['parts'][number]

/**
 * What of a profile runs in a cluster, installed by Hangar or by others: Hangar's marks, helm's records, Flux's objects and the workloads of
 * the components. Reads only. Throws CLUSTER_*.
 */
export async function discoverPlane(
  client: KubernetesClient,
  profile: Profile,
  signal: AbortSignal,
): Promise<PlaneDiscovery> {
  const secrets = profile.credentials.flatMap(({ secret }) => secret.namespaces)
  const namespaces = [...new Set([...profile.releases.map(({ namespace }) => namespace), ...secrets])]
  const [marks, { resources }, observed] = await Promise.all([
    findMarks(client, profile.name, namespaces, signal),
    discover(client, signal),
    inParallel(profile.releases, requestsAtOnce, (release) => observeOne(client, release, profile.name, signal)),
  ])
  const components = await inParallel(profile.components, requestsAtOnce, async (component) => {
    const parts = await inParallel(component.parts, requestsAtOnce, (part) => findPart(client, resources, part, signal))
    return describeComponent(component, parts)
  })
  const releases = observed.map(({ entry }) => entry)
  return {
    profile: profile.name,
    marks,
    releases,
    components,
    settings: inferSettings(observed.flatMap(({ values }) => values ?? [])),
    installedBy: marks.length > 0 || releases.some(({ by }) => by === 'hangar') ? 'hangar' : 'others',
    isInstalled: isInstalled(marks, releases, components),
  }
}

interface ObservedOne {
  readonly entry: DiscoveredRelease
  readonly values?: { readonly template: JsonObject; readonly actual: JsonObject } | undefined
}

async function observeOne(
  client: KubernetesClient,
  release: Release,
  profile: string,
  signal: AbortSignal,
): Promise<ObservedOne> {
  const { name, namespace, title = name, via } = release
  const named = { name, namespace, title, via }
  try {
    const history = await observeRelease(client, release, signal)
    const flux = history.length > 0 ? false : await hasHelmRelease(client, release, signal)
    const actual = history.length > 0 ? await observeValues(client, release, signal) : undefined
    const entry = { ...named, ...describeHistory(history, flux, profile) }
    return { entry, values: actual && { template: release.values, actual } }
  } catch (error) {
    if (!isForbidden(error)) throw error
    return { entry: { ...named, state: 'unknown', by: 'unknown', revision: '' } }
  }
}

async function hasHelmRelease(client: KubernetesClient, release: Release, signal: AbortSignal): Promise<boolean> {
  try {
    return readHelmRelease(await getObject(client, kinds.helmRelease, release, signal)).state !== 'absent'
  } catch (error) {
    if (isKindUnknown(error) || isForbidden(error)) return false
    throw error
  }
}

/** Who installed a release, and what it is. Pure. */
export function describeHistory(
  history: History,
  hasFlux: boolean,
  profile: string,
): Pick<DiscoveredRelease, 'state' | 'by' | 'revision'> {
  const last = history.at(-1)
  if (last === undefined)
    return hasFlux ? { state: 'found', by: 'flux', revision: '' } : { state: 'missing', by: 'unknown', revision: '' }
  const by = !isForeign(history, profile) ? 'hangar' : last.labels['helm.toolkit.fluxcd.io/name'] ? 'flux' : 'helm'
  return { state: last.status === 'uninstalled' ? 'missing' : 'found', by, revision: describeRevision(last) }
}

type Part = Component['parts'][number]

/** Groups of Kubernetes itself have no domain: a kind of an operator with the same name does not win. */
const ofKubernetesFirst = (one: ServedResource, other: ServedResource): number =>
  Number(one.apiVersion.includes('.')) - Number(other.apiVersion.includes('.'))

async function findPart(
  client: KubernetesClient,
  resources: readonly ServedResource[],
  { kind, namespace, name }: Part,
  signal: AbortSignal,
): Promise<DiscoveredPart> {
  const part = { kind, ...(namespace === undefined ? {} : { namespace }), name }
  const type = resources.filter((resource) => resource.kind === kind).toSorted(ofKubernetesFirst)[0]
  if (type === undefined) return { ...part, state: 'missing', version: '' }
  try {
    const object = await getObject(client, type, { ...(namespace !== undefined && { namespace }), name }, signal)
    return object === undefined
      ? { ...part, state: 'missing', version: '' }
      : { ...part, state: 'found', version: versionOf(object) }
  } catch (error) {
    if (isForbidden(error)) return { ...part, state: 'unknown', version: '' }
    throw error
  }
}

/** Of a label, by the API server. */
const labelCharacters = 63

/** The tag of the first container's image, or the label of the version; empty: none. Pure. */
export function versionOf(object: KubernetesObject): string {
  const label = object.metadata?.labels?.['app.kubernetes.io/version']
  const [container] = listAt(object, 'spec', 'template', 'spec', 'containers')
  const image = textAt(container, 'image')?.split('@')[0] ?? ''
  const tag = /:([\w][\w.-]{0,127})$/.exec(image)?.[1]
  return tag ?? label?.slice(0, labelCharacters) ?? ''
}

/** Of a component that the cluster provides, one of the known alternatives is enough. Pure. */
export function describeComponent(
  { id, title, providedBy, required }: Component,
  parts: readonly DiscoveredPart[],
): DiscoveredComponent {
  const found = parts.filter(({ state }) => state === 'found')
  const shown = providedBy === 'cluster' ? found : parts
  const state = (): DiscoveredComponent['state'] => {
    if (parts.length === 0) return 'elsewhere'
    if (found.length === parts.length || (providedBy === 'cluster' && found.length > 0)) return 'found'
    if (found.length > 0) return 'partial'
    return parts.some((part) => part.state === 'unknown') ? 'unknown' : 'missing'
  }
  const version = found.find((part) => part.version !== '')?.version ?? ''
  return { id, title, providedBy, required, state: state(), version, parts: [...shown] }
}

/** Whether there is anything to connect to: what only the cluster provides is in each cluster. Pure. */
export function isInstalled(
  marks: readonly string[],
  releases: readonly Pick<DiscoveredRelease, 'state'>[],
  components: readonly Pick<DiscoveredComponent, 'state' | 'providedBy'>[],
): boolean {
  return (
    marks.length > 0 ||
    releases.some(({ state }) => state === 'found') ||
    components.some(({ state, providedBy }) => providedBy === 'release' && (state === 'found' || state === 'partial'))
  )
}
