import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AddedFiles, type AddedFilesOptions, createAddedFiles } from './added-files.ts'

let folder: string
let home: string
let linked: string[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-added-'))
  home = join(folder, 'home')
  linked = []
  await mkdir(home)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const filesWith = (options: Partial<AddedFilesOptions>): AddedFiles =>
  createAddedFiles({
    home,
    linked: async () => linked,
    setLinked: async (files) => {
      linked = files
    },
    acceptsUploads: false,
    changed: () => undefined,
    ...options,
  })

const kubeconfig = (user: string, cluster = 'server: https://c') =>
  `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {${cluster}}}]
users: [{name: u, user: {${user}}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
`
const refused = { code: 'INPUT_INVALID' }

describe('a kubeconfig that the user chooses', () => {
  it('is linked by its path, which the window never sees, and removed by its id', async () => {
    const file = join(folder, 'team.yaml')
    const files = filesWith({ choose: async () => file })

    const [added] = await files.choose()
    expect(added).toEqual({ id: expect.any(String), name: 'team.yaml', origin: 'linked' })
    expect(await files.paths()).toEqual([file])
    expect(await files.choose()).toHaveLength(1)

    expect(await files.remove(added?.id ?? '')).toEqual([])
    expect(await files.paths()).toEqual([])
  })

  it('changes nothing if the dialog is cancelled', async () => {
    expect(await filesWith({ choose: async () => undefined }).choose()).toEqual([])
  })

  it.skipIf(process.platform === 'win32')('is never a file of Hangar, also not by a link', async () => {
    const own = join(home, 'helm', 'charts', 'a.tgz')
    await mkdir(join(own, '..'), { recursive: true })
    await writeFile(own, kubeconfig('token: t'))
    const link = join(folder, 'link.yaml')
    await symlink(own, link)
    for (const file of [own, link]) {
      await expect(filesWith({ choose: async () => file }).choose()).rejects.toMatchObject(refused)
      linked = [file]
      expect(await filesWith({}).paths()).toEqual([])
      linked = []
    }
  })
})

describe('a kubeconfig that a page sends', () => {
  it('is kept for its owner only, with its name, and can be removed', async () => {
    const files = filesWith({ acceptsUploads: true })
    const text = kubeconfig('token: t')

    const [added] = await files.upload({ name: 'team.yaml', text })

    expect(added).toMatchObject({ name: 'team.yaml', origin: 'uploaded' })
    const [path = ''] = await files.paths()
    expect(await readFile(path, 'utf8')).toBe(text)
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await files.remove(added?.id ?? '')).toEqual([])
    expect(await readdir(join(home, 'kubeconfigs'))).toEqual([])
  })

  it.each([
    ['no context', 'apiVersion: v1\nkind: Config\n'],
    ['other content', 'canary-of-another-file'],
    ['an auth provider that was removed', kubeconfig('auth-provider: {name: gcp, config: {cmd-path: /bin/sh}}')],
    [
      'a program of a removed version',
      kubeconfig('exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: aws}'),
    ],
    ['a certificate without its key', kubeconfig('client-certificate: canary.crt')],
  ])('is invalid with %s, and the error does not quote it', async (_what, text) => {
    const files = filesWith({ acceptsUploads: true })
    const error: unknown = await files.upload({ name: 'a.yaml', text }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'KUBECONFIG_INVALID' })
    expect(String(error)).not.toMatch(/canary|bin/)
    expect(await files.list()).toEqual([])
  })

  it.each([
    ['a token file', kubeconfig('tokenFile: /home/user/.ssh/id_ed25519')],
    ['a certificate file', kubeconfig('client-certificate: a.crt, client-key: a.key')],
    ['a key file', kubeconfig('client-certificate-data: "", client-key: /etc/ssl/private/key.pem')],
    ['the file of an authority', kubeconfig('token: t', 'server: https://c, certificate-authority: /etc/passwd')],
    [
      'a program',
      kubeconfig('exec: {apiVersion: client.authentication.k8s.io/v1, command: aws, interactiveMode: Never}'),
    ],
  ])('is refused with %s, and the error does not quote it', async (_what, text) => {
    const files = filesWith({ acceptsUploads: true })
    const error: unknown = await files.upload({ name: 'a.yaml', text }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'KUBECONFIG_REFUSED' })
    expect(String(error)).not.toMatch(/canary|id_ed25519|passwd|key\.pem/)
    expect(await files.list()).toEqual([])
  })

  it('is refused by the desktop app, whose dialog is used instead; a browser opens no dialog', async () => {
    await expect(filesWith({}).upload({ name: 'a', text: kubeconfig('token: t') })).rejects.toMatchObject(refused)
    await expect(filesWith({ acceptsUploads: true }).choose()).rejects.toMatchObject(refused)
  })

  it('cannot fill the disk', async () => {
    const files = filesWith({ acceptsUploads: true })
    for (let index = 0; index < 50; index += 1) await files.upload({ name: 'a', text: kubeconfig(`token: t${index}`) })
    await expect(files.upload({ name: 'a', text: kubeconfig('token: more') })).rejects.toMatchObject(refused)
  }, 20_000)
})
