import type { KubernetesObject as AssessedObject } from '../health/object.ts'
import type { KubernetesClient } from '../lib/kubernetes/client.ts'
import { corePath, groupPath, inParallel, list } from './api.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import type { Snapshot } from './waiting.ts'

const kinds = [
  { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', plural: 'statefulsets' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', plural: 'daemonsets' },
  { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs' },
  { apiVersion: 'v1', kind: 'Pod', plural: 'pods' },
  { apiVersion: 'v1', kind: 'Service', plural: 'services' },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims' },
  { apiVersion: 'v1', kind: 'Event', plural: 'events' },
] as const

const requestsAtOnce = 8

/** Objects in a list lack their kind. */
const completed = (object: KubernetesObject, apiVersion: string, kind: string): AssessedObject => ({
  ...object,
  apiVersion,
  kind,
  metadata: { ...object.metadata, name: object.metadata?.name ?? '' },
})

/** The workloads of some namespaces, now. What this user may not see is left out. */
export async function takeSnapshot(
  client: KubernetesClient,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<Snapshot> {
  const wanted = namespaces.flatMap((namespace) => kinds.map((kind) => ({ namespace, ...kind })))
  const lists = await inParallel(wanted, requestsAtOnce, async ({ namespace, apiVersion, kind, plural }) => {
    const at = apiVersion === 'v1' ? corePath(plural, namespace) : groupPath(apiVersion, plural, namespace)
    const query: Record<string, string> = kind === 'Event' ? { fieldSelector: 'type=Warning' } : {}
    const found = (await list(client, at, query, signal)) ?? []
    return found.map((object) => completed(object, apiVersion, kind))
  })
  const objects = lists.flat()
  return {
    objects: objects.filter(({ kind }) => kind !== 'Event'),
    events: objects.filter(({ kind }) => kind === 'Event'),
  }
}
