import type { CredentialSpec, Profile, Release } from '../../../preload/contract/profiles.ts'
import type { StoredCredential } from '../../../preload/contract/vault.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import type { Json, PlannedPlane } from '../ports.ts'
import type { LocalChart } from './charts.ts'
import { digestOf } from './digest.ts'
import { mergeValues } from './values.ts'

/** Names of what Hangar writes on the objects that it makes. */
export const marks = {
  /** The profile that a release, Secret or namespace belongs to: with its name, its identity in a cluster. */
  profile: 'hangar/profile',
  /** 32 hex digits over chart, values and what else decides the content. Equal: nothing to do. */
  desired: 'hangar/desired',
  /** Id of the operation that wrote it last. */
  operation: 'hangar/operation',
  /** Which user of which computer that was, as a hash. */
  host: 'hangar/host',
} as const

/** A release as it is named in the cluster, whatever it holds. */
export interface PlannedRelease {
  readonly name: string
  readonly namespace: string
  readonly title: string
  readonly via: 'helm' | 'flux'
  readonly timeoutSeconds: number
}

export interface DesiredRelease extends PlannedRelease {
  readonly chart: LocalChart
  /** Complete values; they stay in memory. */
  readonly values: JsonObject
  readonly source?: { readonly url: string; readonly tag?: string; readonly insecure: boolean }
  readonly desired: string
}

export interface DesiredSecret {
  readonly credential: string
  readonly title: string
  readonly name: string
  readonly namespace: string
  readonly type: string
  readonly keys: readonly string[]
  readonly required: boolean
  /** Keys that the vault has nothing for. */
  readonly missing: readonly string[]
  /** Of when each key was stored: it changes when a value does, and tells nothing of the value. */
  readonly desired: string
}

/** Where a plane is in its cluster: all that removing it needs to know. */
export interface PlaneInstallation {
  readonly planeId: string
  readonly plane: string
  readonly profile: string
  readonly context: string
  /** In order; the first one holds the lease. */
  readonly namespaces: readonly string[]
  readonly secrets: readonly DesiredSecret[]
  readonly targets: readonly PlannedRelease[]
}

/** What a plane should be in its cluster. */
export interface Desired extends PlaneInstallation {
  readonly releases: readonly DesiredRelease[]
}

export type Substitute = (value: Json, settings: JsonObject) => Json

const asObject = (value: Json): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

/** The values that a release gets: the profile's with the plane's settings in them, under the plane's own. */
const valuesOf = (release: Release, plane: PlannedPlane, substitute: Substitute): JsonObject =>
  mergeValues(asObject(substitute(release.values, plane.settings)), plane.overrides[release.name] ?? {})

const targetOf = ({ name, namespace, title = name, via, timeoutSeconds }: Release): PlannedRelease => ({
  name,
  namespace,
  title,
  via,
  timeoutSeconds,
})

function wantedRelease(
  release: Release,
  plane: PlannedPlane,
  chart: LocalChart,
  substitute: Substitute,
): DesiredRelease {
  const values = valuesOf(release, plane, substitute)
  const source = release.source && {
    ...release.source,
    url: String(substitute(release.source.url, plane.settings)),
    tag: release.source.tag && String(substitute(release.source.tag, plane.settings)),
  }
  // Flux fetches the chart itself: of it only where it comes from is ours to decide.
  const content: Json =
    release.via === 'flux' ? { source: JSON.stringify(source ?? null), values } : { chart: chart.digest, values }
  return { ...targetOf(release), chart, values, source, desired: digestOf(content) }
}

function wantedSecrets(spec: CredentialSpec, stored: readonly StoredCredential[]): DesiredSecret[] {
  const known = stored.filter(({ credential }) => credential === spec.id)
  const keys = spec.keys.map(({ key }) => key)
  const missing = keys.filter((key) => !known.some((entry) => entry.key === key))
  const times = keys.map((key) => known.find((entry) => entry.key === key)?.storedAt ?? '')
  const { id: credential, title, required } = spec
  const { name, type, namespaces } = spec.secret
  const desired = digestOf({ type, keys, times })
  return namespaces.map((namespace) => ({
    credential,
    title,
    name,
    namespace,
    type,
    keys,
    required,
    missing,
    desired,
  }))
}

/** Pure. Throws nothing: what is not stored is said in each Secret's `missing`. */
export function placeOf(profile: Profile, plane: PlannedPlane, stored: readonly StoredCredential[]): PlaneInstallation {
  const secrets = profile.credentials
    .flatMap((spec) => wantedSecrets(spec, stored))
    // One that need not be there and is not stored is not applied.
    .filter((secret) => secret.required || secret.missing.length < secret.keys.length)
  const targets = profile.releases.map(targetOf)
  const namespaces = [...new Set([...targets, ...secrets].map(({ namespace }) => namespace))]
  const { id: planeId, name, contextName: context } = plane
  return { planeId, plane: name, profile: profile.name, context, namespaces, secrets, targets }
}

/** Pure. `charts` has each release's chart by the release's name. */
export function wantedOf(
  profile: Profile,
  plane: PlannedPlane,
  charts: ReadonlyMap<string, LocalChart>,
  stored: readonly StoredCredential[],
  substitute: Substitute,
): Desired {
  const releases = profile.releases.flatMap((release) => {
    const chart = charts.get(release.name)
    return chart ? [wantedRelease(release, plane, chart, substitute)] : []
  })
  return { ...placeOf(profile, plane, stored), releases }
}
