import { describe, expect, it } from 'vitest'
import { LogSource } from '../../../preload/contract/profiles.ts'
import { assignContainers, workloadOf } from './containers.ts'

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

describe('assignContainers', () => {
  const source = (id: string, fields: object = {}) =>
    LogSource.parse({ id, title: id, component: id, namespace: 'apps', selector: `app=${id}`, ...fields })
  const from = (pod: string, container = 'main', namespace = 'apps') => ({ namespace, pod, container })
  const pods = new Map([
    ['orders', ['orders-6d4cf56db6-x7k2p']],
    ['billing', ['billing-0']],
  ])

  it('gives a source the pods of its workloads that are gone too', () => {
    const origins = [
      from('orders-7f9cf56db7-b2b2b'),
      from('billing-3'),
      from('stranger-5'),
      from('orders-6d4cf56db6-x7k2p', 'main', 'elsewhere'),
    ]
    const found = assignContainers(origins, { sources: [source('orders'), source('billing')], pods })

    expect(found.containers).toMatchObject([
      { source: { id: 'orders' }, namespace: 'apps', pod: 'orders-7f9cf56db7-b2b2b', container: 'main' },
      { source: { id: 'billing' }, namespace: 'apps', pod: 'billing-3', container: 'main' },
    ])
    expect(found.others).toEqual(['apps/stranger-5/main', 'elsewhere/orders-6d4cf56db6-x7k2p/main'])
  })

  it('takes only the container that a source names', () => {
    const origins = [from('billing-0', 'proxy'), from('billing-0', 'main')]
    const found = assignContainers(origins, { sources: [source('billing', { container: 'main' })], pods })

    expect(found.containers.map(({ container }) => container)).toEqual(['main'])
  })
})
