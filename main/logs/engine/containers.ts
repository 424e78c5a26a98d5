import type { LogSource } from '../../../preload/contract/profiles.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import type { KubernetesObject } from '../../lib/kubernetes/resources.ts'
import { withPermission } from '../collect/missing-permission.ts'
import { type Origin, originKey } from './engine.ts'

/** A container of which an engine has lines, and the log source that it belongs to. */
export interface EngineContainer extends Origin {
  readonly source: LogSource
}

/**
 * The part of a pod's name that it shares with the pods that its workload made before: without the random suffix, the hash of
 * a ReplicaSet, and the number of a StatefulSet. Pods that are gone are known by it. Names have no vowels in their suffix and
 * hash, of 10 digits as a rule (`k8s.io/apimachinery/pkg/util/rand`). Pure.
 */
export const workloadOf = (pod: string): string =>
  pod.replace(/(?:-[bcdfghjklmnpqrstvwxz2456789]{8,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}$|-\d{1,4}$/, '')

/** `others` are containers that belong to no source, as `NAMESPACE/POD/CONTAINER`. */
export interface AssignedContainers {
  readonly containers: readonly EngineContainer[]
  readonly others: readonly string[]
}

/** Which source each container belongs to: one whose selector chooses a pod of the same workload now. Pure. */
export function assignContainers(origins: readonly Origin[], { sources, pods }: EngineSources): AssignedContainers {
  const workloads = new Map(sources.map(({ id }) => [id, new Set((pods.get(id) ?? []).map(workloadOf))]))
  const containers: EngineContainer[] = []
  const others: string[] = []
  for (const origin of origins) {
    const { namespace, pod, container } = origin
    const source = sources.find(
      (each) =>
        each.namespace === namespace &&
        (each.container === undefined || each.container === container) &&
        workloads.get(each.id)?.has(workloadOf(pod)) === true,
    )
    if (source === undefined) others.push(originKey(origin))
    else containers.push({ source, ...origin })
  }
  return { containers, others }
}

/** The log sources of a plane, and what runs of them. */
export interface EngineSources {
  readonly sources: readonly LogSource[]
  /** Names of the pods that run, by source id. */
  readonly pods: ReadonlyMap<string, readonly string[]>
}

/** Pure. */
export const namespacesOf = (sources: readonly LogSource[]): string[] => [
  ...new Set(sources.map(({ namespace }) => namespace)),
]

/** Names of the pods that each source's selector chooses now, by source id. Throws CLUSTER_*. */
export async function podsOf(
  client: KubernetesClient,
  sources: readonly LogSource[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const pods = new Map<string, readonly string[]>()
  for (const { id, namespace, selector } of sources) {
    const query = { labelSelector: selector }
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`
    const { items } = await client
      .request<{ items: KubernetesObject[] }>('GET', path, { query }, signal)
      .catch((error: unknown) => {
        throw withPermission(error, 'list pods', namespace)
      })
    pods.set(
      id,
      items.map(({ metadata }) => metadata.name),
    )
  }
  return pods
}
