import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { skipReason } from '../bed/with-bed.ts'
import { makePods, removePods } from './scale.ts'
import { serviceFor, temporaryHome, Window, type WindowState } from './watching.ts'

const reason = skipReason('simulated')
const podCount = 3_000
/** A simulated node has room for 1,000 pods. */
const nodeCount = 4
const soon = (ms = 60_000): AbortSignal => AbortSignal.timeout(ms)

describe.skipIf(reason !== '')(`workloads of ${podCount} simulated pods ${reason}`, () => {
  let bed: Bed
  let client: KubernetesClient
  let home: Awaited<ReturnType<typeof temporaryHome>>

  beforeAll(async () => {
    bed = await startBed({ pods: 'simulated', simulatedNodes: nodeCount }, new AbortController().signal)
    home = await temporaryHome()
    client = await openCluster(connection())
  })
  afterAll(async () => {
    await client?.close()
    await bed?.down(soon(240_000))
    await home?.remove()
  })

  const connection = () => ({ files: [bed.kubeconfig], contextName: bed.name, environment: {} })
  const readyPods = ({ objects }: WindowState): number =>
    objects.values().reduce((sum, { kind, health }) => sum + (kind === 'Pod' && health === 'healthy' ? 1 : 0), 0)

  it('are reported in a bounded stream while they start, and at once to a later subscriber', async () => {
    const service = serviceFor(connection(), home.path)
    const window = new Window(service, soon(240_000))
    onTestFinished(async () => {
      await window.close()
      await service.close()
    })
    const { events: before } = await window.until(({ status }) => status.connection.state === 'live')

    const startedMs = performance.now()
    await makePods(client, podCount, soon(240_000))
    const { component, events } = await window.until(
      (state) => readyPods(state) === podCount && state.component('gateway')?.health === 'healthy',
    )
    const seconds = (performance.now() - startedMs) / 1_000
    const later = serviceFor(connection(), (await temporaryHome()).path)
    const laterMs = performance.now()
    const first = new Window(later, soon())
    onTestFinished(async () => {
      await first.close()
      await later.close()
    })
    const full = await first.until((state) => state.status.connection.state === 'live')
    const firstStateMs = performance.now() - laterMs

    console.info(
      `${podCount} pods up in ${seconds.toFixed(1)} s: ${((events - before) / seconds).toFixed(2)} messages/s; ` +
        `first state of all of them in ${firstStateMs.toFixed(0)} ms`,
    )
    expect((events - before) / seconds).toBeLessThanOrEqual(4.1)
    expect(component('gateway')?.objects).toHaveLength(1)
    expect(readyPods(full)).toBe(podCount)
  })

  it('are removed from the window when they are deleted from the cluster', async () => {
    const service = serviceFor(connection(), home.path)
    const window = new Window(service, soon(240_000))
    onTestFinished(async () => {
      await window.close()
      await service.close()
    })
    await window.until((state) => readyPods(state) > 0)

    await removePods(client, soon())
    const { objects } = await window.until(({ objects: all }) => all.values().every(({ kind }) => kind !== 'Pod'))

    expect(objects.size).toBeLessThan(10)
  })
})
