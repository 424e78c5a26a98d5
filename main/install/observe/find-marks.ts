import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { ifAllowed } from '../../lib/kubernetes/if-allowed.ts'
import { getObject } from '../../lib/kubernetes/objects.ts'
import { labelKeys } from '../labels.ts'
import { kinds } from './kinds.ts'
import { presenceOf } from './observe.ts'

const requestsAtOnce = 8

/** The namespaces that a plane of the profile was installed into, by the marks on them and on Secrets, such as helm's records. */
export async function findMarks(
  client: KubernetesClient,
  profile: string,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const query = { labelSelector: `${labelKeys.profile}=${profile}`, limit: 1 }
  const found = await inParallel(namespaces, requestsAtOnce, async (name) => {
    const namespace = await ifAllowed(getObject(client, kinds.namespace, { name }, signal))
    if (presenceOf(namespace, profile) === 'ours') return [name]
    const path = `/api/v1/namespaces/${encodeURIComponent(name)}/secrets`
    const page = await ifAllowed(client.request<{ readonly items?: unknown }>('GET', path, { query }, signal))
    return Array.isArray(page?.items) && page.items.length > 0 ? [name] : []
  })
  return found.flat()
}
