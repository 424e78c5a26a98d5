import { type Discovery, groupOf, resourceOf } from '../../lib/kubernetes/discovery.ts'
import type { KubernetesObject } from './kubernetes-object.ts'

/** Groups that Kubernetes moved kinds out of: https://kubernetes.io/docs/reference/using-api/deprecation-guide/ */
const movedGroups: Readonly<Record<string, readonly string[]>> = {
  extensions: ['apps', 'networking.k8s.io', 'policy'],
}

/**
 * Pure: what the cluster has of an object's kind: itself, another version of it, or nothing. Undefined: unknown, because the
 * server of its API did not answer.
 */
export function servedAs(
  discovery: Discovery,
  { apiVersion = '', kind = '' }: KubernetesObject,
): 'served' | { readonly apiVersion: string } | 'absent' | undefined {
  if (resourceOf(discovery, { apiVersion, kind }) !== undefined) return 'served'
  const isUnreachable = (version: string) =>
    discovery.apiVersions.includes(version) && !discovery.resources.some((each) => each.apiVersion === version)
  if (isUnreachable(apiVersion)) return undefined
  const group = groupOf(apiVersion)
  const groups = [group, ...(movedGroups[group] ?? [])]
  // Without those of kinds, such as apps/v1/Deployment.
  const versions = discovery.apiVersions.filter((each) => each.split('/').length <= 2)
  const other = groups
    .flatMap((each) => discovery.resources.filter((resource) => groupOf(resource.apiVersion) === each))
    .find((resource) => resource.kind === kind)
  if (other !== undefined) return { apiVersion: other.apiVersion }
  return versions.some((version) => groupOf(version) === group && isUnreachable(version)) ? undefined : 'absent'
}
