import { Problem } from '../../../preload/contract/problem.ts'
import { applyObject } from '../../lib/kubernetes/apply.ts'
import { isForbidden } from '../../lib/kubernetes/failure.ts'
import { type KubernetesObject, nameOf } from '../observe/kubernetes-object.ts'
import { type Check, pass, skipped } from './check.ts'
import { everything, mayI } from './permissions.ts'

const rolesGroup = 'rbac.authorization.k8s.io'

/**
 * Kubernetes lets nobody grant what they do not hold, unless they may `escalate` and `bind`.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
export const rbacEscalate: Check = {
  id: 'rbac.escalate',
  title: 'Permission to grant the roles of the charts',
  strict: true,
  limitMs: 20_000,
  async look(facts, signal) {
    const [wanted, rendered] = await Promise.all([facts.wanted(), facts.rendered()])
    const roles = wanted.releases
      .filter(({ via }) => via === 'helm')
      .flatMap(({ name, namespace }) => (rendered.get(name) ?? []).map((object) => ({ object, namespace })))
      .filter(({ object: { kind } }) => kind === 'ClusterRole' || kind === 'Role')
    if (roles.length === 0) return skipped('The charts bring no roles.')
    const { client } = facts
    if (await mayI(client, everything, signal)) return pass('This user administers the cluster.')
    const may = await Promise.all(
      ['escalate', 'bind'].map((verb) => mayI(client, { verb, group: rolesGroup, resource: 'clusterroles' }, signal)),
    )
    if (may.every(Boolean)) return pass('This user may escalate and bind roles.')
    const refused: string[] = []
    for (const { object, namespace } of roles) {
      const said = await tryRole(object, namespace)
      if (said !== undefined) refused.push(said)
    }
    if (refused.length === 0) return pass('This user holds what the roles of the charts grant.')
    return {
      verdict: 'fail',
      message: `This user may not grant ${refused.length} of ${roles.length} roles.`,
      hint: 'Use a user that holds these permissions itself, or that may "escalate" and "bind" roles.',
      evidence: refused.join('\n'),
    }

    async function tryRole(object: KubernetesObject, namespace: string): Promise<string | undefined> {
      const place = object.kind === 'Role' ? { namespace: object.metadata?.namespace ?? namespace } : {}
      const { apiVersion = `${rolesGroup}/v1`, kind = '' } = object
      const metadata = { ...object.metadata, name: nameOf(object), ...place }
      try {
        // Checked as a whole and stored nowhere.
        await applyObject(client, { ...object, apiVersion, kind, metadata }, { force: true, dryRun: true }, signal)
        return undefined
      } catch (error) {
        if (isForbidden(error) && error instanceof Problem) return `${object.kind} ${nameOf(object)}: ${error.evidence}`
        // A namespace that is not there yet hinders only the trial.
        if (error instanceof Problem) return undefined
        throw error
      }
    }
  },
}
