import type { Vantage, VantageOffer } from '../../../../preload/contract/connectivity.ts'
import { isForbidden } from '../../../lib/kubernetes/failure.ts'
import type { PlaneCluster, PlaneComponent } from './cluster.ts'
import { readyNodes } from './requests.ts'

/** Time limit for a cluster that does not answer, while the user waits for the list. */
export const listLimitMs = 4_000

/** The vantages of a plane. The cluster may still reject a listed vantage. */
export async function listVantages(
  computer: Vantage,
  cluster: PlaneCluster | undefined,
  signal: AbortSignal,
): Promise<VantageOffer[]> {
  const computerOffer: VantageOffer = {
    request: { kind: 'computer' },
    vantage: computer,
    title: 'This computer',
    description: 'Creates nothing. Shows what this computer can reach; the cluster can differ.',
    unavailableReason: '',
  }
  if (cluster === undefined) return [computerOffer]
  const nodes = await nodesOf(cluster, signal)
  const unavailableReason =
    typeof nodes === 'string' ? `The cluster of ${cluster.contextName} does not answer: ${nodes}` : ''
  return [
    computerOffer,
    ...cluster.namespaces.map(
      (namespace): VantageOffer => ({
        request: { kind: 'pod', namespace },
        vantage: { kind: 'pod', name: namespace },
        title: `A pod in ${namespace}`,
        description: `Starts a pod for some seconds in the namespace ${namespace}${imageWords(cluster)}. Shows what a pod without policies of its own can reach.`,
        unavailableReason,
      }),
    ),
    ...nodeOffers(cluster, typeof nodes === 'string' ? [] : nodes, unavailableReason),
    ...cluster.components.flatMap((component) => componentOffer(cluster, component, unavailableReason)),
  ]
}

const imageWords = ({ probeImage }: PlaneCluster): string =>
  probeImage === '' ? ' (no image is set, so it cannot start)' : ` from the image ${probeImage}`

async function nodesOf(cluster: PlaneCluster, signal: AbortSignal): Promise<readonly string[] | string> {
  try {
    return await readyNodes(await cluster.open(signal), signal)
  } catch (error) {
    // Without permission to list nodes, a check from one can still be permitted.
    return isForbidden(error) ? [] : error instanceof Error ? error.message : String(error)
  }
}

/** A longer list is unusable; in the terminal each node can be named. */
const offeredNodes = 50

function nodeOffers(
  cluster: PlaneCluster,
  nodes: readonly string[],
  unavailableReason: string,
): readonly VantageOffer[] {
  const description = `Starts a pod in the network of the node${imageWords(cluster)}. Shows what the node can reach when it pulls images.`
  const one = nodes.slice(0, offeredNodes).map(
    (name): VantageOffer => ({
      request: { kind: 'node', name },
      vantage: { kind: 'node', name },
      title: `Node ${name}`,
      description,
      unavailableReason,
    }),
  )
  if (nodes.length === 0)
    return [
      {
        request: { kind: 'node' },
        vantage: { kind: 'node', name: 'any' },
        title: 'A node',
        description,
        unavailableReason,
      },
    ]
  if (nodes.length === 1) return one
  const every: VantageOffer = {
    request: { kind: 'nodes' },
    vantage: { kind: 'node', name: 'every' },
    title: `Every node (${nodes.length})`,
    description: `${description} One pod on each of ${nodes.length} nodes.`,
    unavailableReason,
  }
  return [every, ...one]
}

function componentOffer(
  cluster: PlaneCluster,
  { id, title, workloads }: PlaneComponent,
  unavailableReason: string,
): readonly VantageOffer[] {
  const [workload] = workloads
  if (workload === undefined) return []
  return [
    {
      request: { kind: 'component', component: id },
      vantage: { kind: 'component', name: id },
      title,
      description: `Starts a pod in ${workload.namespace}${imageWords(cluster)}, with the service account of ${workload.kind} ${workload.name} and the labels that network policies select it by. Shows what this component can reach.`,
      unavailableReason,
    },
  ]
}
