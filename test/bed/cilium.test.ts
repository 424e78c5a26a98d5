import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { Profile } from '../../preload/contract/profiles.ts'
import { run } from '../../scripts/run.ts'
import { apiOf } from './access.ts'
import type { Api } from './api.ts'
import { type Bed, baseTags, build, startBed } from './bed.ts'
import { type BedIdentity, identityOf, leftoversOf, startOwner } from './leftovers.ts'
import { missingPrograms } from './programs.ts'
import { until } from './until.ts'
import { execInPod, shellPod, skipReason, waitForPhase } from './with-bed.ts'

const limit = () => AbortSignal.timeout(90_000)
const startLimitMs = 280_000
const buildLimitMs = 1_200_000

const isBuiltOrMayBe = missingPrograms(['cilium']).length === 0 || process.env.HANGAR_LONG === '1'
const reason = isBuiltOrMayBe ? skipReason('real', 'cilium') : '(not built yet: npm run test:long builds it)'

const policies = '/apis/cilium.io/v2/namespaces/default/ciliumnetworkpolicies'
const policy = {
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumNetworkPolicy',
  metadata: { name: 'friends-only' },
  spec: {
    endpointSelector: { matchLabels: { app: 'server' } },
    ingress: [{ fromEndpoints: [{ matchLabels: { friend: 'yes' } }] }],
  },
}

/** Of this computer, outside of beds: what Cilium would change here if it were not isolated. */
const outsideState = () => ({
  interfaces: readdirSync('/sys/class/net').filter((name) => /^(cilium_|lxc)/.test(name)),
  mounts: readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => / (bpf|cgroup2) |cilium/.test(line)),
  pins: readdirSync('/sys/fs/bpf'),
  sysctls: ['unprivileged_bpf_disabled', 'timer_migration'].map((name) =>
    readFileSync(`/proc/sys/kernel/${name}`, 'utf8'),
  ),
})

const inBed = async (initPid: number | undefined, script: string): Promise<string> => {
  const within = ['-t', String(initPid), '-m', '-n', '-p', '--', 'sh', '-c', script]
  return (await run('nsenter', within, { signal: limit() })).stdout
}

const KernelObjects = z.array(z.object({ id: z.number(), type: z.string(), map_ids: z.array(z.number()).optional() }))
const listOf = async (kind: 'prog' | 'map') =>
  KernelObjects.parse(JSON.parse((await run('bpftool', ['-j', kind, 'list'], { signal: limit() })).stdout))

/**
 * The BPF maps of one bed and the programs that use them, by id, as "map 7". The kernel has no
 * namespaces for them, so a bed's own are recognized by the maps that are pinned in its file system:
 * another bed on this machine loads and releases its own at the same time.
 */
const kernelObjectsOf = async (initPid: number | undefined): Promise<string[]> => {
  const pinned = await inBed(initPid, 'for map in /sys/fs/bpf/tc/globals/*; do bpftool -j map show pinned $map; done')
  const maps = new Set(pinned.match(/(?<="id":)\d+/g)?.map(Number))
  const programs = (await listOf('prog')).filter(({ map_ids = [] }) => map_ids.some((id) => maps.has(id)))
  return [...[...maps].map((id) => `map ${id}`), ...programs.map(({ id }) => `prog ${id}`)]
}

const isEmpty = async (map: number): Promise<boolean> =>
  (await run('bpftool', ['-j', 'map', 'dump', 'id', String(map)], { signal: limit() })).stdout.trim() === '[]'

/**
 * Those of these objects that the kernel still has. Linux (6.18) can keep the array of tail calls of an agent that is killed
 * while it loads programs: 712 bytes that no program, file or process refers to. It counts as released once it is empty.
 */
const stillInKernel = async (objects: readonly string[]): Promise<string[]> => {
  const [programs, maps] = await Promise.all([listOf('prog'), listOf('map')])
  const present = new Set(programs.map(({ id }) => `prog ${id}`))
  for (const { id, type } of maps) {
    const name = `map ${id}`
    if (objects.includes(name) && !(type === 'prog_array' && (await isEmpty(id)))) present.add(name)
  }
  return objects.filter((object) => present.has(object))
}

/** The kernel releases them after the last reference, on a busy machine many seconds later. */
const releasedFromKernel = (objects: readonly string[]) =>
  until('The release of its BPF objects', async () => (await stillInKernel(objects)).length === 0, 60_000, limit())

describe.skipIf(reason !== '')(`a bed with Cilium ${reason}`, () => {
  let before: ReturnType<typeof outsideState>
  let bed: Bed
  let api: Api
  let identity: BedIdentity

  beforeAll(async () => {
    await build(['cilium'], { signal: AbortSignal.timeout(buildLimitMs) })
    before = outsideState()
    bed = await startBed({ pods: 'real', network: 'cilium' }, AbortSignal.timeout(startLimitMs))
    identity = await identityOf(bed)
    api = await apiOf(bed)
    await api.apply(shellPod('server', 'echo served > /tmp/index.html; httpd -f -p 8080 -h /tmp'), limit())
    await api.apply(
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'server', namespace: 'default' },
        spec: { selector: { app: 'server' }, ports: [{ port: 80, targetPort: 8080 }] },
      },
      limit(),
    )
    // Not busybox's wget: that of Debian crashes when it starts.
    const idle = { image: baseTags.node, command: ['node', '-e', 'setInterval(() => {}, 1e6)'] }
    const friend = shellPod('friend', '', idle)
    await api.apply({ ...friend, metadata: { ...friend.metadata, labels: { app: 'friend', friend: 'yes' } } }, limit())
    await api.apply(shellPod('stranger', '', idle), limit())
    for (const name of ['server', 'friend', 'stranger']) await waitForPhase(api, name, 'Running', limit())
  }, buildLimitMs + startLimitMs)
  afterAll(() => bed?.down())

  const call = (from: string): Promise<string> => {
    const url = 'http://server.default.svc.cluster.local'
    const script = `fetch('${url}', { signal: AbortSignal.timeout(2000) }).then((answer) => answer.text())
      .then((text) => process.stdout.write(text), (error) => process.stdout.write(error.name))`
    return execInPod(bed, from, ['node', '-e', script])
  }
  const expectReceived = (from: string, text: string) =>
    until(`"${text}" received by ${from}`, async () => (await call(from)) === text, 30_000, limit())

  it('gives pods addresses that are Cilium endpoints, and connects them through a service', async () => {
    const pods = await api.list('/api/v1/namespaces/default/pods', limit())
    const endpoints = await api.list('/apis/cilium.io/v2/namespaces/default/ciliumendpoints', limit())
    const addressOf = (name: string) => pods.find(({ metadata }) => metadata.name === name)?.status?.podIP
    for (const name of ['server', 'friend', 'stranger'])
      expect(endpoints.find(({ metadata }) => metadata.name === name)?.status?.networking).toMatchObject({
        addressing: [{ ipv4: addressOf(name) }],
      })

    await expectReceived('friend', 'served\n')
    await expectReceived('stranger', 'served\n')
  })

  it('has the custom resource definitions by which the demo profile detects it', async () => {
    const text = await readFile(join(import.meta.dirname, '../../assets/profiles/demo/profile.yaml'), 'utf8')
    const { components } = Profile.parse(parse(text))
    const parts = components.find(({ id }) => id === 'network')?.parts ?? []
    const [part] = parts.filter(({ kind }) => kind === 'CustomResourceDefinition')
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${part?.name}`

    const { status } = await api.get(path, limit())

    expect(status?.conditions).toContainEqual(expect.objectContaining({ type: 'Established', status: 'True' }))
  })

  it('lets pods reach this computer by its added names', async () => {
    await bed.addHostNames({ 'control.example.test': bed.hostAddress })

    expect(await execInPod(bed, 'server', ['nslookup', 'control.example.test'])).toContain(bed.hostAddress)
    expect(await execInPod(bed, 'server', ['ping', '-c', '1', '-W', '5', bed.hostAddress])).toContain(
      '1 packets received',
    )
  })

  it('isolates a pod by a network policy, and connects it again when that is removed', async () => {
    await expectReceived('stranger', 'served\n')

    await api.create(policies, policy, limit())
    await expectReceived('stranger', 'TimeoutError')
    expect(await call('friend')).toBe('served\n')

    await api.remove(`${policies}/friends-only`, limit())
    await expectReceived('stranger', 'served\n')
  })

  it('has interfaces, mounts, pins and sysctls only in its namespaces, and leaves none after its end', async () => {
    const stdout = await inBed(bed.initPid, 'ls /sys/fs/bpf/tc/globals; ip link')
    for (const name of ['cilium_ipcache', 'cilium_host', 'lxc']) expect(stdout).toContain(name)
    const objects = await kernelObjectsOf(bed.initPid)
    for (const kind of ['map', 'prog'])
      expect(objects.filter((name) => name.startsWith(kind)).length).toBeGreaterThan(5)
    expect(outsideState()).toEqual(before)
    expect(leftoversOf(identity).length).toBeGreaterThan(10)

    await bed.down()

    expect(leftoversOf(identity)).toEqual([])
    expect(outsideState()).toEqual(before)
    await releasedFromKernel(objects)
  })

  it('leaves nothing when its owner is killed', async () => {
    const { owner, facts, identity: killed } = await startOwner({ pods: 'real', network: 'cilium' })
    expect(leftoversOf(killed).length).toBeGreaterThan(10)
    const objects = await kernelObjectsOf(facts.initPid)
    expect(objects.length).toBeGreaterThan(10)

    owner.kill('SIGKILL')

    await until('The end of all of it', async () => leftoversOf(killed).length === 0, 30_000, limit())
    expect(outsideState()).toEqual(before)
    await releasedFromKernel(objects)
  })
})
