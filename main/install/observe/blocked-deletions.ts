import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { type Discovery, groupOf } from '../../lib/kubernetes/discovery.ts'
import { listIfAllowed } from '../../lib/kubernetes/if-allowed.ts'
import { type KubernetesObject, listAt, nameOf } from './kubernetes-object.ts'

const requestsAtOnce = 8
/** A controller that is at work removes its finalizer by then. */
const blockedAfterMs = 10_000

/** An object that is being deleted and that only its finalizers keep. */
export interface BlockedDeletion {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly since: string
  readonly finalizers: readonly string[]
}

/** Kubernetes itself serves these. */
const isBuiltIn = (finalizer: string): boolean =>
  finalizer === 'foregroundDeletion' || finalizer === 'orphan' || /^([\w.-]+\.)?(kubernetes|k8s)\.io\//.test(finalizer)

/** Pure. */
export function blockedDeletion(object: KubernetesObject, nowMs: number): BlockedDeletion | undefined {
  const { apiVersion, kind, metadata } = object
  const since = metadata?.deletionTimestamp
  const namespace = metadata?.namespace
  if (apiVersion === undefined || kind === undefined || namespace === undefined || since === undefined) return undefined
  const finalizers = listAt(object, 'metadata', 'finalizers').filter((each) => typeof each === 'string')
  const unserved = finalizers.filter((finalizer) => !isBuiltIn(finalizer))
  if (unserved.length === 0 || !(nowMs - Date.parse(since) >= blockedAfterMs)) return undefined
  return { apiVersion, kind, namespace, name: nameOf(object), since, finalizers: unserved }
}

/** The objects of a namespace that are being deleted, without end. */
export async function blockedDeletions(
  client: KubernetesClient,
  discovery: Discovery,
  namespace: string,
  signal: AbortSignal,
): Promise<BlockedDeletion[]> {
  const objects = await metadataOfAll(client, discovery, { namespace }, signal)
  return objects.flatMap((object) => blockedDeletion(object, Date.now()) ?? [])
}

/** The metadata of all objects that this user is permitted to list, each in the version that the cluster prefers. */
export async function metadataOfAll(
  client: KubernetesClient,
  discovery: Discovery,
  { namespace, labelSelector }: { readonly namespace?: string; readonly labelSelector?: string },
  signal: AbortSignal,
): Promise<KubernetesObject[]> {
  const kinds = new Map(
    discovery.resources
      .filter(
        ({ namespaced, verbs }) => verbs.includes('list') && verbs.includes('delete') && (namespaced || !namespace),
      )
      // The first version of a group is its preferred one; the last entry of a key stays.
      .toReversed()
      .map((resource) => [`${resource.kind}.${groupOf(resource.apiVersion)}`, resource]),
  )
  const lists = await inParallel([...kinds.values()], requestsAtOnce, async ({ apiVersion, kind }) => {
    const selection = { metadataOnly: true, ...(namespace && { namespace }), ...(labelSelector && { labelSelector }) }
    return (await listIfAllowed(client, { apiVersion, kind }, selection, signal)) ?? []
  })
  return lists.flat()
}
