import type { KubernetesClient } from '../lib/kubernetes/client.ts'
import { isForbidden, isNotFound } from '../lib/kubernetes/failure.ts'
import type { KubernetesList, KubernetesObject } from './kubernetes-object.ts'
import { fieldManager } from './wanted.ts'

/** The few requests that installing makes besides helm's own. */

export const corePath = (plural: string, namespace?: string, name?: string): string =>
  path('/api/v1', plural, namespace, name)

export const groupPath = (groupVersion: string, plural: string, namespace?: string, name?: string): string =>
  path(`/apis/${groupVersion}`, plural, namespace, name)

function path(base: string, plural: string, namespace?: string, name?: string): string {
  const place = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  return `${base}${place}/${plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`
}

/** Undefined where it is not there. */
export const read = (
  client: KubernetesClient,
  at: string,
  signal: AbortSignal,
): Promise<KubernetesObject | undefined> =>
  client.request<KubernetesObject>('GET', at, {}, signal).catch((error) => {
    if (isNotFound(error)) return undefined
    throw error
  })

/** Server-side apply. What another one owns is taken over: what Hangar applies is the plane's own. */
export const apply = (
  client: KubernetesClient,
  at: string,
  object: KubernetesObject,
  signal: AbortSignal,
  mode: 'store' | 'dry-run' = 'store',
): Promise<KubernetesObject> => {
  const query = { fieldManager, force: true, dryRun: mode === 'dry-run' ? 'All' : undefined }
  const options = { body: object, contentType: 'application/apply-patch+yaml', query }
  return client.request<KubernetesObject>('PATCH', at, options, signal)
}

/** Whether there was something to remove. */
export const remove = (client: KubernetesClient, at: string, signal: AbortSignal): Promise<boolean> =>
  client.request('DELETE', at, { body: { propagationPolicy: 'Background' } }, signal).then(
    () => true,
    (error: unknown) => {
      if (isNotFound(error)) return false
      throw error
    },
  )

const pageLimit = 500
const itemsLimit = 20_000

/** All objects of one resource; `undefined` where this user may not list them or the cluster does not know them. */
export async function list(
  client: KubernetesClient,
  at: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[] | undefined> {
  const found: KubernetesObject[] = []
  let next: string | undefined
  do {
    try {
      const options = { query: { ...query, limit: pageLimit, continue: next } }
      const page = await client.request<KubernetesList>('GET', at, options, signal)
      found.push(...(page.items ?? []))
      next = page.metadata?.continue || undefined
    } catch (error) {
      if (isForbidden(error) || isNotFound(error)) return undefined
      throw error
    }
  } while (next !== undefined && found.length < itemsLimit)
  return found
}

/** Runs the tasks, at most so many at once, and gives their results in order. The first failure ends it. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  task: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length)
  const queue = items.entries()
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await task(item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return results
}
