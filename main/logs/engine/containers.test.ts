import { describe, expect, it } from 'vitest'
import { LogSource } from '../../../preload/contract/profiles.ts'
import { assignContainers, originLabels, workloadOf } from './containers.ts'

describe('workloadOf', () => {
  it.each([
    ['orders-6d4cf56db6-x7k2p', 'orders'],
    ['my-db-x7k2p', 'my-db'],
    ['orders-12', 'orders'],
    ['orders', 'orders'],
    ['nightly-28412345-x7k2p', 'nightly-28412345'],
    ['a-b', 'a-b'],
  ])('%s is a pod of %s', (pod, workload) => {
    expect(workloadOf(pod)).toBe(workload)
  })
})

describe('originLabels', () => {
  it('knows the names that usual collectors give', () => {
    expect(originLabels(['job', 'namespace', 'pod', 'container'])?.pod).toBe('pod')
    expect(originLabels(['k8s_container_name', 'k8s_namespace_name', 'k8s_pod_name'])?.pod).toBe('k8s_pod_name')
    expect(originLabels(['job', 'pod'])).toBeUndefined()
  })
})

describe('assignContainers', () => {
  const source = (id: string, fields: object = {}) =>
    LogSource.parse({ id, title: id, component: id, namespace: 'apps', selector: `app=${id}`, ...fields })
  const names = { namespace: 'namespace', pod: 'pod', container: 'container' }
  const stream = (pod: string, container = 'main', namespace = 'apps') => ({
    namespace,
    pod,
    container,
    stream: 'stdout',
  })
  const pods = new Map([
    ['orders', ['orders-6d4cf56db6-x7k2p']],
    ['billing', ['billing-0']],
  ])

  it('gives a source the pods of its workloads that are gone too, each container once', () => {
    const streams = [
      stream('orders-7f9cf56db7-b2b2b'),
      { ...stream('orders-7f9cf56db7-b2b2b'), stream: 'stderr' },
      stream('billing-3'),
      stream('stranger-5'),
      stream('orders-6d4cf56db6-x7k2p', 'main', 'elsewhere'),
    ]
    const found = assignContainers(streams, names, [source('orders'), source('billing')], pods)

    expect(found.containers.map(({ source: { id }, pod }) => [id, pod])).toEqual([
      ['orders', 'orders-7f9cf56db7-b2b2b'],
      ['billing', 'billing-3'],
    ])
    expect(found.containers[0]?.labels).toEqual({
      namespace: 'apps',
      pod: 'orders-7f9cf56db7-b2b2b',
      container: 'main',
    })
    expect(found.others).toEqual(['apps/stranger-5/main', 'elsewhere/orders-6d4cf56db6-x7k2p/main'])
  })

  it('takes only the container that a source names', () => {
    const streams = [stream('billing-0', 'proxy'), stream('billing-0', 'main')]
    const found = assignContainers(streams, names, [source('billing', { container: 'main' })], pods)

    expect(found.containers.map(({ container }) => container)).toEqual(['main'])
  })
})
