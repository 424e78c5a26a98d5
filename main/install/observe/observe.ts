import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { isForbidden } from '../../lib/kubernetes/failure.ts'
import { getObject } from '../../lib/kubernetes/objects.ts'
import { type DesiredSecret, marks, type PlaneInstallation } from '../plan/desired.ts'
import { type FluxFound, readHelmRelease } from './flux.ts'
import { isKindUnknown, kinds, listIfAllowed } from './kinds.ts'
import { type KubernetesObject, nameOf } from './kubernetes-object.ts'
import { type History, observeRelease } from './releases.ts'

/** `ours`: made by Hangar for this profile. */
export type Presence = 'absent' | 'ours' | 'others' | 'ending'

export interface FoundSecret {
  readonly presence: Presence
  readonly desired?: string
}

export interface FoundRelease {
  readonly history: History
  /** Undefined where the cluster has no HelmReleases at all, or the release is not Flux's. */
  readonly flux?: FluxFound
}

/** What there is of a plane in its cluster, as far as planning needs it. */
export interface Observed {
  readonly namespaces: ReadonlyMap<string, Presence>
  readonly secrets: ReadonlyMap<string, FoundSecret>
  readonly releases: ReadonlyMap<string, FoundRelease>
  /** Volume claims in the plane's namespaces, as `namespace/name`: data that outlives a release. */
  readonly claims: readonly { readonly namespace: string; readonly name: string; readonly owned: boolean }[]
}

const requestsAtOnce = 8

export function presenceOf(object: KubernetesObject | undefined, profile: string): Presence {
  if (object === undefined) return 'absent'
  if (object.metadata?.deletionTimestamp !== undefined) return 'ending'
  return object.metadata?.labels?.[marks.profile] === profile ? 'ours' : 'others'
}

export const secretKey = ({ namespace, name }: Pick<DesiredSecret, 'namespace' | 'name'>): string =>
  `${namespace}/${name}`

export async function observeSecret(
  client: KubernetesClient,
  { namespace, name }: Pick<DesiredSecret, 'namespace' | 'name'>,
  profile: string,
  signal: AbortSignal,
): Promise<FoundSecret> {
  const found = await getObject(client, kinds.secret, { namespace, name }, signal)
  return { presence: presenceOf(found, profile), desired: found?.metadata?.annotations?.[marks.desired] }
}

async function observeHelmRelease(
  client: KubernetesClient,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
  token?: string,
): Promise<FluxFound> {
  return readHelmRelease(await getObject(client, kinds.helmRelease, { namespace, name }, signal), token)
}

export async function observe(
  client: KubernetesClient,
  place: PlaneInstallation,
  signal: AbortSignal,
): Promise<Observed> {
  const namespaces = await inParallel(place.namespaces, requestsAtOnce, async (name) => {
    const found = await getObject(client, kinds.namespace, { name }, signal).catch((error) => {
      // A user of one namespace alone may not look at it; whether it is there shows in what it holds.
      if (isForbidden(error)) return { ...kinds.namespace, metadata: { name } }
      throw error
    })
    return [name, presenceOf(found, place.profile)] as const
  })
  const secrets = await inParallel(
    place.secrets,
    requestsAtOnce,
    async (secret) => [secretKey(secret), await observeSecret(client, secret, place.profile, signal)] as const,
  )
  const releases = await inParallel(place.targets, requestsAtOnce, async (target) => {
    const flux =
      target.via === 'flux'
        ? await observeHelmRelease(client, target, signal).catch((error) => {
            if (isKindUnknown(error)) return undefined
            throw error
          })
        : undefined
    return [target.name, { history: await observeRelease(client, target, signal), flux }] as const
  })
  const claims = await inParallel(place.namespaces, requestsAtOnce, async (namespace) =>
    ((await listIfAllowed(client, kinds.claim, { namespace }, signal)) ?? []).map((claim) => ({
      namespace,
      name: nameOf(claim),
      // A chart's own claim goes with its release; those of a StatefulSet's template stay.
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
