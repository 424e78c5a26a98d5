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

/** Stands in for an API server that has nodes, or says no. */
function clusterWith(nodes: readonly object[] | Error): PlaneCluster {
  const nothing = (): Promise<never> => Promise.reject(new Error('nothing here asks for it'))
  const client: KubernetesClient = {
    server: 'https://server.invalid',
    async request<Answer>() {
      if (nodes instanceof Error) throw nodes
      return { metadata: {}, items: nodes } as Answer // what a list of nodes looks like
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
const named = (asked: readonly VantagePlan[]): readonly string[] =>
  asked.map((one) => (one.kind === 'computer' ? one.kind : `${one.vantage.kind} ${one.vantage.name}`))

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
  ])('%j', async (requests, expected) => {
    expect(named(await planVantages(requests, three, signal))).toEqual(expected)
  })

  it('end with a limited one if the cluster has more nodes than a check covers', async () => {
    const many = clusterWith(Array.from({ length: nodesLimit + 5 }, (_, index) => node(`n${1_000 + index}`)))
    const asked = await planVantages([{ kind: 'nodes' }], many, signal)
    expect(named(asked).slice(-2)).toEqual([`node n${999 + nodesLimit}`, 'node 5 more'])
    expect(asked.at(-1)).toHaveProperty('error')
  })

  it('keep the error of listing nodes for the outcome', async () => {
    const denied = new KubernetesError('CLUSTER_FORBIDDEN', 'no', { code: 403, reason: 'Forbidden', message: 'no' })
    expect(await planVantages([{ kind: 'nodes' }], clusterWith(denied), signal)).toMatchObject([
      { vantage: { name: 'any' }, error: denied },
    ])
  })

  it('are rejected if they do not exist', async () => {
    await expect(planVantages([{ kind: 'component', component: 'x' }], three, signal)).rejects.toThrow(
      'no component "x"',
    )
    await expect(planVantages([{ kind: 'pod' }], undefined, signal)).rejects.toThrow('needs a cluster')
  })
})
