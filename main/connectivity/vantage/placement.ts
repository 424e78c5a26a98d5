import type { Vantage } from '../../../preload/contract/connectivity.ts'
import type { ProxyEnvironment } from '../probe/target.ts'

/** The parts of a component's pod template that the probe's pod copies, so that network policies treat both alike. */
interface PodTemplate {
  readonly serviceAccount: string
  /** Labels that network policies select by; never enough for a Service to send the pod traffic. */
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly nodeSelector: Readonly<Record<string, string>>
  readonly tolerations: readonly unknown[]
  /** The component's proxy settings, if its pod template has them as plain values. */
  readonly proxies: ProxyEnvironment
}

/** Where the probe's pod runs. */
export interface Placement {
  readonly vantage: Vantage
  readonly namespace: string
  /** The pod uses the node's network. */
  readonly hostNetwork: boolean
  /** Name of the node to run on; undefined: any. */
  readonly node: string | undefined
  readonly template: PodTemplate | undefined
  /** Used by workloads of the namespace to pull their images. */
  readonly imagePullSecrets: readonly { readonly name: string }[]
  /** Labels of the running pods that the user can choose instead; none: any pod of the namespace. */
  readonly pods: Readonly<Record<string, string>>
}

export const noProxies: ProxyEnvironment = { httpsProxy: '', httpProxy: '', noProxy: '' }
