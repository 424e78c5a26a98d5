import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Problem } from '../../preload/contract/problem.ts'
import { createPlanes, type Planes, type PlanesPorts } from './planes.ts'

let folder: string
const kept = new Map<string, unknown>()
const forgotten: string[] = []

const ports: PlanesPorts = {
  checkSettings: async (_profile, { host }) => {
    if (host === 'wrong') throw new Problem('SETTINGS_INVALID', 'host: expected another.')
  },
  contextName: async (contextId) => {
    if (contextId === 'gone') throw new Problem('CONTEXT_UNKNOWN', 'There is no such context.')
    return `name of ${contextId}`
  },
  storeOverrides: async (planeId, overrides) => {
    if (JSON.stringify(overrides)?.includes('locked')) throw new Problem('VAULT_LOCKED', 'It waits for a passphrase.')
    if (overrides === undefined) kept.delete(planeId)
    else kept.set(planeId, overrides)
  },
  forget: async (planeId) => {
    forgotten.push(planeId)
  },
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-planes-'))
  kept.clear()
  forgotten.length = 0
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = (): Planes => createPlanes(join(folder, 'planes'), ports)
const described = { profile: 'demo', contextId: 'here', managementModel: 'self', settings: {}, overrides: {} }

describe('planes', () => {
  it('are none on a new computer', async () => {
    expect(await open().list()).toEqual([])
  })

  it('are still there for another process, in the order of their names', async () => {
    await open().create({ ...described, name: 'south' })
    await open().create({ ...described, name: 'north' })

    const found = await open().list()

    expect(found.map(({ name, contextName }) => [name, contextName])).toEqual([
      ['north', 'name of here'],
      ['south', 'name of here'],
    ])
    const [file = ''] = await readdir(join(folder, 'planes'))
    expect((await stat(join(folder, 'planes', file))).mode & 0o777).toBe(0o600)
  })

  it.each([
    ['its name is taken', { name: 'taken' }, 'PLANE_EXISTS'],
    ['its context is gone', { contextId: 'gone' }, 'CONTEXT_UNKNOWN'],
    ['a setting is wrong', { settings: { host: 'wrong' } }, 'SETTINGS_INVALID'],
    ['its overrides cannot be sealed', { overrides: { gateway: { key: 'locked' } } }, 'VAULT_LOCKED'],
  ])('are not made where %s', async (_why, change, code) => {
    const planes = open()
    await planes.create({ ...described, name: 'taken' })

    await expect(planes.create({ ...described, name: 'new', ...change })).rejects.toMatchObject({ code })
    expect((await planes.list()).map(({ name }) => name)).toEqual(['taken'])
  })

  it('keep overrides sealed elsewhere, and in their own file only which releases have some', async () => {
    const planes = open()
    const { id } = await planes.create({ ...described, name: 'north', overrides: { gateway: { key: 'canary-4c1d' } } })

    expect(kept.get(id)).toEqual({ gateway: { key: 'canary-4c1d' } })
    expect((await planes.get(id)).overridden).toEqual(['gateway'])
    expect(await readFile(join(folder, 'planes', `${id}.json`), 'utf8')).not.toContain('canary-4c1d')
  })

  it('keep the overrides that they have until others are given, and none once they are empty', async () => {
    const planes = open()
    const { id } = await planes.create({ ...described, name: 'north', overrides: { gateway: { a: 1 } } })

    const settingsOnly = await planes.update({ planeId: id, settings: { host: 'other' } })
    const emptied = await planes.update({ planeId: id, settings: {}, overrides: {} })

    expect(settingsOnly).toMatchObject({ settings: { host: 'other' }, overridden: ['gateway'] })
    expect(emptied.overridden).toEqual([])
    expect(kept.has(id)).toBe(false)
  })

  it('lose nothing to a damaged file but the plane in it', async () => {
    const planes = open()
    await planes.create({ ...described, name: 'north' })
    await writeFile(join(folder, 'planes', 'damaged.json'), '{"id": "')

    expect((await planes.list()).map(({ name }) => name)).toEqual(['north'])
  })

  it('are not taken for none where their folder cannot be read', async () => {
    await writeFile(join(folder, 'planes'), 'not a folder')

    await expect(open().list()).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  })

  it('go with what others keep of them', async () => {
    const planes = open()
    const { id } = await planes.create({ ...described, name: 'north' })

    await planes.remove(id)

    expect(forgotten).toEqual([id])
    expect(await planes.list()).toEqual([])
    await expect(planes.get(id)).rejects.toMatchObject({ code: 'PLANE_UNKNOWN' })
  })
})
