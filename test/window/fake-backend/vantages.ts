import type { Vantage, VantageOffer, VantageOutcome, VantageRequest } from '../../../preload/contract/connectivity.ts'
import { existingPodName } from '../../../preload/vantages.ts'

export const computer: Vantage = { kind: 'computer', name: 'ops-laptop' }
export const pod: Vantage = { kind: 'pod', name: 'hangar-plane' }
const node = (index: number): Vantage => ({ kind: 'node', name: `worker-${String(index).padStart(2, '0')}` })
const component: Vantage = { kind: 'component', name: 'agent' }

const nodes = (count: number): readonly Vantage[] => Array.from({ length: count }, (_, index) => node(index + 1))

const offer = (request: VantageRequest, vantage: Vantage, title: string, says: string, missing = ''): VantageOffer => ({
  request,
  vantage,
  title,
  description: says,
  unavailableReason: missing,
})

/** The vantages of the sample cluster; without permissions, with the reason. */
export function offersOf(count: number, refused: boolean): VantageOffer[] {
  const missing = refused ? 'you are not permitted to create jobs.batch in hangar-plane.' : ''
  return [
    offer(
      { kind: 'computer' },
      computer,
      'This computer',
      'Creates nothing. Proves what an operator’s own machine reaches.',
    ),
    offer(
      { kind: 'pod', namespace: 'hangar-plane' },
      pod,
      'A pod in hangar-plane',
      'Creates a Job for a minute, removed afterwards. Proves what a plain pod of the plane reaches.',
      missing,
    ),
    offer(
      { kind: 'component', component: 'agent' },
      component,
      'Agent',
      'Creates a Job with its service account and policy labels. Proves what its network policies let through.',
      missing,
    ),
    offer(
      { kind: 'nodes' },
      { kind: 'node', name: '' },
      `Every node (${count})`,
      'Creates a Job on each node, in the node’s own network. Proves that images can be pulled everywhere.',
      missing,
    ),
    ...nodes(count).map((vantage) =>
      offer(
        { kind: 'node', name: vantage.name },
        vantage,
        `Node ${vantage.name}`,
        'Creates a Job in the node’s own network, where images are pulled.',
        missing,
      ),
    ),
  ]
}

/** The vantages of a request. */
const vantagesByKind: {
  readonly [Kind in VantageRequest['kind']]: (
    request: Extract<VantageRequest, { kind: Kind }>,
    count: number,
  ) => readonly Vantage[]
} = {
  computer: () => [computer],
  pod: ({ namespace = pod.name }) => [{ kind: 'pod', name: namespace }],
  node: ({ name = 'worker-01' }) => [{ kind: 'node', name }],
  nodes: (_request, count) => nodes(count),
  component: ({ component: name }) => [{ kind: 'component', name }],
  'existing-pod': ({ kind, ...existing }) => [{ kind, name: existingPodName(existing) }],
}

export const vantagesOf = (
  from: readonly VantageRequest[] = [{ kind: 'computer' }],
  count: number,
): readonly Vantage[] =>
  from.flatMap((request) =>
    (vantagesByKind[request.kind] as (one: VantageRequest, count: number) => readonly Vantage[])(request, count),
  )

export const ran = (vantage: Vantage): VantageOutcome => ({
  vantage,
  state: 'ran',
  cause: '',
  message: '',
  hint: '',
  manifest: '',
})

export const refusedOutcome = (vantage: Vantage): VantageOutcome => ({
  vantage,
  state: 'failed',
  cause: 'rbac.denied',
  message:
    'The cluster says: jobs.batch is forbidden: User "ops" cannot create resource "jobs" in the namespace "hangar-plane".',
  hint: 'Give the manifest of the vantage to a cluster administrator to apply, or ask for the permissions in the evidence.',
  manifest: 'apiVersion: batch/v1\nkind: Job\nmetadata:\n  generateName: hangar-probe-\n  namespace: hangar-plane\n',
  existingPods: [{ namespace: 'hangar-plane', pod: 'agent-6d9f', container: 'main' }],
})

export const limitedOutcome = (vantage: Vantage): VantageOutcome => ({
  vantage,
  state: 'limited',
  cause: 'vantage.limited',
  message: 'the component’s HTTPS_PROXY cannot be read, so the probe runs without it',
  hint: 'The evidence lists what was checked. For a full check, fix what the outcome of the vantage describes, or check from a running pod of the component (--from existing-pod:NAMESPACE/POD).',
  manifest: '',
})
