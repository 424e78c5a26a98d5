import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
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
/** Files that a caller can name. */
let readable: (file: string) => boolean
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-profiles-'))
  const write = async (file: string, content: string) => {
    await mkdir(join(folder, file, '..'), { recursive: true })
    await writeFile(join(folder, file), content)
  }
  await write('built-in/base/profile.yaml', text('base'))
  await write('charts/agent/Chart.yaml', 'name: agent\n')
  await write('own/broken/profile.yaml', text('broken').replace('title: A plane', 'titel: A plane'))
  readable = () => false
  profiles = createProfiles({
    builtInFolder: join(folder, 'built-in'),
    ownFolder: join(folder, 'own'),
    mayRead: (file) => readable(file),
  })
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
    const valid = text('broken').replace('../../charts/agent', 'charts/agent')
    expect((await profiles.save({ name: 'broken', text: valid })).problem).toBeUndefined()
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
  it('accepts the path of a file that may be read, and its folder for the charts', async () => {
    readable = () => true
    const file = join(folder, 'built-in/base/profile.yaml')

    expect(await profiles.resolve(file)).toMatchObject({
      file,
      folder: join(folder, 'built-in/base'),
      profile: { name: 'base' },
    })
  })

  it('reports which file cannot be read', async () => {
    readable = () => true
    const file = join(folder, 'gone.yaml')
    await expect(profiles.resolve(file)).rejects.toMatchObject({ code: 'FILE_UNREADABLE', evidence: file })
  })
})

describe('a window that is taken over', () => {
  const canary = 'eyJhbGciOiJSUzI1NiIsImtpZCI6IkNBTkFSWSJ9.payload'

  it('reads no file by its path, and learns nothing of its content or existence', async () => {
    const file = join(folder, 'token')
    await writeFile(file, canary)
    for (const name of [
      file,
      `${folder}/./token`,
      '../token',
      'token.yaml',
      '\\\\server\\token',
      join(folder, 'gone'),
    ]) {
      const calls = [
        () => profiles.get({ name }),
        () => profiles.read({ name }),
        () => profiles.copy({ name, newName: 'stolen' }),
      ]
      for (const call of calls) {
        const error = await call().catch((reason: unknown) => reason)
        expect(error).toMatchObject({ code: expect.stringMatching(/INPUT_INVALID|PROFILE_UNKNOWN/) })
        expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('CANARY')
      }
      await expect(profiles.checkSettings(name, {})).rejects.toMatchObject({
        code: expect.stringMatching(/INPUT_INVALID|PROFILE_UNKNOWN/),
      })
    }
  })

  it('sees no content in the error about a file that the terminal names', async () => {
    readable = () => true
    const file = join(folder, 'token.yaml')
    const contents = [
      canary,
      `token: ${canary}`,
      `- ${canary}`,
      `{ ${canary}`,
      `a: *${canary}`,
      `${canary}: 1\n${canary}: 2`,
      text('x').replace('title: A plane', `title: {${canary}: 1}`),
      text('x').replace('name: x', `name: ${canary}`),
      text('x').replace('components: [agent]', `components: [${canary}]`),
      text('x').replace('namespace: n', `namespace: n, values: {${canary}: "$\{${canary}}"}`),
    ]
    for (const content of contents) {
      await writeFile(file, content)
      const error = await profiles.get({ name: file }).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'PROFILE_INVALID', message: expect.stringContaining('line ') })
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(canary.slice(0, 20))
    }
  })

  it.skipIf(process.platform === 'win32')('reads no file that a shared profile links to', async () => {
    await writeFile(join(folder, 'token'), canary)
    await mkdir(join(folder, 'own/linked'))
    await symlink(join(folder, 'token'), join(folder, 'own/linked/profile.yaml'))
    for (const call of [profiles.get, profiles.read])
      await expect(call({ name: 'linked' })).rejects.toMatchObject({ code: 'FILE_INVALID' })
    expect(JSON.stringify(await profiles.list())).not.toContain('CANARY')
  })

  it('saves no profile whose chart is elsewhere', async () => {
    const named = (path: string) => text('broken').replace('../../charts/agent', path)
    for (const path of [folder, '../../charts/agent', '"C:/charts"', "'\\\\server\\share'"])
      await expect(profiles.save({ name: 'broken', text: named(path) })).rejects.toMatchObject({
        code: expect.stringMatching(/PROFILE_INVALID|FILE_INVALID/),
      })
    await profiles.save({ name: 'broken', text: named('charts/later') })
  })

  it.skipIf(process.platform === 'win32')('copies no file from outside the profile', async () => {
    const secrets = join(folder, 'secrets')
    await mkdir(secrets)
    await writeFile(join(secrets, 'token'), canary)
    await symlink(secrets, join(folder, 'own/broken/charts'))
    for (const path of [secrets, '../../secrets', 'charts']) {
      await writeFile(join(folder, 'own/broken/profile.yaml'), text('broken').replace('../../charts/agent', path))
      await expect(profiles.copy({ name: 'broken', newName: 'stolen' })).rejects.toMatchObject({
        code: expect.stringMatching(/PROFILE_INVALID|FILE_INVALID/),
      })
    }
    expect(await readdir(join(folder, 'own'))).toEqual(['broken'])
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
