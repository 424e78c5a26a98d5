import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { applyObject } from '../../main/lib/kubernetes/apply.ts'
import type { KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import { discover } from '../../main/lib/kubernetes/discovery.ts'
import { isKindUnknown, isNotFound } from '../../main/lib/kubernetes/failure.ts'
import { deleteObject, getObject, listObjects } from '../../main/lib/kubernetes/objects.ts'
import { openCluster } from '../../main/lib/kubernetes/open.ts'
import { apiOf } from '../bed/access.ts'
import { type Bed, startBed } from '../bed/bed.ts'
import { until } from '../bed/until.ts'
import { podLog, shellPod, skipReason, waitForPhase } from '../bed/with-bed.ts'
import { isLongRun } from '../daily-sample.ts'
import { type ClusterDemo, startClusterDemo } from '../demo/cluster/demo-on-cluster.ts'

const limit = () => AbortSignal.timeout(60_000)

/** Everything in a cluster by kind, namespace and name, but events and the leases of Kubernetes, which come by themselves. */
async function listing(client: KubernetesClient): Promise<string[]> {
  const { resources } = await discover(client, limit())
  const kinds = resources.filter(({ verbs, kind }) => verbs.includes('list') && kind !== 'Event')
  const lists = await Promise.all(kinds.map((kind) => listServed(client, kind)))
  const names = lists.flat().map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`)
  return [...new Set(names)].filter((name) => !name.startsWith('Lease kube-')).toSorted()
}

/** A kind whose definition is being removed can still be in the discovery, and has no objects. */
const listServed = (client: KubernetesClient, kind: Parameters<typeof listObjects>[1]) =>
  listObjects(client, kind, {}, limit()).catch((error: unknown) => {
    if (isNotFound(error) || isKindUnknown(error)) return []
    throw new Error(`${kind.kind} (${kind.apiVersion}) cannot be listed: ${error}`, { cause: error })
  })

const openBed = (bed: Bed): Promise<KubernetesClient> =>
  openCluster({ files: [bed.kubeconfig], contextName: bed.name, environment: {} })

const simulated = skipReason('simulated')
describe.skipIf(simulated !== '')(`the demo on a cluster that is already there ${simulated}`, () => {
  let bed: Bed
  let client: KubernetesClient
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-cluster-demo-'))
    bed = await startBed({ pods: 'simulated', dns: false, storage: false }, AbortSignal.timeout(120_000))
    client = await openBed(bed)
  })
  afterAll(async () => {
    await client?.close()
    await bed?.down()
    await rm(folder, { recursive: true, force: true })
  })

  const asked: string[] = []
  const start = (answer = true): Promise<ClusterDemo | undefined> =>
    startClusterDemo(
      {
        folder: join(folder, 'demo'),
        home: join(folder, 'home'),
        kubeconfigs: [bed.kubeconfig],
        context: bed.name,
        images: 'hangar.test',
        onProgress: () => undefined,
        confirm: async (description) => {
          asked.push(description)
          return answer
        },
      },
      limit(),
    )

  it('changes nothing if the user declines, and says what it would change', async () => {
    const before = await listing(client)

    expect(await start(false)).toBeUndefined()

    expect(asked.at(-1)).toContain(`the context "${bed.name}" at https://${bed.nodeAddress}:`)
    expect(asked.at(-1)).toContain('namespaces: hangar-demo-services, hangar-plane')
    expect(await listing(client)).toEqual(before)
  })

  it('is refused where the cluster has what it would remove, and leaves that alone', async () => {
    const flux = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system' } }
    await applyObject(client, flux, {}, limit())

    await expect(start()).rejects.toThrow('already has Namespace flux-system')

    const object = await getObject(client, flux, flux.metadata, limit())
    expect(object?.metadata.deletionTimestamp).toBeUndefined()
    await deleteObject(client, flux, flux.metadata, {}, limit())
    await until('its end', async () => !(await getObject(client, flux, flux.metadata, limit())), 20_000, limit())
  })

  it('removes what a killed one left, runs once, and leaves the cluster as it was', async () => {
    const before = await listing(client)
    const name = 'hangar-demo-services'
    const annotations = { 'hangar.test/demo-started-by': JSON.stringify({ pid: process.pid, started: '1' }) }
    const metadata = { name, labels: { 'hangar.test/demo': 'on-cluster' }, annotations }
    await applyObject(client, { apiVersion: 'v1', kind: 'Namespace', metadata }, {}, limit())
    await applyObject(
      client,
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'left', namespace: name } },
      {},
      limit(),
    )

    const demo = await start()

    expect(asked.at(-1)).toContain('It first removes what an earlier demo has left there.')
    const left = await getObject(
      client,
      { apiVersion: 'v1', kind: 'ConfigMap' },
      { namespace: name, name: 'left' },
      limit(),
    )
    expect(left).toBeUndefined()
    await expect(start()).rejects.toThrow('A demo is running')
    const services = await listObjects(
      client,
      { apiVersion: 'v1', kind: 'Service' },
      { namespace: 'hangar-demo-services' },
      limit(),
    )
    expect(services).toHaveLength(11)
    expect(await demo?.close()).toEqual([])
    expect(await listing(client)).toEqual(before)
  })
})

const real = skipReason('real')
if (isLongRun)
  describe.skipIf(real !== '')(`the whole demo on a second cluster ${real}`, () => {
    let bed: Bed
    let client: KubernetesClient
    beforeAll(async () => {
      bed = await startBed({ pods: 'real' }, AbortSignal.timeout(280_000))
      client = await openBed(bed)
    }, 290_000)
    afterAll(async () => {
      await client?.close()
      await bed?.down()
    }, 60_000)

    const run = (...args: readonly string[]) => {
      const script = join(import.meta.dirname, '..', '..', 'scripts', 'demo.ts')
      const cluster = ['--context', bed.name, '--kubeconfig', bed.kubeconfig, '--images', 'hangar.test']
      const child = spawn(process.execPath, [script, ...cluster, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
      onTestFinished(() => void child.kill('SIGTERM'))
      let printed = ''
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          printed += text
        })
      return { child, ended: once(child, 'close').then(([code]) => code), printed: () => printed }
    }

    /** Whether a pod of the cluster connects to a port of this computer. */
    async function reachesHere(name: string): Promise<boolean> {
      const server = createServer((socket) => socket.end())
      await new Promise<void>((resolve) => server.listen(0, bed.hostAddress, resolve))
      onTestFinished(() => void server.close())
      const address = server.address()
      const port = typeof address === 'object' ? address?.port : 0
      const api = await apiOf(bed)
      const pod = shellPod(name, `nc -w 2 ${bed.hostAddress} ${port} < /dev/null && echo reached || echo blocked`)
      await api.apply({ ...pod, spec: { ...Object(pod.spec), restartPolicy: 'Never' } }, limit())
      await waitForPhase(api, name, 'Succeeded', limit())
      const log = await podLog(api, name, limit())
      await api.remove(`/api/v1/namespaces/default/pods/${name}`, limit())
      await until('its end', async () => !(await listing(client)).includes(`Pod default/${name}`), 30_000, limit())
      return log.trim() === 'reached'
    }

    it('is installed, checked from pods and read where pods cannot reach this computer, and leaves nothing', async () => {
      expect(await reachesHere('open')).toBe(true)
      const rules = ['table inet closed {', 'chain closed {', 'type filter hook forward priority 0'].concat(
        `ip daddr ${bed.hostAddress} drop`,
        '}',
        '}',
      )
      execFileSync('nsenter', ['-t', String(bed.initPid), '-n', 'nft', '-f', '-'], { input: `${rules.join('\n')}\n` })
      expect(await reachesHere('closed')).toBe(false)
      const before = await listing(client)

      const demo = run('--headless', '--yes')
      const code = await demo.ended

      expect({ code, printed: demo.printed() }).toEqual({
        code: 0,
        printed: expect.stringMatching(
          /✓ preflight: .+✓ install: .+✓ status: .+✓ connectivity: 23 checks from pods pass, 0 do not.+✓ logs: [1-9]/s,
        ),
      })
      expect(await listing(client)).toEqual(before)
    }, 400_000)

    it('leaves nothing after Ctrl-C during the install', async () => {
      const before = await listing(client)
      const demo = run('--headless', '--yes')
      const isInstalling = async () => demo.printed().includes('running: Install')
      const install = until('the install', isInstalling, 180_000, AbortSignal.timeout(200_000))
      const endedBefore = demo.ended.then((code) => {
        throw new Error(`The demo ended with ${code} before its install.`)
      })
      await Promise.race([install, endedBefore]).catch((cause: unknown) => {
        throw new Error(`${cause} It printed:\n${demo.printed()}`, { cause })
      })

      demo.child.kill('SIGINT')
      const code = await demo.ended

      expect({ code, printed: demo.printed() }).toEqual({ code: 130, printed: expect.any(String) })
      expect(await listing(client)).toEqual(before)
    }, 400_000)
  })
