import { Problem } from '../../../../preload/contract/problem.ts'
import { inParallel } from '../../../lib/concurrency/in-parallel.ts'
import { applyObject } from '../../../lib/kubernetes/apply.ts'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { isForbidden } from '../../../lib/kubernetes/failure.ts'
import { type KubernetesObject, nameOf } from '../../observe/kubernetes-object.ts'
import type { Desired } from '../../plan/desired.ts'
import type { Rendered } from '../../plan/install-session.ts'
import { everything, isAllowed } from './permissions.ts'

const rolesGroup = 'rbac.authorization.k8s.io'
const requestsAtOnce = 8
/** To create these, a user must hold what they grant, or the verb beside them. */
const granting: Readonly<Record<string, 'escalate' | 'bind'>> = {
  ClusterRole: 'escalate',
  Role: 'escalate',
  ClusterRoleBinding: 'bind',
  RoleBinding: 'bind',
}

/** A role or binding of the charts, and why the API server refuses to create it for this user. */
export interface RefusedRole {
  readonly role: string
  /** Undefined: it is permitted. */
  readonly refusal?: string
}

/**
 * A user can grant only permissions that they hold themselves, unless they are permitted to `escalate` and `bind`.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
export async function refusedRoles(
  client: KubernetesClient,
  desired: Desired,
  rendered: Rendered,
  signal: AbortSignal,
): Promise<readonly RefusedRole[]> {
  const objects = desired.releases
    .filter(({ via }) => via === 'helm')
    .flatMap(({ name, namespace }) => (rendered.get(name) ?? []).map((object) => ({ object, namespace })))
    .filter(({ object: { kind } }) => granting[kind ?? ''] !== undefined)
  const permitted = await permittedVerbs(client, objects.length, signal)
  return await inParallel(objects, requestsAtOnce, async ({ object, namespace }) => {
    const role = `${object.kind} ${nameOf(object)}`
    if (permitted.has(granting[object.kind ?? ''] ?? '')) return { role }
    const refusal = await refusalOf(client, object, namespace, signal)
    return refusal === undefined ? { role } : { role, refusal }
  })
}

async function permittedVerbs(client: KubernetesClient, count: number, signal: AbortSignal): Promise<Set<string>> {
  if (count === 0) return new Set()
  if (await isAllowed(client, everything, signal)) return new Set(['escalate', 'bind'])
  const verbs = ['escalate', 'bind']
  const allowed = await Promise.all(
    verbs.map((verb) => isAllowed(client, { verb, group: rolesGroup, resource: 'clusterroles' }, signal)),
  )
  return new Set(verbs.filter((_, index) => allowed[index]))
}

async function refusalOf(
  client: KubernetesClient,
  object: KubernetesObject,
  namespace: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const scope = object.kind?.startsWith('Cluster') ? {} : { namespace: object.metadata?.namespace ?? namespace }
  const { apiVersion = `${rolesGroup}/v1`, kind = '' } = object
  const metadata = { ...object.metadata, name: nameOf(object), ...scope }
  try {
    // A dry run is authorized and validated completely, but not stored.
    await applyObject(client, { ...object, apiVersion, kind, metadata }, { force: true, dryRun: true }, signal)
    return undefined
  } catch (error) {
    if (isForbidden(error) && error instanceof Problem) return error.evidence
    // In a namespace that does not exist yet the dry run fails for that reason alone, as does a binding to a role that does not.
    if (error instanceof Problem) return undefined
    throw error
  }
}
