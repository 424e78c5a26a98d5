import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type App, createApp } from './app.ts'

let home: string
let app: App
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hangar-app-'))
})
afterEach(async () => {
  await app.close()
  await rm(home, { recursive: true, force: true })
})

const canary = 'eyJhbGciOiJDQU5BUlkifQ'
const tokenFile = async (): Promise<string> => {
  const file = join(home, 'token')
  await writeFile(file, canary)
  return file
}

describe.each(['desktop', 'browser'] as const)('a window that is taken over (%s)', (host) => {
  it('opens no file that it names as a profile', async () => {
    const file = await tokenFile()
    app = await createApp({ home, host })
    const { profiles, planes, connectivity } = app.client
    const plane = { name: 'p', contextId: 'c', managementModel: 'self', settings: {}, overrides: {} }
    const calls = [
      () => profiles.get({ name: file }),
      () => profiles.read({ name: file }),
      () => profiles.copy({ name: file, newName: 'stolen' }),
      () => planes.create({ ...plane, profile: file }),
      () => connectivity.rows({ profile: file, settings: {} }),
      () => connectivity.rows({ profile: 'token.yaml', settings: {} }),
    ]
    for (const call of calls) {
      const error: unknown = await call().catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: expect.stringMatching(/INPUT_INVALID|_UNKNOWN/) })
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(canary)
    }
  })
})

describe.each(['desktop', 'browser'] as const)('the settings of a window that is taken over (%s)', (host) => {
  it('name no kubeconfig by its path', async () => {
    const file = await tokenFile()
    app = await createApp({ home, host })
    const change = { kubeconfigs: [file] }
    await expect(app.client.settings.set(change as object)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(await app.client.clusters.files()).toEqual([])
  })
})

describe('the terminal', () => {
  it('reads the file of a profile, and quotes no other file', async () => {
    app = await createApp({ home, host: 'terminal' })
    const error: unknown = await app.client.profiles.get({ name: await tokenFile() }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'PROFILE_INVALID' })
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(canary)
  })
})

describe('the state folder', () => {
  it('has no drafts of killed processes after a start, wherever they were written', async () => {
    const folders = [
      '',
      'connectivity/PLANE',
      'connectivity/PLANE/runs',
      'helm/charts',
      'helm/pins',
      'operations',
      'planes',
      'profile-approvals',
      'profiles/NAME',
      'vault-keys',
      'workloads',
    ]
    const draft = `.file.json.${2 ** 22 + 1}.${Buffer.from('1').toString('hex')}.aabbccddeeff.draft`
    for (const folder of folders) {
      await mkdir(join(home, folder), { recursive: true })
      await writeFile(join(home, folder, draft), canary)
    }
    app = await createApp({ home, host: 'terminal' })
    expect((await readdir(home, { recursive: true })).filter((name) => name.endsWith('.draft'))).toEqual([])
  })
})
