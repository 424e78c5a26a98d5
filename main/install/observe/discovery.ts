import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { listAt, textAt } from './kubernetes-object.ts'

export interface ApiResource {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
}

/** What a cluster is able to hold. */
export interface Discovery {
  /** Such as `v1.36.3`. */
  readonly version: string
  /** As Helm's `--api-versions` takes them: `apps/v1` and `apps/v1/Deployment`. */
  readonly apiVersions: readonly string[]
  readonly resources: readonly ApiResource[]
}

const requestsAtOnce = 8

export async function discover(client: KubernetesClient, signal: AbortSignal): Promise<Discovery> {
  const get = (path: string): Promise<unknown> => client.request<unknown>('GET', path, {}, signal)
  const [about, groups] = await Promise.all([get('/version'), get('/apis')])
  const versions = listAt(groups, 'groups').flatMap((group) =>
    listAt(group, 'versions').flatMap((entry) => textAt(entry, 'groupVersion') ?? []),
  )
  const all = ['v1', ...versions]
  const found = await inParallel(all, requestsAtOnce, async (groupVersion) => {
    // An aggregated API whose server is away costs only itself.
    const answer = await get(groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`).catch(() => {
      signal.throwIfAborted()
      return undefined
    })
    return resourcesOf(groupVersion, answer)
  })
  const resources = found.flat()
  const kinds = resources.map(({ group, version, kind }) => `${group === '' ? '' : `${group}/`}${version}/${kind}`)
  return { version: textAt(about, 'gitVersion') ?? '', apiVersions: [...new Set([...all, ...kinds])], resources }
}

function resourcesOf(groupVersion: string, answer: unknown): ApiResource[] {
  const [version = '', group = ''] = groupVersion.split('/').reverse()
  return listAt(answer, 'resources').flatMap((resource) => {
    const plural = textAt(resource, 'name') ?? ''
    // `pods/log` and the like are parts of another one.
    if (plural === '' || plural.includes('/')) return []
    const verbs = listAt(resource, 'verbs').map(String)
    const namespaced = Reflect.get(Object(resource), 'namespaced') === true
    return [{ group, version, kind: textAt(resource, 'kind') ?? '', plural, namespaced, verbs }]
  })
}

export function resourceOf(
  discovery: Discovery,
  { apiVersion = '', kind = '' }: { readonly apiVersion?: string; readonly kind?: string },
): ApiResource | undefined {
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  return discovery.resources.find(
    (resource) => resource.group === group && resource.version === version && resource.kind === kind,
  )
}
