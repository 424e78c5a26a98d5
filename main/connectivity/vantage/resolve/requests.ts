import type { V1Node } from '@kubernetes/client-node'
import type { ExistingPod, Vantage, VantageRequest } from '../../../../preload/contract/connectivity.ts'
import { Problem } from '../../../../preload/contract/problem.ts'
import { existingPodName } from '../../../../preload/vantages.ts'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { isForbidden } from '../../../lib/kubernetes/failure.ts'
import { listObjects } from '../../../lib/kubernetes/objects.ts'
import type { Raw } from '../../../lib/kubernetes/raw.ts'
import type { KubernetesObject } from '../../../lib/kubernetes/resources.ts'
import { Refused } from '../refusal.ts'
import type { PlaneCluster, PlaneComponent } from './cluster.ts'

/** A requested vantage with its name, so that its results can be listed before anything starts. */
export type VantagePlan =
  | { readonly kind: 'computer' }
  | { readonly kind: 'pod'; readonly vantage: Vantage; readonly namespace: string }
  /** `error`: why no node can be named. */
  | { readonly kind: 'node'; readonly vantage: Vantage; readonly node: string | undefined; readonly error?: unknown }
  | { readonly kind: 'component'; readonly vantage: Vantage; readonly component: PlaneComponent }
  | { readonly kind: 'existing-pod'; readonly vantage: Vantage; readonly pod: ExistingPod }

const nodesLimitMs = 5_000
/** Limits the columns of a report and the pods that one check starts. */
export const nodesLimit = 200

/** Names each requested vantage. Lists the cluster's nodes only if one must be chosen. Throws INPUT_INVALID. */
export async function planVantages(
  requests: readonly VantageRequest[],
  cluster: PlaneCluster | undefined,
  signal: AbortSignal,
): Promise<readonly VantagePlan[]> {
  const plans: VantagePlan[] = []
  for (const request of requests) plans.push(...(await planVantage(request, cluster, signal)))
  return [...new Map(plans.map((plan) => [keyOf(plan), plan])).values()]
}

const keyOf = (plan: VantagePlan): string =>
  plan.kind === 'computer' ? 'computer' : `${plan.vantage.kind} ${plan.vantage.name}`

async function planVantage(
  request: VantageRequest,
  cluster: PlaneCluster | undefined,
  signal: AbortSignal,
): Promise<readonly VantagePlan[]> {
  if (request.kind === 'computer') return [{ kind: 'computer' }]
  if (cluster === undefined)
    throw new Problem(
      'INPUT_INVALID',
      `A check from a ${request.kind.replace('-', ' ')} needs a cluster: name its context.`,
    )
  if (request.kind === 'pod') {
    const namespace = request.namespace ?? cluster.namespace ?? cluster.namespaces[0] ?? 'default'
    return [{ kind: 'pod', vantage: { kind: 'pod', name: namespace }, namespace }]
  }
  if (request.kind === 'existing-pod') {
    const { kind, ...pod } = request
    return [{ kind, vantage: { kind, name: existingPodName(pod) }, pod }]
  }
  if (request.kind === 'component') {
    const component = cluster.components.find(({ id }) => id === request.component)
    if (component === undefined) {
      const known = cluster.components.map(({ id }) => id).join(', ')
      throw new Problem('INPUT_INVALID', `The component "${request.component}" does not exist.`, `known: ${known}`)
    }
    return [{ kind: 'component', vantage: { kind: 'component', name: component.id }, component }]
  }
  if (request.kind === 'node' && request.name !== undefined) return [nodeNamed(request.name)]
  try {
    const ready = await readyNodes(await cluster.open(signal), signal)
    if (ready.length === 0) return [anyNode]
    const plans = ready.slice(0, request.kind === 'nodes' ? nodesLimit : 1).map(nodeNamed)
    return request.kind === 'nodes' && ready.length > nodesLimit ? [...plans, nodesOverLimit(ready.length)] : plans
  } catch (error) {
    signal.throwIfAborted()
    // Without permission to list nodes, the scheduler chooses.
    return [request.kind === 'node' && isForbidden(error) ? anyNode : { ...anyNode, error }]
  }
}

const anyNode = { kind: 'node', vantage: { kind: 'node', name: 'any' }, node: undefined } as const satisfies VantagePlan

/** A separate vantage for the nodes beyond the limit, so that the report shows that not all nodes were checked. */
function nodesOverLimit(count: number): VantagePlan {
  const more = `${count - nodesLimit} more`
  const message = `a check covers at most ${nodesLimit} of the ${count} nodes: name others with node:NAME`
  return {
    kind: 'node',
    vantage: { kind: 'node', name: more },
    node: undefined,
    error: new Refused({ cause: 'vantage.limited', message }),
  }
}

const nodeNamed = (name: string): VantagePlan => ({ kind: 'node', vantage: { kind: 'node', name }, node: name })

/** Names of the ready nodes that accept pods, in alphabetical order. */
export async function readyNodes(client: KubernetesClient, signal: AbortSignal): Promise<readonly string[]> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(nodesLimitMs)])
  const nodes = await listObjects(client, { apiVersion: 'v1', kind: 'Node' }, {}, limit)
  return nodes
    .filter(isReady)
    .map(({ metadata }) => metadata.name)
    .toSorted()
}

function isReady(node: KubernetesObject): boolean {
  const { spec, status } = node as Raw<V1Node> // the kind that was listed
  return (
    spec?.unschedulable !== true &&
    (status?.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True')
  )
}
