import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { at, textAt } from '../observe/kubernetes-object.ts'

/** One question to the API server's authorizer. */
export interface Permission {
  readonly verb: string
  readonly group: string
  readonly resource: string
  /** Undefined: cluster-wide. */
  readonly namespace?: string
}

const questionsAtOnce = 16

export const sayPermission = ({ verb, group, resource, namespace }: Permission): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}${namespace === undefined ? ' (cluster-wide)' : ` in ${namespace}`}`

/** Asks by SelfSubjectAccessReview, which every user may create and which changes nothing. */
export async function mayI(
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
  const answer = await client.request<unknown>('POST', path, { body }, signal)
  const refused = textAt(answer, 'status', 'evaluationError')
  return at(answer, 'status', 'allowed') === true && refused === undefined
}

export const everything: Permission = { verb: '*', group: '*', resource: '*' }

/** Those of them that this user lacks. */
export async function lacking(
  client: KubernetesClient,
  wanted: readonly Permission[],
  signal: AbortSignal,
): Promise<Permission[]> {
  if (wanted.length === 0 || (await mayI(client, everything, signal))) return []
  const unique = [...new Map(wanted.map((permission) => [sayPermission(permission), permission])).values()]
  const answers = await inParallel(unique, questionsAtOnce, (permission) => mayI(client, permission, signal))
  return unique.filter((_, index) => answers[index] === false)
}
