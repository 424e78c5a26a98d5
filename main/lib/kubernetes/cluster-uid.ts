import type { Plane } from '../../../preload/contract/planes.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import type { KubernetesClient } from './client.ts'
import { isForbidden, isNotFound } from './failure.ts'

const limitMs = 5_000
const longestUid = 100

/**
 * The uid of the namespace `kube-system`: it identifies a cluster, whatever address and name a kubeconfig has for it.
 * Undefined if this user is not permitted to read it, or the cluster has none.
 */
export async function readClusterUid(client: KubernetesClient, signal: AbortSignal): Promise<string | undefined> {
  try {
    const namespace = await client.request<{ readonly metadata?: { readonly uid?: unknown } }>(
      'GET',
      '/api/v1/namespaces/kube-system',
      { timeoutMs: limitMs },
      signal,
    )
    const uid = namespace.metadata?.uid
    return typeof uid === 'string' && uid !== '' && uid.length <= longestUid ? uid : undefined
  } catch (error) {
    if (isForbidden(error) || isNotFound(error)) return undefined
    throw error
  }
}

/**
 * Throws CLUSTER_OTHER if the plane is installed on another cluster than the one with this uid. A user who is not permitted to
 * read the uid (undefined) has to know the cluster.
 */
export function refuseOtherCluster(
  { name, clusterUid }: Pick<Plane, 'name' | 'clusterUid'>,
  contextName: string,
  uid: string | undefined,
): void {
  if (clusterUid === undefined || uid === undefined || uid === clusterUid) return
  throw new Problem(
    'CLUSTER_OTHER',
    `The context "${contextName}" does not reach the cluster that the plane "${name}" is installed on.`,
    `uid of kube-system: ${clusterUid} of the plane, ${uid} in this cluster`,
  )
}
