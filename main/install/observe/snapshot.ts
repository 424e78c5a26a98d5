import { isCustomResource } from '../../health/assess.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { isKindUnknown } from '../../lib/kubernetes/failure.ts'
import { ifAllowed, listIfAllowed } from '../../lib/kubernetes/if-allowed.ts'
import { getObject } from '../../lib/kubernetes/objects.ts'
import type { NamespacedReference } from './manifest.ts'
import type { Snapshot } from './waiting.ts'

const workloadKinds = [
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  { apiVersion: 'batch/v1', kind: 'Job' },
  { apiVersion: 'v1', kind: 'Pod' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
] as const
const event = { apiVersion: 'v1', kind: 'Event' } as const

const requestsAtOnce = 8
/** Of a release, each time that it is read: some charts have hundreds. */
const customAtMost = 20

/** The custom resources among the objects of a release. Those that do not exist, or that this user may not read, are left out. */
export async function readCustomResources(
  client: KubernetesClient,
  objects: readonly NamespacedReference[],
  signal: AbortSignal,
): Promise<Snapshot['objects']> {
  const custom = objects.filter(({ apiVersion }) => isCustomResource(apiVersion)).slice(0, customAtMost)
  const found = await inParallel(custom, requestsAtOnce, async (reference) => {
    try {
      return (await ifAllowed(getObject(client, reference, reference, signal))) ?? []
    } catch (error) {
      // Its definition is created by the same release, or was removed.
      if (isKindUnknown(error)) return []
      throw error
    }
  })
  return found.flat()
}

/** The workloads and warnings of the namespaces. Kinds that this user is not permitted to list are left out. */
export async function takeSnapshot(
  client: KubernetesClient,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<Snapshot> {
  const lists = namespaces.flatMap((namespace) => [...workloadKinds, event].map((kind) => ({ namespace, kind })))
  const results = await inParallel(lists, requestsAtOnce, async ({ namespace, kind }) => {
    const selection = kind === event ? { namespace, fieldSelector: 'type=Warning' } : { namespace }
    return (await listIfAllowed(client, kind, selection, signal)) ?? []
  })
  const objects = results.flat()
  return {
    objects: objects.filter(({ kind }) => kind !== event.kind),
    events: objects.filter(({ kind }) => kind === event.kind),
  }
}
