import { inParallel } from '../../../lib/concurrency/in-parallel.ts'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { at, textAt } from '../../observe/kubernetes-object.ts'

export interface Permission {
  readonly verb: string
  readonly group: string
  readonly resource: string
  /** Undefined: cluster-wide. */
  readonly namespace?: string
}

const reviewsAtOnce = 16

/** `create deployments.apps in NAMESPACE` */
export const formatPermission = ({ verb, group, resource, namespace }: Permission): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}${namespace === undefined ? ' (cluster-wide)' : ` in ${namespace}`}`

/** By SelfSubjectAccessReview, which every user is permitted to create and which changes nothing. */
export async function isAllowed(
  client: KubernetesClient,
  { verb, group, resource, namespace }: Permission,
  signal: AbortSignal,
): Promise<boolean> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { verb, group, resource, namespace } },
  }
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
  const review = await client.request<unknown>('POST', path, { body }, signal)
  const evaluationError = textAt(review, 'status', 'evaluationError')
  return at(review, 'status', 'allowed') === true && evaluationError === undefined
}

export const everything: Permission = { verb: '*', group: '*', resource: '*' }

/** The permissions that this user lacks. */
export async function missingPermissions(
  client: KubernetesClient,
  needed: readonly Permission[],
  signal: AbortSignal,
): Promise<Permission[]> {
  if (needed.length === 0 || (await isAllowed(client, everything, signal))) return []
  const unique = [...new Map(needed.map((permission) => [formatPermission(permission), permission])).values()]
  const allowed = await inParallel(unique, reviewsAtOnce, (permission) => isAllowed(client, permission, signal))
  return unique.filter((_, index) => allowed[index] === false)
}
