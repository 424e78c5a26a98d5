import { createHash } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import type { Profile } from '../../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../../preload/contract/words.ts'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { processId } from '../../../lib/process-id.ts'
import { substituteText } from '../../../lib/rules/substitution.ts'
import { processLabel } from '../pod/leftovers.ts'
import type { Starter } from '../pod/manifest.ts'

/** A workload that runs a component. */
export interface WorkloadName {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

export interface PlaneComponent {
  readonly id: string
  readonly title: string
  /** Deployments, StatefulSets and DaemonSets: kinds with a pod template. */
  readonly workloads: readonly WorkloadName[]
}

/** The parts of a plane's cluster that vantages use. */
export interface PlaneCluster {
  readonly open: (signal: AbortSignal) => Promise<KubernetesClient>
  /** Its name in the kubeconfig, for messages. */
  readonly contextName: string
  /** `proxy-url` of the kubeconfig, without user and password; absent: none. */
  readonly proxyUrl?: string | undefined
  /** Of the plane's releases, in order; at least one. */
  readonly namespaces: readonly string[]
  /** The namespace that the user chose for probe pods; absent: Hangar chooses. */
  readonly namespace?: string | undefined
  readonly components: readonly PlaneComponent[]
  /** Any image with Node; empty: none is set. */
  readonly probeImage: string
}

const runsPods: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

/** The cluster of a plane of this profile. Pure. */
export function clusterOf(
  { releases, components, probeImage = '' }: Pick<Profile, 'releases' | 'components' | 'probeImage'>,
  settings: JsonObject,
  context: Pick<PlaneCluster, 'open' | 'contextName' | 'proxyUrl'>,
): PlaneCluster {
  const image = substituteText(probeImage, settings)
  return {
    ...context,
    namespaces: [...new Set(releases.map(({ namespace }) => namespace))],
    components: components.map(({ id, title, parts }) => ({
      id,
      title,
      workloads: parts
        .filter(({ kind }) => runsPods.has(kind))
        .map(({ kind, namespace = 'default', name }) => ({ kind, namespace, name })),
    })),
    probeImage: image.missing.length === 0 ? image.text : '',
  }
}

/** Identifies this user on this computer without revealing either. */
export function hostHash(): string {
  const user = (() => {
    try {
      return userInfo().username
    } catch {
      return '' // this user has no entry in the password database
    }
  })()
  return createHash('sha256').update(`${hostname()}\n${user}`).digest('hex').slice(0, 32)
}

export const starterOf = (runId: string): Starter => ({
  runId,
  host: hostHash(),
  process: processLabel(processId(process.pid)),
})
