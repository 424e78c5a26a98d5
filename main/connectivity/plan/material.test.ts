import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Problem } from '../../../preload/contract/problem.ts'
import { Endpoint } from '../../../preload/contract/profiles.ts'
import { materialOf } from './material.ts'

const block = (label: string, text: string): string => `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----`
const certificates = [block('CERTIFICATE', 'Zmlyc3Q='), block('CERTIFICATE', 'c2Vjb25k')]
const combined = ['password: hunter2', certificates[0], block('PRIVATE KEY', 'c2VjcmV0'), certificates[1]].join('\n')

describe('the trusted roots of an endpoint', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-material-'))
    await writeFile(join(folder, 'combined.pem'), combined)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it.each([
    ['file', { file: 'combined.pem' }],
    ['setting', { setting: 'ca' }],
  ])('are the certificates of a %s, without a private key or other text beside them', async (_source, trust) => {
    const endpoint = Endpoint.parse({ id: 'a', component: 'agent', protocol: 'https', clientProfile: { trust } })

    const material = await materialOf(endpoint, { ca: combined }, { folder, credentialOf: async () => undefined })

    expect(material.trust).toEqual({ kind: 'found', trust: { kind: 'pem', pem: `${certificates.join('\n')}\n` } })
  })

  it('of a profile are not read from outside its folder, also not by a link or a setting', async () => {
    const root = join(folder, 'profile')
    await mkdir(root)
    await symlink(join(folder, 'combined.pem'), join(root, 'linked.pem'))
    for (const file of ['../combined.pem', join(folder, 'combined.pem'), 'linked.pem', '${ca}']) {
      const endpoint = Endpoint.parse({
        id: 'a',
        component: 'agent',
        protocol: 'https',
        clientProfile: { trust: { file } },
      })
      const settings = { ca: join(folder, 'combined.pem') }
      const sources = { folder: root, root, credentialOf: async () => undefined }

      expect((await materialOf(endpoint, settings, sources)).trust).toMatchObject({ kind: 'unreadable' })
    }
  })

  it.each([
    ['two certificates without a line break between them', certificates.join(''), 'without a line break'],
    ['a byte order mark', `\ufeff${certificates.join('\n')}`, 'byte order mark'],
  ])('with %s are not read, as programs do not read them', async (_form, text, why) => {
    await writeFile(join(folder, 'misread.pem'), text)
    const trust = { file: 'misread.pem' }
    const endpoint = Endpoint.parse({ id: 'a', component: 'agent', protocol: 'https', clientProfile: { trust } })

    const material = await materialOf(endpoint, {}, { folder, credentialOf: async () => undefined })

    expect(material.trust).toMatchObject({ kind: 'unreadable', why: expect.stringContaining(why) })
  })

  it('is the one that was read with the profile, whatever the file contains now', async () => {
    const trust = { file: 'combined.pem' }
    const endpoint = Endpoint.parse({ id: 'a', component: 'agent', protocol: 'https', clientProfile: { trust } })
    const roots = { 'combined.pem': block('CERTIFICATE', 'YXBwcm92ZWQ=') }

    const material = await materialOf(endpoint, {}, { folder, roots, credentialOf: async () => undefined })

    expect(material.trust).toMatchObject({ trust: { pem: `${roots['combined.pem']}\n` } })
  })
})

it('only an endpoint that needs the vault is affected by a locked one', async () => {
  const locked = () => Promise.reject(new Problem('VAULT_LOCKED', 'The vault is locked.'))
  const sources = { folder: tmpdir(), credentialOf: locked, loginOf: locked }
  const lockedWith = async (clientProfile: object) =>
    (await materialOf(Endpoint.parse({ id: 'a', component: 'agent', protocol: 'https', clientProfile }), {}, sources))
      .locked

  expect(await lockedWith({})).toBe(false)
  expect(await lockedWith({ clientCertificate: 'agent' })).toBe(true)
  expect(await lockedWith({ credential: 'agent' })).toBe(true)
})
