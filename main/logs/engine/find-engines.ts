import type { FoundLogEngines } from '../../../preload/contract/logs.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { ifAllowed } from '../../lib/kubernetes/if-allowed.ts'
import { listObjects } from '../../lib/kubernetes/objects.ts'
import type { KubernetesObject } from '../../lib/kubernetes/resources.ts'
import { type ListedService, likelyEngines } from './detect.ts'

const services = { apiVersion: 'v1', kind: 'Service' } as const
/** Where log engines usually are, for users who cannot list the services of all namespaces. */
const usualNamespaces = ['logging', 'loki', 'monitoring', 'observability', 'opensearch'] as const
const namespacesAtOnce = 4

/**
 * Looks for log engines in all namespaces or, without that permission, in those of the log sources and the usual ones.
 * Throws CLUSTER_*.
 */
export async function findEngines(
  client: KubernetesClient,
  ofSources: readonly string[],
  signal: AbortSignal,
): Promise<FoundLogEngines> {
  const list = (namespace?: string) =>
    ifAllowed(
      listObjects<KubernetesObject & ListedService>(
        client,
        services,
        namespace === undefined ? {} : { namespace },
        signal,
      ),
    )
  const all = await list()
  if (all !== undefined) return { engines: found(all), namespaces: null, refused: [] }
  const listed = new Map<string, readonly ListedService[]>()
  const refused: string[] = []
  const namespaces = [...new Set([...ofSources, ...usualNamespaces])]
  await inParallel(namespaces, namespacesAtOnce, async (namespace) => {
    const own = await list(namespace)
    if (own === undefined) refused.push(namespace)
    else listed.set(namespace, own)
  })
  return { engines: found([...listed.values()].flat()), namespaces: [...listed.keys()].sort(), refused: refused.sort() }
}

const found = (listed: readonly ListedService[]): FoundLogEngines['engines'] =>
  likelyEngines(listed).map(({ kind, service, evidence }) => ({ engine: { kind, service }, evidence }))
