import { describe, expect, it } from 'vitest'
import { podRequests } from '../rules/amounts.ts'
import { compareCapacity } from './node-capacity.ts'

const node = (name: string, cpu: string, memory: string, more: object = {}) => ({
  metadata: { name },
  spec: more,
  status: { allocatable: { cpu, memory }, conditions: [{ type: 'Ready', status: 'True' }] },
})
const spec = (cpu: string, memory: string) => ({ containers: [{ resources: { requests: { cpu, memory } } }] })
const pod = (nodeName: string, cpu: string, memory: string) => ({ spec: { nodeName, ...spec(cpu, memory) } })
const deployment = (replicas: number, cpu: string, memory: string) => ({
  kind: 'Deployment',
  spec: { replicas, template: { spec: spec(cpu, memory) } },
})
const nothing = { cpu: 0, memory: 0 }

describe('podRequests', () => {
  it('is the sum of the containers, or the largest init container', () => {
    const request = (cpu: string) => ({ resources: { requests: { cpu } } })
    expect(
      podRequests({ containers: [request('100m'), request('200m')], initContainers: [request('150m')] }).cpu,
    ).toBeCloseTo(0.3)
    expect(podRequests({ containers: [request('100m')], initContainers: [request('1')] }).cpu).toBe(1)
  })

  it('counts sidecars with the containers, and with the init containers after them', () => {
    const sidecar = { restartPolicy: 'Always', resources: { requests: { cpu: '500m' } } }
    const init = { resources: { requests: { cpu: '1' } } }
    const containers = [{ resources: { requests: { cpu: '250m' } } }]
    expect(podRequests({ containers, initContainers: [sidecar] }).cpu).toBeCloseTo(0.75)
    expect(podRequests({ containers, initContainers: [sidecar, init] }).cpu).toBeCloseTo(1.5)
  })

  it('takes a limit without a request as the request', () => {
    expect(podRequests({ containers: [{ resources: { limits: { cpu: '2' } } }] }).cpu).toBe(2)
  })
})

describe('the capacity of the nodes', () => {
  it.each([
    ['is sufficient', [node('a', '2', '4Gi')], [], [deployment(2, '500m', '1Gi')], 'pass'],
    [
      'is used by other pods',
      [node('a', '2', '4Gi')],
      [pod('a', '1500m', '1Gi')],
      [deployment(2, '500m', '1Gi')],
      'fail',
    ],
    [
      'excludes cordoned nodes',
      [node('a', '1', '1Gi'), node('b', '8', '8Gi', { unschedulable: true })],
      [],
      [deployment(4, '500m', '1Mi')],
      'fail',
    ],
    [
      'is sufficient in total, but not on a single node',
      [node('a', '1', '4Gi'), node('b', '1', '4Gi')],
      [],
      [deployment(1, '1500m', '1Mi')],
      'fail',
    ],
    [
      'is compared with a DaemonSet once per node',
      [node('a', '1', '4Gi'), node('b', '1', '4Gi')],
      [],
      [{ ...deployment(1, '600m', '1Mi'), kind: 'DaemonSet' }],
      'pass',
    ],
  ])('%s', (_, nodes, pods, workloads, verdict) => {
    expect(compareCapacity(nodes, pods, nothing, workloads).verdict).toBe(verdict)
  })

  it('is unknown if a request is not a quantity', () => {
    const [big] = [node('a', '64', '256Gi')]
    const broken = { ...deployment(1, '500m', '1GB'), metadata: { name: 'agent' } }
    expect(compareCapacity([big], [], nothing, [broken])).toMatchObject({
      verdict: 'unknown',
      evidence: 'Deployment agent',
    })
    expect(compareCapacity([big], [], { cpu: Number.NaN, memory: 0 }, []).verdict).toBe('unknown')
  })

  it('must satisfy the requirements of the profile, even if its charts request less', () => {
    const outcome = compareCapacity([node('a', '2', '4Gi')], [], { cpu: 4, memory: 0 }, [])
    expect(outcome).toMatchObject({ verdict: 'fail', message: '4 cores and 0 MiB needed; 2 cores and 4 GiB are free.' })
  })
})
