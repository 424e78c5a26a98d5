import type { Vantage, VantageRequest } from '../../../../preload/contract/connectivity.ts'
import { Problem } from '../../../../preload/contract/problem.ts'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { isForbidden } from '../../../lib/kubernetes/failure.ts'
import { listObjects } from '../../../lib/kubernetes/objects.ts'
import type { KubernetesObject } from '../../../lib/kubernetes/resources.ts'
import { Refused } from '../pod/refusal.ts'
import type { PlaneCluster, PlaneComponent } from './cluster.ts'

/** A vantage that was asked for, named, so that its rows can be listed before anything is started. */
export type Asked =
  | { readonly kind: 'computer' }
  | { readonly kind: 'pod'; readonly vantage: Vantage; readonly namespace: string }
  /** `trouble`: why its nodes are not known. */
  | { readonly kind: 'node'; readonly vantage: Vantage; readonly node: string | undefined; readonly trouble?: unknown }
  | { readonly kind: 'component'; readonly vantage: Vantage; readonly component: PlaneComponent }

const nodesLimitMs = 5_000
/** As many columns as anybody reads, and as many pods as one may start in one go. */
export const nodesLimit = 200

/** Names each request. Asks the cluster for its nodes only where one has to be chosen. Throws INPUT_INVALID. */
export async function askedOf(
  requests: readonly VantageRequest[],
  cluster: PlaneCluster | undefined,
  signal: AbortSignal,
): Promise<readonly Asked[]> {
  const found: Asked[] = []
  for (const request of requests) found.push(...(await nameRequest(request, cluster, signal)))
  return [...new Map(found.map((asked) => [keyOf(asked), asked])).values()]
}

const keyOf = (asked: Asked): string =>
  asked.kind === 'computer' ? 'computer' : `${asked.vantage.kind} ${asked.vantage.name}`

async function nameRequest(
  request: VantageRequest,
  cluster: PlaneCluster | undefined,
  signal: AbortSignal,
): Promise<readonly Asked[]> {
  if (request.kind === 'computer') return [{ kind: 'computer' }]
  if (cluster === undefined)
    throw new Problem('INPUT_INVALID', `There is no cluster to check from a ${request.kind}: name its context.`)
  if (request.kind === 'pod') {
    const namespace = request.namespace ?? cluster.namespace ?? cluster.namespaces[0] ?? 'default'
    return [{ kind: 'pod', vantage: { kind: 'pod', name: namespace }, namespace }]
  }
  if (request.kind === 'component') {
    const component = cluster.components.find(({ id }) => id === request.component)
    if (component === undefined) {
      const known = cluster.components.map(({ id }) => id).join(', ')
      throw new Problem('INPUT_INVALID', `There is no component "${request.component}".`, `known: ${known}`)
    }
    return [{ kind: 'component', vantage: { kind: 'component', name: component.id }, component }]
  }
  if (request.kind === 'node' && request.name !== undefined) return [nodeNamed(request.name)]
  try {
    const ready = await readyNodes(await cluster.open(signal), signal)
    if (ready.length === 0) return [{ kind: 'node', vantage: { kind: 'node', name: 'any' }, node: undefined }]
    const asked = ready.slice(0, request.kind === 'nodes' ? nodesLimit : 1).map(nodeNamed)
    return request.kind === 'nodes' && ready.length > nodesLimit ? [...asked, nodesBeyond(ready.length)] : asked
  } catch (trouble) {
    signal.throwIfAborted()
    // Whoever may not look at nodes leaves the choice to the scheduler.
    if (request.kind === 'node' && isForbidden(trouble))
      return [{ kind: 'node', vantage: { kind: 'node', name: 'any' }, node: undefined }]
    return [{ kind: 'node', vantage: { kind: 'node', name: 'any' }, node: undefined, trouble }]
  }
}

/** Said as a vantage of its own, so that nobody takes the first ones for all. */
function nodesBeyond(count: number): Asked {
  const more = `${count - nodesLimit} more`
  const says = `${nodesLimit} of ${count} nodes are asked at once: name others with node:NAME`
  return {
    kind: 'node',
    vantage: { kind: 'node', name: more },
    node: undefined,
    trouble: new Refused({ cause: 'vantage.limited', says }),
  }
}

const nodeNamed = (name: string): Asked => ({ kind: 'node', vantage: { kind: 'node', name }, node: name })

/** Names of the nodes that are ready and take pods, in order. */
export async function readyNodes(client: KubernetesClient, signal: AbortSignal): Promise<readonly string[]> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(nodesLimitMs)])
  const nodes = await listObjects(client, { apiVersion: 'v1', kind: 'Node' }, {}, limit)
  return nodes
    .filter(isReady)
    .map(({ metadata }) => metadata.name)
    .toSorted()
}

interface NodeParts {
  readonly spec?: { readonly unschedulable?: boolean }
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

function isReady(node: KubernetesObject): boolean {
  const { spec, status } = node as NodeParts // the API's own form
  return (
    spec?.unschedulable !== true &&
    (status?.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True')
  )
}
