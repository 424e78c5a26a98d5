import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { PlaneStatus } from '../../preload/contract/workloads.ts'
import { baseTags } from '../bed/base-images.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { skipReason } from '../bed/with-bed.ts'
import { namespace, planeId, serviceFor, temporaryHome, Window, type WindowState } from './watching.ts'

const reason = skipReason('real')
const soon = (ms = 60_000): AbortSignal => AbortSignal.timeout(ms)
const pods = `/api/v1/namespaces/${namespace}/pods`
const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`
/** A number that no other process on this machine sleeps for. */
const sleepSeconds = 900_000_000 + Math.floor(Math.random() * 90_000_000)

const deployment = (name: string, command: readonly string[]) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'main', image: baseTags.busybox, imagePullPolicy: 'Never', command }],
      },
    },
  },
})

const isHealthy = ({ status, component, object }: WindowState): boolean =>
  status.connection.state === 'live' &&
  component('gateway')?.health === 'healthy' &&
  object('Pod', 'gateway')?.health === 'healthy'

/** The id of the process with a matching command line, whose arguments end in NUL. */
async function findProcess(matches: (commandLine: string) => boolean): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (matches(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))) return Number(pid)
  }
  throw new Error('There is no such process.')
}

describe.skipIf(reason !== '')(`workloads on a real cluster ${reason}`, () => {
  let bed: Bed
  let client: KubernetesClient
  let home: Awaited<ReturnType<typeof temporaryHome>>

  beforeAll(async () => {
    bed = await startBed({ pods: 'real' }, new AbortController().signal)
    home = await temporaryHome()
    client = await openCluster(connection())
    await client.request('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } }, soon())
    const sleeper = deployment('gateway', ['/bin/sleep', String(sleepSeconds)])
    await client.request('POST', deployments, { body: sleeper }, soon())
  })
  afterAll(async () => {
    await client?.close()
    await bed?.down(soon(240_000))
    await home?.remove()
  })

  const connection = () => ({ files: [bed.kubeconfig], contextName: bed.name, environment: {} })

  function open(folder = home.path): Window {
    const service = serviceFor(connection(), folder)
    const window = new Window(service, soon(120_000))
    onTestFinished(async () => {
      await window.close()
      await service.close()
    })
    return window
  }

  it('shows each kind of component: healthy, missing, optional, of the cluster, of the vendor', async () => {
    const window = open()

    const { component, object, status } = await window.until(isHealthy)

    expect(PlaneStatus.safeParse(status).error).toBeUndefined()
    expect(component('agent')).toMatchObject({ health: 'missing', reason: 'Not found: Deployment agent' })
    expect(component('flux')).toMatchObject({ health: 'missing', reason: 'Not found: HelmRelease gateway' })
    expect(component('crasher')?.health).toBe('suspended')
    expect(component('network')?.reason).toContain('was detected in this cluster')
    expect(component('control')?.reason).toContain('Run by the vendor')
    expect(component('gateway')?.objects).toEqual([object('Deployment', 'gateway')?.uid])
    expect(object('Pod', 'gateway')).toMatchObject({ component: 'gateway', ready: 1, total: 1, restarts: 0 })
  })

  it('is unhealthy within 3 s after a container is killed, with its exit reason, and healthy after the restart', async () => {
    const window = open()
    await window.until(isHealthy)

    // The container's first process, from outside, as a person at the node would.
    process.kill(await findProcess((line) => line === `/bin/sleep\0${sleepSeconds}\0`), 'SIGKILL')
    const killedMs = performance.now()
    const red = await window.until(({ object }) => object('Pod', 'gateway')?.health === 'degraded')
    const redMs = performance.now() - killedMs
    const green = await window.until(isHealthy)

    expect(redMs).toBeLessThan(3_000)
    expect(red.object('Pod', 'gateway')?.reason).toContain('exit code 137')
    expect(red.component('gateway')?.health).toBe('degraded')
    expect(green.object('Pod', 'gateway')?.restarts).toBe(1)
  })

  it('is unhealthy within 3 s after the only pod is deleted, and healthy with the next one', async () => {
    const window = open()
    const before = (await window.until(isHealthy)).object('Pod', 'gateway')

    await client.request('DELETE', `${pods}/${before?.name}`, {}, soon())
    const deletedMs = performance.now()
    const red = await window.until(({ component }) => component('gateway')?.health === 'degraded')
    const redMs = performance.now() - deletedMs
    const green = await window.until(isHealthy)

    expect(redMs).toBeLessThan(3_000)
    expect(red.component('gateway')?.reason).toMatch(/last ready pod was deleted|was ready and is no longer/)
    expect(green.object('Pod', 'gateway')?.uid).not.toBe(before?.uid)
    expect(green.objects.has(before?.uid ?? '')).toBe(false)
  })

  it('shows a crash loop as degraded with its reason, and its events newest first', async () => {
    const service = serviceFor(connection(), home.path)
    const window = new Window(service, soon(120_000))
    onTestFinished(async () => {
      await window.close()
      await service.close()
    })
    await window.until(isHealthy)

    await client.request('POST', deployments, { body: deployment('crasher', ['/bin/sh', '-c', 'exit 3']) }, soon())
    const { component, object } = await window.until(({ object: find }) =>
      (find('Pod', 'crasher')?.reason ?? '').startsWith('CrashLoopBackOff'),
    )
    const pod = object('Pod', 'crasher')
    const events = await service.events({ planeId, object: pod?.uid }, soon())
    await client.request('DELETE', `${deployments}/crasher`, { body: { propagationPolicy: 'Background' } }, soon())
    await window.until(({ object: find }) => find('Pod', 'crasher') === undefined)

    expect(pod).toMatchObject({ health: 'degraded', component: 'crasher' })
    expect(pod?.reason).toContain('exit code 3')
    expect(component('crasher')).toMatchObject({ health: 'degraded' })
    expect(events.map(({ reason: why }) => why)).toContain('BackOff')
    expect(events.every(({ object: { name } }) => name === pod?.name)).toBe(true)
    const times = events.map(({ at }) => Date.parse(at))
    expect(times).toEqual(times.toSorted((a, b) => b - a))
  })

  it('reports a stopped API server and the time of the last state within 3 s, and recovers by itself', async () => {
    const window = open()
    await window.until(isHealthy)
    onTestFinished(() => bed.startApiServer(soon()))

    const stopping = bed.stopApiServer(soon())
    const stale = window.until(({ status }) => status.connection.state === 'stale')
    await stopping
    const stoppedMs = performance.now()
    const { status, objects } = await stale
    const staleMs = Math.max(0, performance.now() - stoppedMs)
    await bed.startApiServer(soon())
    const back = await window.until(isHealthy)

    expect(staleMs).toBeLessThan(3_000)
    expect(status.connection.problem?.code).toBe('CLUSTER_UNREACHABLE')
    expect(Date.parse(status.asOf ?? '')).toBeLessThanOrEqual(Date.parse(status.connection.since))
    expect(Date.parse(status.connection.since) - Date.parse(status.asOf ?? '')).toBeLessThan(5_000)
    expect(objects.size).toBeGreaterThan(2)
    expect(Date.parse(back.status.asOf ?? '')).toBeGreaterThan(Date.parse(status.asOf ?? ''))
  })

  it('reports an unresponsive API server within 4 s while the connection is open, and continues when it responds', async () => {
    const window = open()
    await window.until(isHealthy)
    const apiServer = await findProcess(
      (line) => /^[^\0]*\/kube-apiserver\0/.test(line) && line.includes(`/${bed.name}/`),
    )
    onTestFinished(() => void process.kill(apiServer, 'SIGCONT'))

    process.kill(apiServer, 'SIGSTOP')
    const stoppedMs = performance.now()
    const { status } = await window.until((state) => state.status.connection.state === 'stale')
    const staleMs = performance.now() - stoppedMs
    process.kill(apiServer, 'SIGCONT')
    const back = await window.until(isHealthy)

    expect(staleMs).toBeLessThan(4_000)
    expect(status.connection.problem?.code).toBe('TIMED_OUT')
    expect(back.status.connection.problem).toBeUndefined()
  })

  it('shows the last known state with its age after a restart without the cluster', async () => {
    const folder = await temporaryHome()
    onTestFinished(folder.remove)
    const first = serviceFor(connection(), folder.path)
    const before = new Window(first, soon())
    const known = await before.until(isHealthy)
    await before.close()
    await first.close()
    await bed.stopApiServer(soon())
    onTestFinished(() => bed.startApiServer(soon()))

    const again = open(folder.path)
    const { status, object } = await again.until(() => true)
    const later = await again.until((state) => state.status.connection.problem !== undefined)

    expect(status.connection.state).toBe('stale')
    expect(status.connection.since).toBe(status.asOf)
    expect(Date.parse(status.asOf ?? '')).toBeGreaterThanOrEqual(Date.parse(known.status.asOf ?? ''))
    expect(object('Pod', 'gateway')?.health).toBe('healthy')
    expect(later.status.connection).toMatchObject({ state: 'stale', since: status.asOf })
    expect(later.status.asOf).toBe(status.asOf)
    const file = join(folder.path, 'workloads', `${planeId}.json`)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder.path, 'workloads'))).mode & 0o777).toBe(0o700)
  })

  it('shares a watch with a second window, and continues it for the first when the second closes', async () => {
    const service = serviceFor(connection(), home.path)
    onTestFinished(() => service.close())
    const first = new Window(service, soon())
    await first.until(isHealthy)

    const second = new Window(service, soon())
    const { events } = await second.until(isHealthy)
    await second.close()
    await client.request(
      'PATCH',
      `${deployments}/gateway`,
      { body: { spec: { replicas: 2 } }, contentType: 'application/merge-patch+json' },
      soon(),
    )
    const { object } = await first.until(({ object: find }) => find('Deployment', 'gateway')?.ready === 2)

    // Its first event was the live state.
    expect(events).toBe(1)
    expect(object('Deployment', 'gateway')).toMatchObject({ ready: 2, total: 2 })
  })
})
