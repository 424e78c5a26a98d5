import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import { fieldManager } from '../../lib/kubernetes/apply.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { isForbidden, isKindUnknown } from '../../lib/kubernetes/failure.ts'
import { listIfAllowed } from '../../lib/kubernetes/if-allowed.ts'
import { getObject } from '../../lib/kubernetes/objects.ts'
import type { DesiredSecret, PlaneInstallation } from '../installation.ts'
import { labelKeys } from '../labels.ts'
import { type ObservedHelmRelease, readHelmRelease } from './helm-release.ts'
import { kinds } from './kinds.ts'
import { at, type KubernetesObject, listAt, nameOf, textAt } from './kubernetes-object.ts'
import { type History, isForeign, observeRelease } from './releases.ts'

/** `ours`: created by Hangar for this profile. `ending`: being deleted. */
export type Presence = 'absent' | 'ours' | 'others' | 'ending'

export interface ObservedSecret {
  readonly presence: Presence
  readonly contentDigest?: string
  /** Keys that Hangar's last write does not have: `token (kubectl-edit)`. */
  readonly edited: readonly string[]
}

export interface ObservedRelease {
  readonly history: History
  /** Undefined if the cluster does not serve HelmReleases, or Flux does not manage the release. */
  readonly flux?: ObservedHelmRelease
}

/** The state of a plane in its cluster, as far as a plan needs it. */
export interface Observed {
  readonly namespaces: ReadonlyMap<string, Presence>
  readonly secrets: ReadonlyMap<string, ObservedSecret>
  readonly releases: ReadonlyMap<string, ObservedRelease>
  /** Volume claims in the plane's namespaces: their data outlives a release. */
  readonly claims: readonly { readonly namespace: string; readonly name: string; readonly owned: boolean }[]
}

const requestsAtOnce = 8

/** Pure: whether anything in the cluster has the marks of the profile. */
export const isFoundIn = ({ namespaces, releases }: Observed, profile: string): boolean =>
  [...namespaces.values()].includes('ours') ||
  [...releases.values()].some(({ history, flux }) =>
    history.length > 0 ? !isForeign(history, profile) : flux?.profile === profile,
  )

export function presenceOf(object: KubernetesObject | undefined, profile: string): Presence {
  if (object === undefined) return 'absent'
  if (object.metadata?.deletionTimestamp !== undefined) return 'ending'
  return object.metadata?.labels?.[labelKeys.profile] === profile ? 'ours' : 'others'
}

export const secretKey = ({ namespace, name }: Pick<DesiredSecret, 'namespace' | 'name'>): string =>
  `${namespace}/${name}`

export async function observeSecret(
  client: KubernetesClient,
  { namespace, name, keys, missing }: Pick<DesiredSecret, 'namespace' | 'name' | 'keys' | 'missing'>,
  profile: string,
  signal: AbortSignal,
): Promise<ObservedSecret> {
  const secret = await getObject(client, kinds.secret, { namespace, name }, signal)
  const expected = keys.filter((key) => !missing.includes(key))
  return {
    presence: presenceOf(secret, profile),
    contentDigest: secret?.metadata?.annotations?.[labelKeys.contentDigest],
    edited: secret === undefined ? [] : editedKeys(secret, expected),
  }
}

/** Pure: the manager that changes a key becomes its owner in `managedFields`, so that no value has to be known. */
export function editedKeys(secret: KubernetesObject, expected: readonly string[]): string[] {
  const entries = listAt(secret, 'metadata', 'managedFields')
  const ownersOf = (key: string) =>
    entries
      .filter((entry) => at(entry, 'fieldsV1', 'f:data', `f:${key}`) !== undefined)
      .map((entry) => textAt(entry, 'manager') ?? '')
  const present = Object.keys(Object(secret.data))
  return [...new Set([...present, ...expected])].flatMap((key) => {
    if (!present.includes(key)) return [`${key} (deleted)`]
    const owners = ownersOf(key)
    return owners.includes(fieldManager) ? [] : [`${key} (${owners.join(', ') || 'unknown manager'})`]
  })
}

/** Undefined if the cluster does not serve HelmReleases. */
async function observeHelmRelease(
  client: KubernetesClient,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<ObservedHelmRelease | undefined> {
  try {
    return readHelmRelease(await getObject(client, kinds.helmRelease, { namespace, name }, signal))
  } catch (error) {
    if (isKindUnknown(error)) return undefined
    throw error
  }
}

export async function observe(
  client: KubernetesClient,
  installation: PlaneInstallation,
  signal: AbortSignal,
): Promise<Observed> {
  const namespaces = await inParallel(installation.namespaces, requestsAtOnce, async (name) => {
    const namespace = await getObject(client, kinds.namespace, { name }, signal).catch((error) => {
      // A user of one namespace is often not permitted to read it; reading its objects shows whether it exists.
      if (isForbidden(error)) return { ...kinds.namespace, metadata: { name } }
      throw error
    })
    return [name, presenceOf(namespace, installation.profile)] as const
  })
  const secrets = await inParallel(
    installation.secrets,
    requestsAtOnce,
    async (secret) => [secretKey(secret), await observeSecret(client, secret, installation.profile, signal)] as const,
  )
  const releases = await inParallel(installation.releases, requestsAtOnce, async (release) => {
    const flux = release.via === 'flux' ? await observeHelmRelease(client, release, signal) : undefined
    return [release.name, { history: await observeRelease(client, release, signal), flux }] as const
  })
  const claims = await inParallel(installation.namespaces, requestsAtOnce, async (namespace) =>
    ((await listIfAllowed(client, kinds.claim, { namespace }, signal)) ?? []).map((claim) => ({
      namespace,
      name: nameOf(claim),
      // Helm deletes a claim of the chart itself, but not those of a StatefulSet's template.
      owned: claim.metadata?.annotations?.['meta.helm.sh/release-name'] !== undefined,
    })),
  )
  return {
    namespaces: new Map(namespaces),
    secrets: new Map(secrets),
    releases: new Map(releases),
    claims: claims.flat(),
  }
}
