import type { V1Pod } from '@kubernetes/client-node'
import type { ExistingPod } from '../../../../preload/contract/connectivity.ts'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { listObjects } from '../../../lib/kubernetes/objects.ts'
import type { Raw } from '../../../lib/kubernetes/raw.ts'
import type { KubernetesObject } from '../../../lib/kubernetes/resources.ts'
import { parseQuantity } from '../../../lib/rules/quantity.ts'
import { execPermissions, missingPermissions } from '../permissions.ts'
import type { Placement } from '../placement.ts'
import { labelKeys } from '../pod/manifest.ts'

/** A running container in which a check can be executed. */
export interface ExecCandidate {
  readonly pod: string
  readonly container: string
  readonly image: string
  /** Whether its memory limit leaves room for Node; exceeding it would kill the container's own program. */
  readonly hasMemory: boolean
}

const candidatesLimit = 3
const listLimitMs = 5_000
/** Three times the memory that Node needs for the probe. */
const roomBytes = 256 * 1024 * 1024

/** Containers of a pod that run. Pure. */
export function runningContainers(pod: KubernetesObject): readonly ExecCandidate[] {
  const { spec, status } = pod as Raw<V1Pod> // the kind that was listed
  const { labels = {}, deletionTimestamp, name } = pod.metadata
  if (status?.phase !== 'Running' || deletionTimestamp !== undefined || labels[labelKeys.probe] !== undefined) return []
  const running = new Set(status.containerStatuses?.filter(({ state }) => state?.running).map(({ name }) => name))
  return (spec?.containers ?? [])
    .filter((container) => running.has(container.name))
    .map(({ name: container, image = '', resources }) => {
      return { pod: name, container, image, hasMemory: hasRoom(resources?.limits?.memory) }
    })
}

/** Running containers in the network of the placement, one for each image. Pure. */
export function execCandidates(
  pods: readonly KubernetesObject[],
  { hostNetwork, node, pods: podLabels }: Placement,
): readonly ExecCandidate[] {
  const candidates = pods.flatMap((pod): readonly ExecCandidate[] => {
    const { spec } = pod as Raw<V1Pod> // the kind that was listed
    const { labels = {} } = pod.metadata
    if ((spec?.hostNetwork === true) !== hostNetwork || (node !== undefined && spec?.nodeName !== node)) return []
    if (Object.entries(podLabels).some(([key, value]) => labels[key] !== value)) return []
    return runningContainers(pod)
  })
  const sorted = candidates.toSorted((a, b) => Number(b.hasMemory) - Number(a.hasMemory) || a.pod.localeCompare(b.pod))
  return sorted
    .filter(({ image }, index) => sorted.findIndex((other) => other.image === image) === index)
    .slice(0, candidatesLimit)
}

/** The pods that the user can choose where a probe was refused. Lists only: nothing is executed. Empty if that is not permitted. */
export async function existingPodsFor(
  client: KubernetesClient,
  placement: Placement,
  signal: AbortSignal,
): Promise<ExistingPod[]> {
  const { namespace } = placement
  const limit = AbortSignal.any([signal, AbortSignal.timeout(listLimitMs)])
  try {
    if ((await missingPermissions(client, namespace, execPermissions, limit)).length > 0) return []
    const pods = await listObjects(client, { apiVersion: 'v1', kind: 'Pod' }, { namespace }, limit)
    return execCandidates(pods, placement).map(({ pod, container }) => ({ namespace, pod, container }))
  } catch {
    signal.throwIfAborted()
    return [] // the refusal itself is what the user must see
  }
}

/** Without a limit there is room; a limit that cannot be read counts as too small. */
export const hasRoom = (memoryLimit: string | undefined): boolean =>
  memoryLimit === undefined || (parseQuantity(memoryLimit) ?? 0) >= roomBytes
