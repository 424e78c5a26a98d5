import type { V1Pod } from '@kubernetes/client-node'
import type { Raw } from '../../../lib/kubernetes/raw.ts'
import type { KubernetesObject } from '../../../lib/kubernetes/resources.ts'
import { parseQuantity } from '../../../lib/rules/quantity.ts'
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

const candidatesLimit = 6
/** Three times the memory that Node needs for the probe. */
const roomBytes = 256 * 1024 * 1024

/** Running containers in the network of the placement, one for each image. Pure. */
export function execCandidates(
  pods: readonly KubernetesObject[],
  { hostNetwork, node, pods: podLabels }: Placement,
): readonly ExecCandidate[] {
  const candidates = pods.flatMap((pod): readonly ExecCandidate[] => {
    const { spec, status } = pod as Raw<V1Pod> // the kind that was listed
    const { labels = {}, deletionTimestamp, name } = pod.metadata
    if (status?.phase !== 'Running' || deletionTimestamp !== undefined || labels[labelKeys.probe] !== undefined)
      return []
    if ((spec?.hostNetwork === true) !== hostNetwork || (node !== undefined && spec?.nodeName !== node)) return []
    if (Object.entries(podLabels).some(([key, value]) => labels[key] !== value)) return []
    const running = new Set(status.containerStatuses?.filter(({ state }) => state?.running).map(({ name }) => name))
    return (spec?.containers ?? [])
      .filter((container) => running.has(container.name))
      .map(({ name: container, image = '', resources }) => {
        return { pod: name, container, image, hasMemory: hasRoom(resources?.limits?.memory) }
      })
  })
  const sorted = candidates.toSorted((a, b) => Number(b.hasMemory) - Number(a.hasMemory) || a.pod.localeCompare(b.pod))
  return sorted
    .filter(({ image }, index) => sorted.findIndex((other) => other.image === image) === index)
    .slice(0, candidatesLimit)
}

/** Without a limit there is room; a limit that cannot be read counts as too small. */
export const hasRoom = (memoryLimit: string | undefined): boolean =>
  memoryLimit === undefined || (parseQuantity(memoryLimit) ?? 0) >= roomBytes
