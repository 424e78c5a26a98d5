import { describe, expect, it } from 'vitest'
import { compareReadiness } from './node-ready.ts'

const node = (name: string, ready: string, spec: object = {}, message = '') => ({
  metadata: { name },
  spec,
  status: { conditions: [{ type: 'Ready', status: ready, message }] },
})
const noNetwork = (name: string) =>
  node(
    name,
    'False',
    { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
    'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:cni plugin not initialized',
  )
const tainted = node('t', 'True', { taints: [{ key: 'gpu', effect: 'NoSchedule' }] })

describe('the readiness of nodes', () => {
  it.each([
    ['ready nodes', [node('a', 'True')], 1, false, 'pass'],
    ['too few nodes', [node('a', 'True')], 2, false, 'fail'],
    ['a cordoned node', [node('a', 'True', { unschedulable: true })], 1, false, 'fail'],
    ['a tainted node beside a ready one', [node('a', 'True'), tainted], 1, false, 'pass'],
    ['one node that is not ready beside enough others', [node('a', 'True'), node('b', 'False')], 1, false, 'warn'],
    ['nodes without a network plugin', [noNetwork('a')], 1, false, 'fail'],
    ['the same, if the plane brings the plugin', [noNetwork('a')], 1, true, 'pass'],
    ['a node that is not ready for another reason', [node('a', 'False', {}, 'PLEG is not healthy')], 1, true, 'fail'],
    ['no nodes', [], 1, false, 'fail'],
  ] as const)('%s', (_, nodes, needed, bringsNetwork, verdict) => {
    expect(compareReadiness(nodes, needed, bringsNetwork).verdict).toBe(verdict)
  })

  it('names the missing network plugin', () => {
    expect(compareReadiness([noNetwork('a')], 1, false).hint).toContain('network plugin')
  })
})
