import type { CredentialSpec, Profile, Release } from '../../../preload/contract/profiles.ts'
import type { StoredCredential } from '../../../preload/contract/vault.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { type Json, substituteValue } from '../../lib/rules/substitution.ts'
import { digestOf } from '../digest.ts'
import type { DesiredSecret, PlaneInstallation, PlannedRelease } from '../installation.ts'
import type { PlannedPlane } from '../ports.ts'
import type { LocalChart } from './charts.ts'
import { isObject, mergeValues } from './values.ts'

export interface DesiredRelease extends PlannedRelease {
  readonly chart: LocalChart
  /** Complete values; they stay in memory. */
  readonly values: JsonObject
  readonly source?: { readonly url: string; readonly tag?: string; readonly insecure: boolean }
  readonly contentDigest: string
}

/** The desired state of a plane in its cluster. */
export interface Desired extends PlaneInstallation {
  readonly releases: readonly DesiredRelease[]
}

const asObject = (value: Json): JsonObject => (isObject(value) ? value : {})

/** The profile's values with the plane's settings substituted, and the plane's overrides merged over them. */
export const valuesOf = (release: Release, plane: Pick<PlannedPlane, 'settings' | 'overrides'>): JsonObject =>
  mergeValues(asObject(substituteValue(release.values, plane.settings)), plane.overrides[release.name] ?? {})

const plannedRelease = ({ name, namespace, title = name, via, timeoutSeconds, needs }: Release): PlannedRelease => ({
  name,
  namespace,
  title,
  via,
  timeoutSeconds,
  ...(needs !== undefined && { needs }),
})

function desiredRelease(release: Release, plane: PlannedPlane, chart: LocalChart): DesiredRelease {
  const values = valuesOf(release, plane)
  const source = release.source && {
    ...release.source,
    url: String(substituteValue(release.source.url, plane.settings)),
    tag: release.source.tag && String(substituteValue(release.source.tag, plane.settings)),
  }
  // Flux fetches the chart itself, so only its source is part of the content.
  const content: Json =
    release.via === 'flux' ? { source: JSON.stringify(source ?? null), values } : { chart: chart.digest, values }
  return { ...plannedRelease(release), chart, values, source, contentDigest: digestOf(content) }
}

function desiredSecrets(spec: CredentialSpec, stored: readonly StoredCredential[]): DesiredSecret[] {
  const entries = stored.filter(({ credential }) => credential === spec.id)
  const keys = spec.keys.map(({ key }) => key)
  const missing = keys.filter((key) => !entries.some((entry) => entry.key === key))
  const times = keys.map((key) => entries.find((entry) => entry.key === key)?.storedAt ?? '')
  const { id: credential, title, required } = spec
  const { name, type, namespaces } = spec.secret
  const contentDigest = digestOf({ type, keys, times })
  return namespaces.map((namespace) => ({
    credential,
    title,
    name,
    namespace,
    type,
    keys,
    required,
    missing,
    contentDigest,
  }))
}

/** Pure. Never throws: keys that are not stored are listed in each Secret's `missing`. */
export function installationOf(
  profile: Profile,
  plane: PlannedPlane,
  stored: readonly StoredCredential[],
): PlaneInstallation {
  const secrets = profile.credentials
    .flatMap((spec) => desiredSecrets(spec, stored))
    // An optional credential that is not stored is not applied.
    .filter((secret) => secret.required || secret.missing.length < secret.keys.length)
  const releases = profile.releases.map(plannedRelease)
  const namespaces = [...new Set([...releases, ...secrets].map(({ namespace }) => namespace))]
  const { id: planeId, name, contextName: context } = plane
  return { planeId, plane: name, profile: profile.name, context, namespaces, secrets, releases }
}

/** Pure. `charts`: by the name of the release. */
export function desiredOf(
  profile: Profile,
  plane: PlannedPlane,
  charts: ReadonlyMap<string, LocalChart>,
  stored: readonly StoredCredential[],
): Desired {
  const releases = profile.releases.flatMap((release) => {
    const chart = charts.get(release.name)
    return chart ? [desiredRelease(release, plane, chart)] : []
  })
  return { ...installationOf(profile, plane, stored), releases }
}
