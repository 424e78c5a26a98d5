import { at, type KubernetesObject, nameOf } from '../../observe/kubernetes-object.ts'
import type { PlacedObject } from '../../observe/live-objects.ts'
import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'
import { cloudOf, type Platform, platformNames, platformOf } from '../rules/platform.ts'

interface CloudIdentity {
  readonly cloud: 'azure' | 'aws' | 'gcp'
  readonly title: string
  /** Annotation of a ServiceAccount. */
  readonly annotation: string
  readonly webhook?: RegExp
}

const identities: readonly CloudIdentity[] = [
  {
    cloud: 'azure',
    title: 'Microsoft Entra Workload ID',
    annotation: 'azure.workload.identity/client-id',
    webhook: /azure-wi-webhook/,
  },
  {
    cloud: 'aws',
    title: 'IAM Roles for Service Accounts',
    annotation: 'eks.amazonaws.com/role-arn',
    webhook: /pod-identity-webhook/,
  },
  { cloud: 'gcp', title: 'Workload Identity Federation for GKE', annotation: 'iam.gke.io/gcp-service-account' },
]

/** Pure. `webhooks`: undefined if they cannot be read. */
export function compareIdentities(
  placed: readonly PlacedObject[],
  webhooks: readonly KubernetesObject[] | undefined,
  nodes: readonly KubernetesObject[],
): CheckOutcome {
  const platform: Platform = platformOf(nodes)
  const used = placed.flatMap(({ namespace, object }) => {
    if (object.kind !== 'ServiceAccount') return []
    const identity = identities.find(
      ({ annotation }) => at(object, 'metadata', 'annotations', annotation) !== undefined,
    )
    return identity === undefined ? [] : [{ identity, of: `${namespace}/${nameOf(object)}` }]
  })
  if (used.length === 0) return skipped('No ServiceAccount of the charts has an identity of a cloud.')
  const evidence = used.map(({ identity, of }) => `${of}: ${identity.title}`).join('\n')
  const elsewhere = used.filter(({ identity }) => identity.cloud !== cloudOf(platform))
  const missing = used.filter(
    ({ identity }) =>
      identity.webhook !== undefined &&
      webhooks !== undefined &&
      !webhooks.some((each) => identity.webhook?.test(nameOf(each))),
  )
  if (missing.length > 0) {
    const titles = [...new Set(missing.map(({ identity }) => identity.title))]
    return {
      verdict: 'fail',
      message: `${summary(titles)} is not set up in this cluster; pods get no token of the cloud.`,
      hint: 'AKS: az aks update --enable-oidc-issuer --enable-workload-identity. Elsewhere install the webhook of the provider.',
      evidence,
    }
  }
  if (elsewhere.length > 0) {
    return {
      verdict: 'warn',
      message: `The charts use ${elsewhere[0]?.identity.title}, and the nodes are of ${platformNames[platform]}.`,
      hint: 'Check that the issuer of this cluster’s tokens is registered with the cloud, or set another way of signing in in the values.',
      evidence,
    }
  }
  return pass(`${used.length} ServiceAccounts have an identity of ${platformNames[platform]}.`, evidence)
}

export const identityWorkload = defineCheck({
  id: 'identity.workload',
  title: 'Cloud identities',
  category: 'services',
  severity: 'warn',
  needs: ['placed', 'webhooks', 'nodes'],
  about:
    'If ServiceAccounts of the charts have an identity of Azure, AWS or Google Cloud (for a key vault, a registry or DNS): the cluster is of that cloud, and has the webhook that gives pods their token. Whether the role permits what the pod does is not visible here.',
  remedy:
    'AKS: enable the OIDC issuer and workload identity, and create the federated credential for namespace and ServiceAccount. EKS: associate the OIDC provider and trust it in the role, or use EKS Pod Identity. GKE: enable Workload Identity Federation on cluster and node pool, and bind `roles/iam.workloadIdentityUser`. On premises: use a stored credential.',
  decide: ({ placed, webhooks, nodes }) => compareIdentities(placed, webhooks, nodes ?? []),
})
