import type { KubernetesClient } from '../lib/kubernetes/client.ts'
import { preferredVersion } from '../lib/kubernetes/discovery.ts'
import { isKindUnknown } from '../lib/kubernetes/failure.ts'
import { findResource, type ResourceType } from '../lib/kubernetes/resources.ts'
import { builtInVersions, type WatchTarget } from './watch-plan.ts'

/** The resource of a kind in the version that the cluster prefers; undefined while the cluster does not serve it. */
export async function findServedResource(
  client: KubernetesClient,
  { kind, group }: Pick<WatchTarget, 'kind' | 'group'>,
  signal: AbortSignal,
): Promise<ResourceType | undefined> {
  const version = builtInVersions[group] ?? (await preferredVersion(client, group, signal))
  if (version === undefined) return undefined
  try {
    return await findResource(client, { apiVersion: version, kind }, signal)
  } catch (error) {
    if (isKindUnknown(error)) return undefined
    throw error
  }
}
