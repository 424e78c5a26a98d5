import { describe, expect, it } from 'vitest'
import { sample } from './sample.ts'
import { versionSkew } from './version-skew.ts'

const node = (name: string, kubeletVersion: string, labels = {}) =>
  sample('v1', 'Node', { metadata: { name, labels }, status: { nodeInfo: { kubeletVersion } } })
const controlPlane = { 'node-role.kubernetes.io/control-plane': '' }

describe('version skew', () => {
  it('is reported for kubelets more than three minor versions older than the control plane, or newer', () => {
    const nodes = [
      node('control', 'v1.33.1', controlPlane),
      node('same', 'v1.33.4'),
      node('supported', 'v1.30.9-eks-1'),
      node('old', 'v1.29.15'),
      node('new', 'v1.34.0'),
    ]

    expect([...versionSkew(nodes)].map(([name, { reason }]) => [name, reason])).toEqual([
      ['old', 'Kubelet v1.29.15 is more than 3 minor versions older than v1.33.1'],
      ['new', 'Kubelet v1.34.0 is newer than v1.33.1'],
    ])
  })

  it('is measured from the newest kubelet where the control plane has no nodes', () => {
    expect([...versionSkew([node('a', 'v1.33.0'), node('b', 'v1.29.0')]).keys()]).toEqual(['b'])
  })

  it('is unknown without a version', () => {
    expect(versionSkew([node('a', 'v1.33.0'), node('b', ''), node('c', 'latest')]).size).toBe(0)
    expect(versionSkew([]).size).toBe(0)
  })
})
