import { describe, expect, it } from 'vitest'
import type { VantageRequest } from '../../../../preload/contract/connectivity.ts'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { KubernetesError } from '../../../lib/kubernetes/failure.ts'
import type { PlaneCluster } from './cluster.ts'
import { nodesLimit, planVantages, type VantagePlan } from './requests.ts'

const signal = new AbortController().signal
const node = (name: string, ready = 'True', unschedulable = false) => ({
  metadata: { name },
  spec: { unschedulable },
  status: { conditions: [{ type: 'Ready', status: ready }] },
})

/** A fake API server that returns nodes, or an error. */
function clusterWith(nodes: readonly object[] | Error): PlaneCluster {
  const nothing = (): Promise<never> => Promise.reject(new Error('no such request is expected'))
  const client: KubernetesClient = {
    server: 'https://server.invalid',
    async request<Answer>() {
      if (nodes instanceof Error) throw nodes
      return { metadata: {}, items: nodes } as Answer // the shape of a node list
    },
    stream: nothing,
    socket: nothing,
    close: async () => undefined,
  }
  return {
    open: () => Promise.resolve(client),
    contextName: 'test',
    namespaces: ['plane', 'other'],
    components: [{ id: 'agent', title: 'Agent', workloads: [] }],
    probeImage: 'image',
  }
}

const three = clusterWith([node('b'), node('a'), node('down', 'False'), node('drained', 'True', true)])
const named = (plans: readonly VantagePlan[]): readonly string[] =>
  plans.map((plan) => (plan.kind === 'computer' ? plan.kind : `${plan.vantage.kind} ${plan.vantage.name}`))

describe('requested vantages', () => {
  it.each<[readonly VantageRequest[], readonly string[]]>([
    [
      [{ kind: 'computer' }, { kind: 'pod' }],
      ['computer', 'pod plane'],
    ],
    [[{ kind: 'pod', namespace: 'mine' }], ['pod mine']],
    [[{ kind: 'node' }], ['node a']],
    [[{ kind: 'node', name: 'down' }], ['node down']],
    [[{ kind: 'nodes' }], ['node a', 'node b']],
    [
      [{ kind: 'node', name: 'a' }, { kind: 'nodes' }, { kind: 'computer' }, { kind: 'computer' }],
      ['node a', 'node b', 'computer'],
    ],
    [[{ kind: 'component', component: 'agent' }], ['component agent']],
    [
      [
        { kind: 'existing-pod', namespace: 'plane', pod: 'agent-1' },
        { kind: 'existing-pod', namespace: 'plane', pod: 'agent-1', container: 'main' },
      ],
      ['existing-pod plane/agent-1', 'existing-pod plane/agent-1/main'],
    ],
  ])('%j are planned', async (requests, expected) => {
    expect(named(await planVantages(requests, three, signal))).toEqual(expected)
  })

  it('end with a limited one if the cluster has more nodes than a check covers', async () => {
    const many = clusterWith(Array.from({ length: nodesLimit + 5 }, (_, index) => node(`n${1_000 + index}`)))
    const plans = await planVantages([{ kind: 'nodes' }], many, signal)
    expect(named(plans).slice(-2)).toEqual([`node n${999 + nodesLimit}`, 'node 5 more'])
    expect(plans.at(-1)).toHaveProperty('error')
  })

  it('keep the error of listing nodes for the outcome', async () => {
    const denied = new KubernetesError('CLUSTER_FORBIDDEN', 'no', { code: 403, reason: 'Forbidden', message: 'no' })
    expect(await planVantages([{ kind: 'nodes' }], clusterWith(denied), signal)).toMatchObject([
      { vantage: { name: 'any' }, error: denied },
    ])
  })

  it('are rejected if they do not exist', async () => {
    await expect(planVantages([{ kind: 'component', component: 'x' }], three, signal)).rejects.toThrow(
      'The component "x" does not exist.',
    )
    await expect(planVantages([{ kind: 'pod' }], undefined, signal)).rejects.toThrow('needs a cluster')
  })
})
