import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LogSource } from '../../../preload/contract/profiles.ts'
import type { ClusterConnection, KubernetesClient } from '../../lib/kubernetes/client.ts'
import { EngineConnections } from './connections.ts'

const connection: ClusterConnection = { files: ['/kubeconfig'], contextName: 'prod', environment: {} }
const sources = [LogSource.parse({ id: 'a', title: 'A', component: 'a', namespace: 'apps', selector: 'app=a' })]
const { signal } = new AbortController()

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function counted() {
  const counts = { opened: 0, closed: 0, lists: 0 }
  const open = async (): Promise<KubernetesClient> => {
    counts.opened += 1
    const client = {
      request: async () => {
        counts.lists += 1
        return { items: [{ metadata: { name: 'a-0' } }] }
      },
      close: async () => {
        counts.closed += 1
      },
    }
    return client as unknown as KubernetesClient // as much as listing pods uses
  }
  return { counts, connections: new EngineConnections(open) }
}

it('one search after another uses one client and lists pods once, until nobody has asked for a minute', async () => {
  const { counts, connections } = counted()
  for (let times = 0; times < 3; times += 1) {
    const held = await connections.use(connection)
    expect(await held.pods(sources, signal)).toEqual(new Map([['a', ['a-0']]]))
    held.release('done')
  }
  expect(counts).toEqual({ opened: 1, closed: 0, lists: 1 })
  vi.advanceTimersByTime(31_000)
  const held = await connections.use(connection)
  await held.pods(sources, signal)
  expect(counts.lists).toBe(2)
  vi.advanceTimersByTime(200_000)
  expect(counts.closed).toBe(0)
  held.release('done')
  vi.advanceTimersByTime(61_000)
  expect(counts).toEqual({ opened: 1, closed: 1, lists: 2 })
})

it('a client that failed, has another permit, or is old is not used again, and is closed after its last use', async () => {
  const { counts, connections } = counted()
  const [first, second] = [await connections.use(connection), await connections.use(connection)]
  first.release('failed')
  expect(counts.closed).toBe(0)
  second.release('done')
  expect(counts.closed).toBe(1)

  const third = await connections.use(connection)
  const other = await connections.use({ ...connection, contextName: 'other' })
  expect(counts.opened).toBe(3)
  other.release('done')
  vi.advanceTimersByTime(301_000)
  const fresh = await connections.use(connection)
  expect(counts.opened).toBe(4)
  expect(fresh.client).not.toBe(third.client)
  third.release('done')
  fresh.release('done')
  vi.advanceTimersByTime(61_000)
  expect(counts).toMatchObject({ opened: 4, closed: 4 })
})
