import { type CheckOutcome, defineCheck, pass } from '../check.ts'
import { networkPluginsIn } from '../rules/network-plugins.ts'

/** Pure. `ready`: ready addresses of the Service kube-dns; undefined if it cannot be read. */
export function compareDns(exists: boolean, ready: number | undefined, bringsNetwork: boolean): CheckOutcome {
  const hint =
    'Fix the Deployment of CoreDNS in kube-system: read the events and logs of its pods. Names of Services do not resolve without it.'
  if (!exists) {
    return {
      verdict: 'warn',
      message: 'There is no Service kube-dns in kube-system, by which pods find the DNS of the cluster.',
      hint: 'Clusters with NodeLocal DNSCache alone, or another DNS, can work. Otherwise install CoreDNS.',
    }
  }
  if (ready === undefined) {
    return {
      verdict: 'unknown',
      message: 'The addresses of the Service kube-dns cannot be read.',
      hint: 'Ask the cluster administrator for "list endpointslices" in kube-system.',
    }
  }
  if (ready > 0) return pass(`The DNS of the cluster has ${ready} ready addresses.`)
  if (bringsNetwork)
    return {
      verdict: 'warn',
      message: 'The DNS of the cluster is not ready. It starts once the plane has installed its network plugin.',
    }
  return { verdict: 'fail', message: 'The DNS of the cluster has no ready pod.', hint }
}

export const dnsCluster = defineCheck({
  id: 'dns.cluster',
  title: 'Cluster DNS',
  category: 'network',
  severity: 'warn',
  needs: ['services', 'readyEndpoints', 'rendered'],
  about:
    'The Service `kube-dns` in `kube-system` exists and has ready addresses. Whether a pod resolves names is the question of the deep check `dns.resolve`.',
  remedy:
    '`kubectl -n kube-system get pods -l k8s-app=kube-dns` shows its pods. A Corefile that is wrong, a loop (`plugin/loop` in the log) and nodes without room are the usual reasons. AKS takes additions in the ConfigMap `coredns-custom`, EKS in the add-on `coredns`; GKE runs kube-dns or Cloud DNS.',
  decide({ services, readyEndpoints, rendered }) {
    const exists = services === undefined || services.some(({ metadata }) => metadata?.name === 'kube-dns')
    const bringsNetwork = networkPluginsIn([...rendered.values()].flat()).length > 0
    return compareDns(exists, readyEndpoints.get('kube-system/kube-dns'), bringsNetwork)
  },
})
