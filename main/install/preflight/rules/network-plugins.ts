import { at, type KubernetesObject, listAt, nameOf, textAt } from '../../observe/kubernetes-object.ts'

/** A network plugin (CNI), by the image of its DaemonSet, since the name of the DaemonSet can be any. */
interface NetworkPlugin {
  readonly name: string
  readonly image: RegExp
  /** Its DaemonSet has this name where the platform's own registry names the image differently. */
  readonly daemonSet?: RegExp
}

const plugins: readonly NetworkPlugin[] = [
  // AKS with Azure CNI powered by Cilium, and GKE Dataplane V2, run a Cilium of the platform.
  { name: 'GKE Dataplane V2', image: /\/gke\.gcr\.io\/cilium|gke-release.*\/anetd/, daemonSet: /^anetd$/ },
  { name: 'Cilium', image: /(^|\/)cilium(-ci|-dev)?(:|@|$)/, daemonSet: /^cilium$/ },
  { name: 'Calico', image: /(^|\/)calico\/node(:|@|$)|(^|\/)node:.*calico/, daemonSet: /^calico-node$/ },
  { name: 'Flannel', image: /(^|\/)flannel(:|@|$)/, daemonSet: /^(kube-)?flannel/ },
  { name: 'kindnet', image: /(^|\/)kindnetd?(:|@|$)/, daemonSet: /^kindnet$/ },
  { name: 'AWS VPC CNI', image: /(^|\/)amazon-k8s-cni(:|@|$)/, daemonSet: /^aws-node$/ },
  { name: 'Azure CNI', image: /(^|\/)azure-cn[is](:|@|$)/, daemonSet: /^azure-cn[is]/ },
  { name: 'Weave Net', image: /(^|\/)weave-kube(:|@|$)/, daemonSet: /^weave-net$/ },
  { name: 'Antrea', image: /(^|\/)antrea-agent/, daemonSet: /^antrea-agent$/ },
  { name: 'Kube-router', image: /(^|\/)kube-router(:|@|$)/, daemonSet: /^kube-router$/ },
  { name: 'OVN-Kubernetes', image: /(^|\/)ovn-kube/, daemonSet: /^ovnkube-node/ },
]

export interface FoundPlugin {
  readonly name: string
  readonly object: KubernetesObject
}

const imagesOf = (daemonSet: KubernetesObject): string[] =>
  listAt(daemonSet, 'spec', 'template', 'spec', 'containers').flatMap((each) => textAt(each, 'image') ?? [])

/** Pure: the network plugins among DaemonSets of charts or of a cluster. */
export const networkPluginsIn = (objects: readonly KubernetesObject[]): FoundPlugin[] =>
  objects
    .filter(({ kind }) => kind === 'DaemonSet')
    .flatMap((object) => {
      const plugin = plugins.find(
        ({ image, daemonSet }) =>
          imagesOf(object).some((name) => image.test(name)) || daemonSet?.test(nameOf(object)) === true,
      )
      return plugin === undefined ? [] : [{ name: plugin.name, object }]
    })

/** The options of a rendered Cilium; empty if the charts render none. */
export function ciliumOptions(objects: readonly KubernetesObject[]): Readonly<Record<string, string>> {
  const config = objects.find((object) => object.kind === 'ConfigMap' && nameOf(object) === 'cilium-config')
  const data = at(config, 'data')
  return typeof data === 'object' && data !== null ? (data as Record<string, string>) : {} // a ConfigMap's data are texts
}

/** `1.15.19` of the image of a rendered Cilium agent; undefined if there is none, or its tag is no version. */
export function ciliumVersion(objects: readonly KubernetesObject[]): string | undefined {
  const cilium = networkPluginsIn(objects).find(({ name }) => name === 'Cilium')
  return cilium && imagesOf(cilium.object).flatMap((image) => /:v?(\d+\.\d+\.\d+)/.exec(image)?.[1] ?? [])[0]
}
