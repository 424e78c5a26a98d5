import { type KubernetesObject, nameOf } from '../../observe/kubernetes-object.ts'
import { type CheckOutcome, defineCheck, notPermitted, pass, skipped } from '../check.ts'
import { ciliumOptions, networkPluginsIn } from '../rules/network-plugins.ts'

/** Pure. `options`: those of the rendered Cilium. `daemonSets`: of the cluster. */
export function compareKubeProxy(
  options: Readonly<Record<string, string>>,
  daemonSets: readonly KubernetesObject[],
): CheckOutcome {
  const replaces = /^(true|strict)$/.test(options['kube-proxy-replacement'] ?? 'false')
  const running = daemonSets.find((object) => nameOf(object) === 'kube-proxy')
  if (replaces && running !== undefined) {
    return {
      verdict: 'warn',
      message: 'Cilium replaces kube-proxy, and kube-proxy runs as well. Both program the same Services.',
      hint: 'Delete the DaemonSet kube-proxy after the install, and remove its iptables rules, or set kubeProxyReplacement=false.',
      evidence: `DaemonSet ${running.metadata?.namespace}/kube-proxy`,
    }
  }
  if (!replaces && running === undefined) {
    return {
      verdict: 'fail',
      message: 'Cilium does not replace kube-proxy, and no DaemonSet kube-proxy exists. Services may not work.',
      hint: 'Set kubeProxyReplacement=true, or run kube-proxy. k3s and k0s run kube-proxy inside their own process: then this can be ignored.',
    }
  }
  return pass(replaces ? 'Cilium replaces kube-proxy, which does not run.' : 'kube-proxy runs beside Cilium.')
}

export const cniKubeProxy = defineCheck({
  id: 'cni.kube-proxy',
  title: 'kube-proxy',
  category: 'network',
  severity: 'warn',
  needs: ['rendered', 'daemonSets'],
  about:
    'If a chart of the plane brings Cilium: exactly one of Cilium (`kube-proxy-replacement`) and kube-proxy programs the Services.',
  remedy:
    'EKS and kubeadm: delete the DaemonSet `kube-proxy`, or the add-on of that name. AKS: `--network-plugin none` with kube-proxy disabled. GKE manages kube-proxy itself. With the replacement, Cilium also needs `k8sServiceHost` and `k8sServicePort`.',
  decide({ rendered, daemonSets }) {
    const objects = [...rendered.values()].flat()
    if (!networkPluginsIn(objects).some(({ name }) => name === 'Cilium'))
      return skipped('No chart of the plane brings Cilium.')
    if (daemonSets === undefined) return notPermitted('list daemonsets')
    return compareKubeProxy(ciliumOptions(objects), daemonSets)
  },
})
