import { inParallel } from '../concurrency/in-parallel.ts'
import type { KubernetesClient } from './client.ts'
import { isNotFound } from './failure.ts'
import { type Kind, type ServedResource, servedResources } from './resources.ts'

/** The API of a cluster. */
export interface Discovery {
  /** Such as `v1.36.3`. */
  readonly version: string
  /** For Helm's `--api-versions`: `apps/v1` and `apps/v1/Deployment`. */
  readonly apiVersions: readonly string[]
  readonly resources: readonly ServedResource[]
}

interface ApiGroupList {
  readonly groups?: readonly { readonly versions?: readonly { readonly groupVersion?: string }[] }[]
}

const requestsAtOnce = 8

/** Everything that the cluster serves. An aggregated API whose server is unreachable is left out. */
export async function discover(client: KubernetesClient, signal: AbortSignal): Promise<Discovery> {
  const [{ gitVersion = '' }, { groups = [] }] = await Promise.all([
    client.request<{ readonly gitVersion?: string }>('GET', '/version', {}, signal),
    client.request<ApiGroupList>('GET', '/apis', {}, signal),
  ])
  const groupVersions = groups.flatMap(({ versions = [] }) =>
    versions.flatMap(({ groupVersion }) => groupVersion ?? []),
  )
  const versions = ['v1', ...groupVersions]
  const lists = await inParallel(versions, requestsAtOnce, (apiVersion) =>
    servedResources(client, apiVersion, signal).catch(() => {
      signal.throwIfAborted()
      return []
    }),
  )
  const resources = lists.flat()
  const kinds = resources.map(({ apiVersion, kind }) => `${apiVersion}/${kind}`)
  return { version: gitVersion, apiVersions: [...new Set([...versions, ...kinds])], resources }
}

interface ApiGroup {
  readonly preferredVersion?: { readonly groupVersion?: string }
}

/** The API version that the cluster prefers for a group; undefined if it does not serve the group. */
export async function preferredVersion(
  client: KubernetesClient,
  group: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { preferredVersion } = await client.request<ApiGroup>('GET', `/apis/${group}`, {}, signal)
    return preferredVersion?.groupVersion
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** `apps` of `apps/v1`; empty for the core group. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''

export const resourceOf = (discovery: Discovery, { apiVersion, kind }: Partial<Kind>): ServedResource | undefined =>
  discovery.resources.find((resource) => resource.apiVersion === apiVersion && resource.kind === kind)
