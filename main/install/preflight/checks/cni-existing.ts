import { type KubernetesObject, nameOf } from '../../observe/kubernetes-object.ts'
import { type CheckOutcome, defineCheck, notPermitted, pass, skipped } from '../check.ts'
import { ciliumOptions, type FoundPlugin, networkPluginsIn } from '../rules/network-plugins.ts'
import { type Platform, platformNames, platformOf } from '../rules/platform.ts'

const hints: Readonly<Record<Platform, string>> = {
  aks: 'Create the AKS cluster with "--network-plugin none" to bring a network plugin of your own.',
  azure: 'Remove the existing network plugin first, node by node.',
  eks: 'Chain Cilium to it (cni.chainingMode=aws-cni), or delete the DaemonSet aws-node first, and restart all pods afterwards.',
  aws: 'Remove the existing network plugin first, node by node.',
  gke: 'GKE has its own network plugin; with Dataplane V2 it cannot be replaced. Use a cluster without it, or leave Cilium out of the plane.',
  gcp: 'Remove the existing network plugin first, node by node.',
  other: 'Remove the existing network plugin first, or migrate node by node as the documentation of Cilium describes.',
}

const isSame = (a: KubernetesObject, b: KubernetesObject): boolean =>
  nameOf(a) === nameOf(b) && a.metadata?.namespace === b.metadata?.namespace

const describe = ({ name, object }: FoundPlugin): string =>
  `${name} (DaemonSet ${object.metadata?.namespace}/${nameOf(object)})`

/** Pure. `planned`: DaemonSets of the charts, each with its namespace. */
export function compareNetworkPlugins(
  planned: readonly FoundPlugin[],
  existing: readonly FoundPlugin[],
  chaining: string,
  platform: Platform,
): CheckOutcome {
  const evidence = existing.map(describe).join('\n')
  if (planned.length === 0) {
    if (existing.length > 0) return pass(`The cluster has ${existing.map(({ name }) => name).join(', ')}.`, evidence)
    return skipped('The plane brings no network plugin, and none of the known ones was found in the cluster.')
  }
  const [own] = planned
  const others = existing.filter(({ object }) => !planned.some((each) => isSame(each.object, object)))
  if (others.length === 0) return pass(`No other network plugin is beside ${own?.name}.`, evidence)
  const chained = others.every(({ name }) => name === 'AWS VPC CNI' && chaining === 'aws-cni')
  if (chained) return pass(`${own?.name} is chained to AWS VPC CNI.`, evidence)
  return {
    verdict: 'fail',
    message: `The plane installs ${own?.name}, and the cluster (${platformNames[platform]}) has ${others.map(describe).join(', ')}. Two network plugins break the network of all pods.`,
    hint: hints[platform],
    evidence,
  }
}

export const cniExisting = defineCheck({
  id: 'cni.existing',
  title: 'Other network plugins',
  category: 'network',
  severity: 'strict',
  needs: ['placed', 'daemonSets', 'nodes'],
  about:
    'If a chart of the plane brings a network plugin (CNI), no other one runs in the cluster: both write into `/etc/cni/net.d` of each node, and pods lose their network. Plugins are recognised by the images and names of their DaemonSets.',
  remedy:
    'AKS: create the cluster with `--network-plugin none`. EKS: set `cni.chainingMode=aws-cni`, or delete `aws-node` before. GKE: Dataplane V2 is a Cilium of Google’s and cannot be replaced. kind, k3s and others: disable their own plugin when the cluster is created (`disableDefaultCNI`, `--flannel-backend=none`). A plane on such a cluster can also leave its own plugin out.',
  decide({ placed, daemonSets, nodes }) {
    const planned = networkPluginsIn(
      placed.map(({ object, namespace }) => ({ ...object, metadata: { ...object.metadata, namespace } })),
    )
    if (daemonSets === undefined) return notPermitted('list daemonsets')
    const chaining = ciliumOptions(placed.map(({ object }) => object))['cni-chaining-mode'] ?? ''
    return compareNetworkPlugins(planned, networkPluginsIn(daemonSets), chaining, platformOf(nodes ?? []))
  },
})
