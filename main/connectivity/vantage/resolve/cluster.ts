import { createHash } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import type { Profile } from '../../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../../preload/contract/words.ts'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { processId } from '../../../lib/process-id.ts'
import { substitute } from '../../plan/settings.ts'
import { sayProcess } from '../pod/leftovers.ts'
import type { Starter } from '../pod/manifest.ts'

/** A workload that carries a component. */
export interface WorkloadName {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

export interface PlaneComponent {
  readonly id: string
  readonly title: string
  /** Deployments, StatefulSets and DaemonSets alone have pods like theirs. */
  readonly workloads: readonly WorkloadName[]
}

/** The cluster of a plane, as vantages need to know it. */
export interface PlaneCluster {
  readonly open: (signal: AbortSignal) => Promise<KubernetesClient>
  /** As the kubeconfig calls it, for words. */
  readonly contextName: string
  /** `proxy-url` of the kubeconfig, without user and password; absent: it has none. */
  readonly proxyUrl?: string | undefined
  /** Of the plane's releases, in their order; at least one. */
  readonly namespaces: readonly string[]
  /** Where a person wants pods to be started; absent: where it fits. */
  readonly namespace?: string | undefined
  readonly components: readonly PlaneComponent[]
  /** Any image with Node; empty: none is named. */
  readonly probeImage: string
}

const runsPods: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

/** The cluster of a plane of this profile. Pure. */
export function clusterOf(
  { releases, components, probeImage = '' }: Pick<Profile, 'releases' | 'components' | 'probeImage'>,
  settings: JsonObject,
  context: Pick<PlaneCluster, 'open' | 'contextName' | 'proxyUrl'>,
): PlaneCluster {
  const image = substitute(probeImage, settings)
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

/** Which user of which computer this is, without saying either. */
export function hostMark(): string {
  const user = (() => {
    try {
      return userInfo().username
    } catch {
      return '' // a user without an entry in the system's list
    }
  })()
  return createHash('sha256').update(`${hostname()}\n${user}`).digest('hex').slice(0, 32)
}

export const starterOf = (runId: string): Starter => ({
  runId,
  host: hostMark(),
  process: sayProcess(processId(process.pid)),
})
