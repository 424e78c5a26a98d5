import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Problem } from '../../preload/contract/problem.ts'
import { createPlanes, type Planes, type PlanesPorts } from './planes.ts'

let folder: string
const storedOverrides = new Map<string, unknown>()
const forgotten: string[] = []
const contextChanges: string[] = []
let running = false
/** The cluster that a context reaches. */
const clusters = new Map([
  ['here', 'uid-1'],
  ['there', 'uid-1'],
  ['elsewhere', 'uid-2'],
])

const ports: PlanesPorts = {
  checkSettings: async (_profile, { host }) => {
    if (host === 'wrong') throw new Problem('SETTINGS_INVALID', 'host: expected another.')
  },
  settingsSchema: async () => ({ type: 'object', properties: {} }),
  checkChangedSettings: (_plane, settings) => ports.checkSettings('', settings),
  settingsChanged: async () => undefined,
  pinProfile: async ({ profile }) => {
    if (profile === 'missing') throw new Problem('PROFILE_UNKNOWN', 'The profile does not exist.')
  },
  contextName: async (contextId) => {
    if (contextId === 'missing') throw new Problem('CONTEXT_UNKNOWN', 'The context does not exist.')
    return `name of ${contextId}`
  },
  usableContextName: async (contextId) => {
    if (contextId === 'broken') throw new Problem('KUBECONFIG_INVALID', 'The context cannot be used.')
    return await ports.contextName(contextId)
  },
  clusterUid: async (contextId) => clusters.get(contextId),
  refuseRunning: async () => {
    if (running) throw new Problem('OPERATION_RUNNING', 'An operation is running.')
  },
  contextChanged: ({ contextName }) => {
    contextChanges.push(contextName)
  },
  storeOverrides: async (planeId, overrides) => {
    if (JSON.stringify(overrides)?.includes('locked')) throw new Problem('VAULT_LOCKED', 'The vault is locked.')
    if (overrides === undefined) storedOverrides.delete(planeId)
    else storedOverrides.set(planeId, overrides)
  },
  forget: async (planeId) => {
    forgotten.push(planeId)
  },
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-planes-'))
  storedOverrides.clear()
  forgotten.length = 0
  contextChanges.length = 0
  running = false
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = (): Planes => createPlanes(join(folder, 'planes'), ports)
const newPlane = { profile: 'demo', contextId: 'here', managementModel: 'self', settings: {}, overrides: {} }

describe('planes', () => {
  it('are an empty list on a new computer', async () => {
    expect(await open().list()).toEqual([])
  })

  it('are listed by another process, sorted by name', async () => {
    await open().create({ ...newPlane, name: 'south' })
    await open().create({ ...newPlane, name: 'north' })

    const planes = await open().list()

    expect(planes.map(({ name, contextName }) => [name, contextName])).toEqual([
      ['north', 'name of here'],
      ['south', 'name of here'],
    ])
    const [file = ''] = await readdir(join(folder, 'planes'))
    expect((await stat(join(folder, 'planes', file))).mode & 0o777).toBe(0o600)
  })

  it.each([
    ['its name is taken', { name: 'taken' }, 'PLANE_EXISTS'],
    ['its context does not exist', { contextId: 'missing' }, 'CONTEXT_UNKNOWN'],
    ['a setting is invalid', { settings: { host: 'wrong' } }, 'SETTINGS_INVALID'],
    ['the vault for its overrides is locked', { overrides: { gateway: { key: 'locked' } } }, 'VAULT_LOCKED'],
  ])('are not created where %s', async (_why, change, code) => {
    const planes = open()
    await planes.create({ ...newPlane, name: 'taken' })

    await expect(planes.create({ ...newPlane, name: 'new', ...change })).rejects.toMatchObject({ code })
    expect((await planes.list()).map(({ name }) => name)).toEqual(['taken'])
  })

  it('store overrides in the vault, and in their file only the names of the overridden releases', async () => {
    const planes = open()
    const { id } = await planes.create({ ...newPlane, name: 'north', overrides: { gateway: { key: 'canary-4c1d' } } })

    expect(storedOverrides.get(id)).toEqual({ gateway: { key: 'canary-4c1d' } })
    expect((await planes.get(id)).overridden).toEqual(['gateway'])
    expect(await readFile(join(folder, 'planes', `${id}.json`), 'utf8')).not.toContain('canary-4c1d')
  })

  it('keep their overrides after an update without any, and lose them after an empty update', async () => {
    const planes = open()
    const { id } = await planes.create({ ...newPlane, name: 'north', overrides: { gateway: { a: 1 } } })

    const settingsOnly = await planes.update({ planeId: id, settings: { host: 'other' } })
    const emptied = await planes.update({ planeId: id, settings: {}, overrides: {} })

    expect(settingsOnly).toMatchObject({ settings: { host: 'other' }, overridden: ['gateway'] })
    expect(emptied.overridden).toEqual([])
    expect(storedOverrides.has(id)).toBe(false)
  })

  it('use another context once their kubeconfig has moved, and keep everything else', async () => {
    const planes = open()
    const before = await planes.create({ ...newPlane, name: 'north', settings: { host: 'a' } })

    const moved = await planes.setContext({ planeId: before.id, contextId: 'there' })

    expect(moved).toEqual({ ...before, contextId: 'there', contextName: 'name of there' })
    expect(await planes.get(before.id)).toEqual(moved)
    expect(contextChanges).toEqual(['name of there'])
  })

  it('stay bound to the cluster that they are installed on, whatever the kubeconfig calls it', async () => {
    const planes = open()
    const { id } = await planes.create({ ...newPlane, name: 'north' })
    await planes.bind(id, 'uid-1')

    await expect(planes.setContext({ planeId: id, contextId: 'elsewhere' })).rejects.toMatchObject({
      code: 'CLUSTER_OTHER',
      evidence: expect.stringContaining('uid-2'),
    })
    expect((await planes.get(id)).contextId).toBe('here')
    expect(await planes.setContext({ planeId: id, contextId: 'there' })).toMatchObject({ clusterUid: 'uid-1' })
    // This user is not permitted to read the uid.
    expect(await planes.setContext({ planeId: id, contextId: 'unreadable' })).toMatchObject({ clusterUid: 'uid-1' })
    const replaced = await planes.setContext({ planeId: id, contextId: 'elsewhere', otherCluster: true })
    expect([replaced.contextId, replaced.clusterUid]).toEqual(['elsewhere', undefined])
  })

  it('are bound to their cluster once they are connected to', async () => {
    const planes = open()
    const { overrides, ...description } = newPlane
    const { id } = await planes.reconnect({ ...description, name: 'theirs' })
    await expect(planes.setContext({ planeId: id, contextId: 'elsewhere' })).rejects.toMatchObject({
      code: 'CLUSTER_OTHER',
    })
    expect((await planes.get(id)).contextId).toBe('here')
  })

  it('are no longer bound to a cluster after an uninstall', async () => {
    const planes = open()
    const { id } = await planes.create({ ...newPlane, name: 'north' })
    await planes.bind(id, 'uid-1')
    await planes.markUninstalled(id, '2026-02-01T00:00:00Z')

    expect((await open().get(id)).clusterUid).toBeUndefined()
  })

  it('are reached by another context of their cluster for one process, which saves nothing of it', async () => {
    const planes = open()
    const { id } = await planes.create({ ...newPlane, name: 'north' })
    await planes.bind(id, 'uid-1')

    await planes.reach({ planeId: id, contextId: 'there' })
    await planes.markInstalled(id, '2026-01-01T00:00:00Z')

    expect((await planes.get(id)).contextId).toBe('there')
    expect((await open().get(id)).contextId).toBe('here')
    await expect(planes.reach({ planeId: id, contextId: 'elsewhere' })).rejects.toMatchObject({
      code: 'CLUSTER_OTHER',
    })
  })

  it('found in their cluster are created without the settings that their profile requires', async () => {
    const planes = open()
    const { overrides, ...description } = newPlane

    const found = await planes.reconnect({ ...description, settings: { host: 'wrong' }, name: 'north' })

    expect(found).toMatchObject({ name: 'north', overridden: [] })
    await expect(planes.reconnect({ ...description, name: 'north' })).rejects.toMatchObject({ code: 'PLANE_EXISTS' })
  })

  it.each([
    ['does not exist', 'missing', false, 'CONTEXT_UNKNOWN'],
    ['cannot be used', 'broken', false, 'KUBECONFIG_INVALID'],
    ['is chosen while an operation runs', 'there', true, 'OPERATION_RUNNING'],
  ])('keep their context if the new one %s', async (_why, contextId, runs, code) => {
    const planes = open()
    const { id } = await planes.create({ ...newPlane, name: 'north' })
    running = runs

    await expect(planes.setContext({ planeId: id, contextId })).rejects.toMatchObject({ code })
    expect((await planes.get(id)).contextId).toBe('here')
    expect(contextChanges).toEqual([])
  })

  it('keep when they were uninstalled, until they are installed again', async () => {
    const planes = open()
    const { id } = await planes.create({ ...newPlane, name: 'north' })
    await planes.markInstalled(id, '2026-01-01T00:00:00Z')
    await planes.markUninstalled(id, '2026-02-01T00:00:00Z')

    expect(await planes.get(id)).toMatchObject({
      installedAt: '2026-01-01T00:00:00Z',
      uninstalledAt: '2026-02-01T00:00:00Z',
    })

    await planes.markInstalled(id, '2026-03-01T00:00:00Z')
    const again = await open().get(id)
    expect([again.installedAt, again.uninstalledAt]).toEqual(['2026-03-01T00:00:00Z', undefined])
  })

  it('have a new name, labels and a pin, and keep what is not given', async () => {
    const planes = open()
    const { id } = await planes.create({ ...newPlane, name: 'north' })
    await planes.describe({ planeId: id, labels: { region: 'eu' } })
    await planes.describe({ planeId: id, name: 'payments', pinned: true })

    expect(await open().get(id)).toMatchObject({ name: 'payments', labels: { region: 'eu' }, pinned: true })
  })

  it('keep their name if another plane has the new one', async () => {
    const planes = open()
    await planes.create({ ...newPlane, name: 'south' })
    const { id } = await planes.create({ ...newPlane, name: 'north' })

    await expect(planes.describe({ planeId: id, name: 'south' })).rejects.toMatchObject({ code: 'PLANE_EXISTS' })
    expect((await planes.describe({ planeId: id, name: 'north' })).name).toBe('north')
  })

  it('are listed without the plane of a damaged file', async () => {
    const planes = open()
    await planes.create({ ...newPlane, name: 'north' })
    await writeFile(join(folder, 'planes', 'damaged.json'), '{"id": "')

    expect((await planes.list()).map(({ name }) => name)).toEqual(['north'])
  })

  it('are reported as unreadable, not as an empty list, where their folder cannot be read', async () => {
    await writeFile(join(folder, 'planes'), 'not a folder')

    await expect(open().list()).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  })

  it('are removed together with what other features store for them', async () => {
    const planes = open()
    const { id } = await planes.create({ ...newPlane, name: 'north' })

    await planes.remove(id)

    expect(forgotten).toEqual([id])
    expect(await planes.list()).toEqual([])
    await expect(planes.get(id)).rejects.toMatchObject({ code: 'PLANE_UNKNOWN' })
  })
})
