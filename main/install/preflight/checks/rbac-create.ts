import { defineCheck, pass } from '../check.ts'
import { formatPermission } from '../facts/permissions.ts'

const shownAtMost = 12

export const rbacCreate = defineCheck({
  id: 'rbac.create',
  title: 'Permissions of this user',
  category: 'permissions',
  severity: 'strict',
  needs: ['missingPermissions'],
  about:
    'Asks the API server (SelfSubjectAccessReview) for the verbs `create`, `get`, `list`, `watch`, `patch` and `delete` on each kind of object that the charts render, in its namespace, and for Helm’s Secrets, the Lease and the namespaces of Hangar itself.',
  remedy:
    'The evidence lists each missing permission. On AKS with Azure RBAC, assign _Azure Kubernetes Service RBAC Cluster Admin_. On EKS, associate the access policy _AmazonEKSClusterAdminPolicy_ with the access entry. On GKE, IAM’s _Kubernetes Engine Admin_ includes the roles of RBAC. Elsewhere, bind a ClusterRole with these permissions.',
  decide({ missingPermissions }) {
    if (missingPermissions.length === 0) return pass('This user is permitted to create, watch and delete all objects.')
    const lines = missingPermissions.map(formatPermission)
    const more = lines.length > shownAtMost ? ` and ${lines.length - shownAtMost} more` : ''
    return {
      verdict: 'fail',
      message: `This user is not permitted to: ${lines.slice(0, shownAtMost).join('; ')}${more}.`,
      hint: 'Ask the cluster administrator for these permissions, or use another user.',
      evidence: lines.join('\n'),
    }
  },
})
