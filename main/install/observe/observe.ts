import { setTimeout as sleep } from 'node:timers/promises'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import { fieldManager } from '../../lib/kubernetes/apply.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { isForbidden, KubernetesError } from '../../lib/kubernetes/failure.ts'
import { ifServed, listIfAllowed } from '../../lib/kubernetes/if-allowed.ts'
import { getObject } from '../../lib/kubernetes/objects.ts'
import type { Kind } from '../../lib/kubernetes/resources.ts'
import type { DesiredSecret, PlaneInstallation, PlannedRelease } from '../installation.ts'
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
  /** What has the marks of this plane's profile, and is no part of it any more. */
  readonly dropped: Dropped
}

/** A release with its state in the cluster. */
export interface DroppedRelease extends PlannedRelease, ObservedRelease {}

export interface Dropped {
  readonly releases: readonly DroppedRelease[]
  readonly secrets: readonly { readonly namespace: string; readonly name: string }[]
  readonly namespaces: readonly string[]
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
  return await ifServed(getObject(client, kinds.helmRelease, { namespace, name }, signal).then(readHelmRelease))
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
    dropped: await observeDropped(client, installation, signal),
  }
}

/** For a release about whose time limit no profile says anything. */
const droppedTimeoutSeconds = 300

async function observeDropped(
  client: KubernetesClient,
  installation: PlaneInstallation,
  signal: AbortSignal,
): Promise<Dropped> {
  const labelSelector = `${labelKeys.profile}=${installation.profile}`
  const [secrets, helmReleases, namespaces] = await Promise.all([
    listMarked(client, kinds.secret, installation, signal),
    listMarked(client, kinds.helmRelease, installation, signal),
    listIfAllowed(client, kinds.namespace, { labelSelector, metadataOnly: true }, signal),
  ])
  const marks = droppedMarks(installation, secrets, helmReleases)
  const releases = await inParallel(marks.releases, requestsAtOnce, async ({ namespace, name, via }) => {
    const release = { name, namespace, title: name, via, timeoutSeconds: droppedTimeoutSeconds }
    const [history, flux] = await Promise.all([
      observeRelease(client, release, signal),
      via === 'flux' ? observeHelmRelease(client, release, signal) : undefined,
    ])
    return { ...release, history, flux }
  })
  return {
    releases,
    secrets: marks.secrets,
    namespaces: (namespaces ?? []).map(nameOf).filter((name) => !installation.namespaces.includes(name)),
  }
}

const attempts = 5

/** For some seconds after a custom resource definition is created, the API server answers 429 with the time to wait. */
async function whenReady<Value>(request: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request()
    } catch (error) {
      const waitMs = error instanceof KubernetesError ? error.status.retryAfterMs : undefined
      if (waitMs === undefined || attempt === attempts) throw error
      await sleep(waitMs, undefined, { signal })
    }
  }
}

/** In the whole cluster, or in the namespaces of the plane for a user who is permitted no more. */
async function listMarked(
  client: KubernetesClient,
  kind: Kind,
  { profile, namespaces }: PlaneInstallation,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const selection = { labelSelector: `${labelKeys.profile}=${profile}`, metadataOnly: true }
  const all = await whenReady(() => listIfAllowed(client, kind, selection, signal), signal)
  if (all !== undefined) return all
  const lists = await inParallel(namespaces, requestsAtOnce, (namespace) =>
    listIfAllowed(client, kind, { ...selection, namespace }, signal),
  )
  return lists.flatMap((list) => list ?? [])
}

/** Pure: releases and Secrets that have the profile's label, and that the plane does not have. */
export function droppedMarks(
  { releases, secrets }: Pick<PlaneInstallation, 'releases' | 'secrets'>,
  markedSecrets: readonly KubernetesObject[],
  markedHelmReleases: readonly KubernetesObject[],
): {
  readonly releases: readonly Pick<PlannedRelease, 'namespace' | 'name' | 'via'>[]
  readonly secrets: Dropped['secrets']
} {
  const planned = new Set(releases.map(({ namespace, name }) => `${namespace}/${name}`))
  const wanted = new Set(secrets.map(secretKey))
  const namespaceOf = ({ metadata }: KubernetesObject) => metadata?.namespace ?? ''
  const isRecord = ({ metadata }: KubernetesObject) => metadata?.labels?.owner === 'helm'
  const found = [
    ...markedHelmReleases.map((object) => ({
      namespace: namespaceOf(object),
      name: nameOf(object),
      via: 'flux' as const,
    })),
    ...markedSecrets.filter(isRecord).map((object) => ({
      namespace: namespaceOf(object),
      name: object.metadata?.labels?.name ?? '',
      via: 'helm' as const,
    })),
  ]
  // Flux manages it if it has both, and is named first.
  const dropped = new Map(
    found
      .filter(({ namespace, name }) => name !== '' && !planned.has(`${namespace}/${name}`))
      .toReversed()
      .map((release) => [`${release.namespace}/${release.name}`, release]),
  )
  return {
    releases: [...dropped.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    secrets: markedSecrets
      .filter((object) => !isRecord(object))
      .map((object) => ({ namespace: namespaceOf(object), name: nameOf(object) }))
      .filter((secret) => !wanted.has(secretKey(secret))),
  }
}
