import { defineCheck, pass, skipped } from '../check.ts'

export const rbacEscalate = defineCheck({
  id: 'rbac.escalate',
  title: 'Permission to grant roles',
  category: 'permissions',
  severity: 'strict',
  needs: ['refusedRoles'],
  about:
    'A user can create a role only with permissions that they hold themselves, and a binding only to such a role, unless they have the verbs `escalate` and `bind`. The API server is asked by a dry run of each role and binding of the charts, which stores nothing.',
  remedy:
    'Use a user who is bound to `cluster-admin`, or grant `escalate` on `roles` and `clusterroles`, and `bind` on them, in `rbac.authorization.k8s.io`. On GKE, IAM’s _Kubernetes Engine Developer_ does not include them.',
  decide({ refusedRoles }) {
    if (refusedRoles.length === 0) return skipped('The charts contain no roles.')
    const refused = refusedRoles.filter(({ refusal }) => refusal !== undefined)
    if (refused.length === 0) return pass(`This user can create all ${refusedRoles.length} roles and bindings.`)
    return {
      verdict: 'fail',
      message: `This user is not permitted to grant ${refused.length} of ${refusedRoles.length} roles and bindings.`,
      hint: 'Use a user that has these permissions itself, or the verbs "escalate" and "bind" on roles.',
      evidence: refused.map(({ role, refusal }) => `${role}: ${refusal}`).join('\n'),
    }
  },
})
