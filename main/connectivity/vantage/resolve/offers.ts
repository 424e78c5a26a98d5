import type { Vantage, VantageOffer } from '../../../../preload/contract/connectivity.ts'
import { isForbidden } from '../../../lib/kubernetes/failure.ts'
import type { PlaneCluster, PlaneComponent } from './cluster.ts'
import { readyNodes } from './requests.ts'

/** A person who opens a list waits no longer for a cluster that does not answer. */
export const offersLimitMs = 4_000

/** From where a plane can be checked, as far as is known before it is tried. */
export async function offersOf(
  computer: Vantage,
  cluster: PlaneCluster | undefined,
  signal: AbortSignal,
): Promise<VantageOffer[]> {
  const here: VantageOffer = {
    request: { kind: 'computer' },
    vantage: computer,
    title: 'This computer',
    description: 'Creates nothing. Shows what this computer can reach, which the cluster may not.',
    unavailableReason: '',
  }
  if (cluster === undefined) return [here]
  const nodes = await nodesOf(cluster, signal)
  const silent = typeof nodes === 'string' ? nodes : ''
  const missing = silent === '' ? '' : `The cluster of ${cluster.contextName} does not answer: ${silent}`
  return [
    here,
    ...cluster.namespaces.map(
      (namespace): VantageOffer => ({
        request: { kind: 'pod', namespace },
        vantage: { kind: 'pod', name: namespace },
        title: `A pod in ${namespace}`,
        description: `Starts a pod for some seconds in the namespace ${namespace}${imageWords(cluster)}. Shows what a pod that no policy singles out can reach.`,
        unavailableReason: missing,
      }),
    ),
    ...nodeOffers(cluster, typeof nodes === 'string' ? [] : nodes, missing),
    ...cluster.components.flatMap((component) => componentOffer(cluster, component, missing)),
  ]
}

const imageWords = ({ probeImage }: PlaneCluster): string =>
  probeImage === '' ? ', or uses the shell of one that runs, as no image is named' : ` from the image ${probeImage}`

async function nodesOf(cluster: PlaneCluster, signal: AbortSignal): Promise<readonly string[] | string> {
  try {
    return await readyNodes(await cluster.open(signal), signal)
  } catch (error) {
    // Whoever may not list nodes may yet check from one.
    return isForbidden(error) ? [] : error instanceof Error ? error.message : String(error)
  }
}

/** More in one list are found by nobody; each can be named in the terminal. */
const offeredNodes = 50

function nodeOffers(cluster: PlaneCluster, nodes: readonly string[], missing: string): readonly VantageOffer[] {
  const says = `Starts a pod in the node’s own network${imageWords(cluster)}. Shows what the node can reach when it fetches images.`
  const one = nodes.slice(0, offeredNodes).map(
    (name): VantageOffer => ({
      request: { kind: 'node', name },
      vantage: { kind: 'node', name },
      title: `Node ${name}`,
      description: says,
      unavailableReason: missing,
    }),
  )
  if (nodes.length === 0)
    return [
      {
        request: { kind: 'node' },
        vantage: { kind: 'node', name: 'any' },
        title: 'A node',
        description: says,
        unavailableReason: missing,
      },
    ]
  if (nodes.length === 1) return one
  const every: VantageOffer = {
    request: { kind: 'nodes' },
    vantage: { kind: 'node', name: 'every' },
    title: `Every node (${nodes.length})`,
    description: `${says} One pod on each of ${nodes.length} nodes.`,
    unavailableReason: missing,
  }
  return [every, ...one]
}

function componentOffer(
  cluster: PlaneCluster,
  { id, title, workloads }: PlaneComponent,
  missing: string,
): readonly VantageOffer[] {
  const [workload] = workloads
  if (workload === undefined) return []
  return [
    {
      request: { kind: 'component', component: id },
      vantage: { kind: 'component', name: id },
      title,
      description: `Starts a pod in ${workload.namespace}${imageWords(cluster)}, with the service account of ${workload.kind} ${workload.name} and the labels that network policies select it by. Shows what this component can reach.`,
      unavailableReason: missing,
    },
  ]
}
