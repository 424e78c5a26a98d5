import { Problem } from '../../../preload/contract/problem.ts'
import { applyObject } from '../../lib/kubernetes/apply.ts'
import { isForbidden } from '../../lib/kubernetes/failure.ts'
import { type KubernetesObject, nameOf } from '../observe/kubernetes-object.ts'
import { type Check, pass, skipped } from './check.ts'
import { everything, isAllowed } from './permissions.ts'

const rolesGroup = 'rbac.authorization.k8s.io'

/**
 * A user can grant only permissions that they hold themselves, unless they are permitted to `escalate` and `bind`.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
export const rbacEscalate: Check = {
  id: 'rbac.escalate',
  title: 'Permission to grant roles',
  strict: true,
  limitMs: 20_000,
  async run(facts, signal) {
    const [desired, rendered] = await Promise.all([facts.desired(), facts.rendered()])
    const roles = desired.releases
      .filter(({ via }) => via === 'helm')
      .flatMap(({ name, namespace }) => (rendered.get(name) ?? []).map((object) => ({ object, namespace })))
      .filter(({ object: { kind } }) => kind === 'ClusterRole' || kind === 'Role')
    if (roles.length === 0) return skipped('The charts contain no roles.')
    const { client } = facts
    if (await isAllowed(client, everything, signal)) return pass('This user has all permissions in the cluster.')
    const permitted = await Promise.all(
      ['escalate', 'bind'].map((verb) =>
        isAllowed(client, { verb, group: rolesGroup, resource: 'clusterroles' }, signal),
      ),
    )
    if (permitted.every(Boolean)) return pass('This user is permitted to escalate and bind roles.')
    const refused: string[] = []
    for (const { object, namespace } of roles) {
      const refusal = await refusalOf(object, namespace)
      if (refusal !== undefined) refused.push(refusal)
    }
    if (refused.length === 0) return pass('This user has all permissions that the roles of the charts grant.')
    return {
      verdict: 'fail',
      message: `This user is not permitted to grant ${refused.length} of ${roles.length} roles.`,
      hint: 'Use a user that has these permissions itself, or the verbs "escalate" and "bind" on roles.',
      evidence: refused.join('\n'),
    }

    async function refusalOf(object: KubernetesObject, namespace: string): Promise<string | undefined> {
      const scope = object.kind === 'Role' ? { namespace: object.metadata?.namespace ?? namespace } : {}
      const { apiVersion = `${rolesGroup}/v1`, kind = '' } = object
      const metadata = { ...object.metadata, name: nameOf(object), ...scope }
      try {
        // A dry run is authorized and validated completely, but not stored.
        await applyObject(client, { ...object, apiVersion, kind, metadata }, { force: true, dryRun: true }, signal)
        return undefined
      } catch (error) {
        if (isForbidden(error) && error instanceof Problem) return `${object.kind} ${nameOf(object)}: ${error.evidence}`
        // In a namespace that does not exist yet the dry run fails for that reason alone.
        if (error instanceof Problem) return undefined
        throw error
      }
    }
  },
}
