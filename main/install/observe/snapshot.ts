import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { listIfAllowed } from './kinds.ts'
import type { Snapshot } from './waiting.ts'

const looked = [
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

/** The workloads of some namespaces, now. What this user may not see is left out. */
export async function takeSnapshot(
  client: KubernetesClient,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<Snapshot> {
  const wanted = namespaces.flatMap((namespace) => [...looked, event].map((kind) => ({ namespace, kind })))
  const lists = await inParallel(wanted, requestsAtOnce, async ({ namespace, kind }) => {
    const selection = kind === event ? { namespace, fieldSelector: 'type=Warning' } : { namespace }
    return (await listIfAllowed(client, kind, selection, signal)) ?? []
  })
  const objects = lists.flat()
  return {
    objects: objects.filter(({ kind }) => kind !== event.kind),
    events: objects.filter(({ kind }) => kind === event.kind),
  }
}
