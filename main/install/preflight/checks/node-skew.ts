import { coerce } from 'semver'
import { type KubernetesObject, nameOf, textAt } from '../../observe/kubernetes-object.ts'
import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'
import { nodesNotListed } from '../rules/nodes.ts'

/** https://kubernetes.io/releases/version-skew-policy/#kubelet */
const kubeletMinorsBehind = 3

/** Pure. `version`: of the API server. */
export function compareSkew(nodes: readonly KubernetesObject[], version: string): CheckOutcome {
  const server = coerce(version)
  if (nodes.length === 0 || server === null) return skipped('There are no versions to compare.')
  const faults = nodes.flatMap((node) => {
    const text = textAt(node, 'status', 'nodeInfo', 'kubeletVersion') ?? ''
    // A simulated kubelet (kwok-0.8.0) has a version of its own, which says nothing of Kubernetes.
    const kubelet = /^v?\d/.test(text) ? coerce(text) : null
    if (kubelet === null) return []
    const behind = server.minor - kubelet.minor
    if (behind < 0) return [`${nameOf(node)}: kubelet ${text} is newer than the API server`]
    return behind > kubeletMinorsBehind ? [`${nameOf(node)}: kubelet ${text} is ${behind} minor versions behind`] : []
  })
  if (faults.length === 0) return pass(`The kubelets are compatible with the API server ${version}.`)
  return {
    verdict: 'fail',
    message: `Unsupported kubelet versions beside the API server ${version}: ${summary(faults, 3)}.`,
    hint: `Upgrade the nodes. A kubelet can be up to ${kubeletMinorsBehind} minor versions older than the API server, and never newer.`,
    evidence: faults.join('\n'),
  }
}

export const nodeSkew = defineCheck({
  id: 'node.skew',
  title: 'Kubelet versions',
  category: 'nodes',
  severity: 'warn',
  needs: ['nodes', 'discovery'],
  about:
    'Compares the version of each kubelet with the API server, by the version skew policy of Kubernetes: at most three minor versions older, never newer.',
  remedy:
    'Upgrade the node pools: `az aks nodepool upgrade`, `aws eks update-nodegroup-version`, `gcloud container clusters upgrade --node-pool`, or drain the node and install the newer kubelet.',
  decide: ({ nodes, discovery }) => (nodes === undefined ? nodesNotListed : compareSkew(nodes, discovery.version)),
})
