import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createProfiles, type Profiles } from './profiles.ts'

const text = (name: string, more = '') => `# a comment that stays
schemaVersion: 1
name: ${name} # its name
title: A plane
description: For tests
settings:
  type: object
  additionalProperties: false
  required: [planeId]
  properties:
    planeId: {type: string, title: Name of the plane, minLength: 1}
    vault:
      type: object
      title: Key vault
      additionalProperties: false
      properties:
        host: {type: string, title: Host, default: ""}
        port: {type: integer, title: Port, maximum: 65535, default: 443}
        kind: {enum: [azure, aws], default: azure}
managementModels: [{id: self, title: Self, summary: We do, tasks: []}]
components: [{id: agent, title: Agent, summary: Talks, providedBy: release}]
releases:
  - {name: agent, namespace: n, chart: {path: ../../charts/agent}, components: [agent]}
endpoints: []
${more}`

let folder: string
let profiles: Profiles
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-profiles-'))
  const write = async (file: string, content: string) => {
    await mkdir(join(folder, file, '..'), { recursive: true })
    await writeFile(join(folder, file), content)
  }
  await write('built-in/base/profile.yaml', text('base'))
  await write('charts/agent/Chart.yaml', 'name: agent\n')
  await write('own/broken/profile.yaml', text('broken').replace('title: A plane', 'titel: A plane'))
  profiles = createProfiles({ builtInFolder: join(folder, 'built-in'), ownFolder: join(folder, 'own') })
  return () => rm(folder, { recursive: true })
})

describe('list', () => {
  it('contains an invalid profile with the reason and the line', async () => {
    const [base, broken] = await profiles.list()

    expect(base).toMatchObject({ name: 'base', title: 'A plane', origin: 'built-in', releases: 1, endpoints: 0 })
    expect(base?.problem).toBeUndefined()
    expect(broken).toMatchObject({ name: 'broken', origin: 'own', problem: { code: 'PROFILE_INVALID' } })
    expect(broken?.problem?.evidence).toContain('line 4, titel: found the unknown field "titel"')
  })
})

describe('copy', () => {
  it('changes only the name, and copies the local charts', async () => {
    await profiles.copy({ name: 'base', newName: 'ours' })

    const copied = await profiles.read({ name: 'ours' })
    expect(copied.origin).toBe('own')
    expect(copied.text).toBe(text('ours').replace('../../charts/agent', '"charts/agent"'))
    const { folder: own } = await profiles.resolve('ours')
    expect(await readFile(join(own, 'charts/agent/Chart.yaml'), 'utf8')).toBe('name: agent\n')
  })

  it.each([
    ['base', 'base', 'INPUT_INVALID'],
    ['base', 'broken', 'INPUT_INVALID'],
    ['base', '../out', 'INPUT_INVALID'],
    ['gone', 'ours', 'PROFILE_UNKNOWN'],
    ['broken', 'ours', 'PROFILE_INVALID'],
  ])('of %s as %s is refused with %s', async (name, newName, code) => {
    await expect(profiles.copy({ name, newName })).rejects.toMatchObject({ code })
    expect((await profiles.list()).map((entry) => entry.name)).toEqual(['base', 'broken'])
  })
})

describe('save', () => {
  it('replaces an invalid profile', async () => {
    expect((await profiles.save({ name: 'broken', text: text('broken') })).problem).toBeUndefined()
    expect((await profiles.get({ name: 'broken' })).title).toBe('A plane')
  })

  it('refuses an invalid text with its faults and does not change the file', async () => {
    const before = await profiles.read({ name: 'broken' })

    await expect(profiles.save({ name: 'broken', text: text('broken', 'more: 1') })).rejects.toMatchObject({
      code: 'PROFILE_INVALID',
      evidence: expect.stringContaining('more'),
    })
    await expect(profiles.save({ name: 'broken', text: text('other') })).rejects.toMatchObject({
      code: 'PROFILE_INVALID',
    })

    expect(await profiles.read({ name: 'broken' })).toEqual(before)
  })

  it('never changes a built-in profile', async () => {
    await expect(profiles.save({ name: 'base', text: text('base') })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await expect(profiles.remove({ name: 'base' })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })
})

describe('resolve', () => {
  it('accepts the path of a file, and its folder for the charts', async () => {
    const file = join(folder, 'built-in/base/profile.yaml')

    expect(await profiles.resolve(file)).toMatchObject({
      file,
      folder: join(folder, 'built-in/base'),
      profile: { name: 'base' },
    })
  })

  it('reports which file cannot be read', async () => {
    const file = join(folder, 'gone.yaml')
    await expect(profiles.resolve(file)).rejects.toMatchObject({ code: 'FILE_UNREADABLE', evidence: file })
  })
})

describe('remove', () => {
  it('deletes an own profile with its charts', async () => {
    await profiles.copy({ name: 'base', newName: 'ours' })
    await profiles.remove({ name: 'ours' })
    await expect(profiles.get({ name: 'ours' })).rejects.toMatchObject({ code: 'PROFILE_UNKNOWN' })
  })
})

describe('settings', () => {
  it.each([
    [{}, 'The setting "Name of the plane" (planeId) is missing.'],
    [{ planeId: '' }, 'The setting "Name of the plane" (planeId) must not be empty.'],
    [{ planeId: 7 }, 'The setting "Name of the plane" (planeId) must be text.'],
    [{ planeId: 'p', vault: { port: 'canary' } }, 'The setting "Key vault, Port" (vault.port) must be a whole number.'],
    [{ planeId: 'p', vault: { port: 70_000 } }, 'The setting "Key vault, Port" (vault.port) must be at most 65535.'],
    [
      { planeId: 'p', vault: { kind: 'gcp' } },
      'The setting "Key vault, kind" (vault.kind) must be one of "azure", "aws".',
    ],
    [{ planeId: 'p', valt: {} }, 'The setting "valt" (valt) is unknown to this profile.'],
  ])('%j: %s', async (settings, sentence) => {
    await expect(profiles.checkSettings('base', settings)).rejects.toMatchObject({
      code: 'SETTINGS_INVALID',
      message: sentence,
    })
  })

  it('have their defaults if they are not given', async () => {
    await profiles.checkSettings('base', { planeId: 'p' })
    expect(await profiles.completeSettings('base', { planeId: 'p', vault: { host: 'v' } })).toEqual({
      planeId: 'p',
      vault: { host: 'v', port: 443, kind: 'azure' },
    })
  })
})
