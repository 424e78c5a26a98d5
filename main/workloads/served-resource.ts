import type { KubernetesClient } from '../lib/kubernetes/client.ts'
import { preferredVersion } from '../lib/kubernetes/discovery.ts'
import { ifServed } from '../lib/kubernetes/if-allowed.ts'
import { findResource, type ResourceType, servedResources } from '../lib/kubernetes/resources.ts'
import { builtInVersions, type WatchTarget } from './watch-plan.ts'

/**
 * The resource of a kind in the version that the cluster prefers; undefined while the cluster does not serve it. Asks the
 * cluster each time for kinds that are not built in, because their definition can be removed or upgraded.
 */
export async function findServedResource(
  client: KubernetesClient,
  { kind, group }: Pick<WatchTarget, 'kind' | 'group'>,
  signal: AbortSignal,
): Promise<ResourceType | undefined> {
  const builtIn = builtInVersions[group]
  if (builtIn === undefined) {
    const version = await preferredVersion(client, group, signal)
    const served = version === undefined ? [] : await servedResources(client, version, signal)
    return served.find((resource) => resource.kind === kind)
  }
  return await ifServed(findResource(client, { apiVersion: builtIn, kind }, signal))
}
