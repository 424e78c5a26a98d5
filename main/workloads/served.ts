import { Problem } from '../../preload/contract/problem.ts'
import type { KubernetesClient } from '../lib/kubernetes/client.ts'
import { isNotFound } from '../lib/kubernetes/failure.ts'
import { findResource, type ResourceType } from '../lib/kubernetes/resources.ts'
import { builtInVersions, type WatchTarget } from './watch-plan.ts'

interface ApiGroup {
  readonly preferredVersion?: { readonly groupVersion?: string }
}

/** How the cluster serves a kind, in the version that it prefers; `undefined` where it does not (yet). */
export async function findServed(
  client: KubernetesClient,
  { kind, group }: Pick<WatchTarget, 'kind' | 'group'>,
  signal: AbortSignal,
): Promise<ResourceType | undefined> {
  const version = builtInVersions[group] ?? (await preferredVersion(client, group, signal))
  if (version === undefined) return undefined
  try {
    return await findResource(client, { apiVersion: version, kind }, signal)
  } catch (error) {
    if (error instanceof Problem && error.code === 'KIND_UNKNOWN') return undefined
    throw error
  }
}

async function preferredVersion(
  client: KubernetesClient,
  group: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const found = await client.request<ApiGroup>('GET', `/apis/${group}`, {}, signal)
    return found.preferredVersion?.groupVersion
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
