import type { Vantage } from '../../../preload/contract/connectivity.ts'
import type { ProxyEnvironment } from '../probe/target.ts'

/** What a probe's pod takes over from the workload of a component, so that the network treats it alike. */
interface PodTemplate {
  readonly serviceAccount: string
  /** Those that network policies select by; never enough for a Service to find the pod. */
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly nodeSelector: Readonly<Record<string, string>>
  readonly tolerations: readonly unknown[]
  /** The component's own, where its pod template has them in the clear. */
  readonly proxies: ProxyEnvironment
}

/** Where a pod is to be started. */
export interface Placement {
  readonly vantage: Vantage
  readonly namespace: string
  /** In the network of a node. */
  readonly hostNetwork: boolean
  /** Name of the node to run on; undefined: any. */
  readonly node: string | undefined
  readonly template: PodTemplate | undefined
  /** By which workloads of the namespace fetch their images. */
  readonly imagePullSecrets: readonly { readonly name: string }[]
  /** Labels of the pods that may stand in for it; none: any in the namespace. */
  readonly pods: Readonly<Record<string, string>>
}

export const noProxies: ProxyEnvironment = { httpsProxy: '', httpProxy: '', noProxy: '' }
