import { copyFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createVault } from '../../main/vault/vault.ts'
import { fileKeychain, noKeychain } from './stand-ins.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const passphrase = 'a long enough passphrase'
const put = { planeId, credential: 'agent', key: 'tls.key', value: 'value of the agent' }

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hangar-vault-'))
})
afterEach(() => rm(home, { recursive: true }))

const file = () => join(home, 'vault.json')
const content = async () => JSON.parse(await readFile(file(), 'utf8'))

describe.each(['keychain', 'passphrase'] as const)('a vault that a %s protects', (backend) => {
  const open = async () => {
    const keychain = backend === 'keychain' ? fileKeychain(join(home, 'keychain.json')) : noKeychain
    const vault = createVault({ home, service: 'hangar-test', keychain })
    if (backend === 'passphrase') await vault.unlock({ passphrase })
    return vault
  }
  /** Secrets outside the vault's file that this installation still has. */
  const secrets = async (): Promise<string[]> =>
    backend === 'passphrase'
      ? readdir(join(home, 'vault-keys'))
      : Object.keys(JSON.parse(await readFile(join(home, 'keychain.json'), 'utf8')))

  it('keeps every value when it is re-keyed, and has one secret afterwards', async () => {
    const vault = await open()
    await vault.put(put)
    const key = await vault.key('logs:1')
    const before = await content()

    expect(await vault.rekey()).toMatchObject({ state: 'open' })

    expect(await vault.secret(planeId, 'agent', 'tls.key')).toBe('value of the agent')
    const again = await open()
    expect(await again.secret(planeId, 'agent', 'tls.key')).toBe('value of the agent')
    expect((await again.key('logs:1')).equals(key)).toBe(true)
    const after = await content()
    expect(after.protection.account).not.toBe(before.protection.account)
    expect(await secrets()).toEqual([after.protection.account])
  })

  it('replaces a key in every copy of its file, and only the key that it is asked to replace', async () => {
    const vault = await open()
    const key = await vault.key('logs:1')
    await copyFile(file(), join(home, 'copy.json'))
    const next = Buffer.alloc(64, 7)

    await vault.replaceKey('logs:1', Buffer.alloc(32, 1), next)
    expect(await vault.key('logs:1')).toEqual(key)
    await vault.replaceKey('logs:1', key, next)
    expect(await (await open()).key('logs:1')).toEqual(next)
    await vault.replaceKey('logs:2', key, next)
    expect(await vault.existingKey('logs:2')).toBeUndefined()

    await copyFile(join(home, 'copy.json'), file())
    const reading = open().then((copy) => copy.existingKey('logs:1'))
    await expect(reading).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
  })

  it('destroys a key in every copy of its file', async () => {
    const vault = await open()
    await vault.key('logs:1')
    await vault.put(put)
    await copyFile(file(), join(home, 'copy.json'))

    await vault.destroyKey('logs:1')
    expect(await vault.existingKey('logs:1')).toBeUndefined()
    await copyFile(join(home, 'copy.json'), file())

    const thief = createVault({
      home,
      service: 'hangar-test',
      keychain: backend === 'keychain' ? fileKeychain(join(home, 'keychain.json')) : noKeychain,
    })
    if (backend === 'passphrase')
      await expect(thief.unlock({ passphrase })).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    await expect(thief.existingKey('logs:1')).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    await expect(thief.secret(planeId, 'agent', 'tls.key')).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
  })

  it('is re-keyed by another process without notice to this one', async () => {
    const [first, second] = [await open(), await open()]
    await first.put(put)
    expect(await second.secret(planeId, 'agent', 'tls.key')).toBe('value of the agent')
    await first.rekey()

    expect(await second.secret(planeId, 'agent', 'tls.key')).toBe('value of the agent')
    await second.put({ ...put, value: 'another' })
    expect(await first.secret(planeId, 'agent', 'tls.key')).toBe('another')
  })

  it('does not re-key for a key that does not exist', async () => {
    const vault = await open()
    await vault.put(put)
    const before = await content()
    await vault.destroyKey('logs:invented')
    expect(await content()).toEqual(before)
  })

  it('keeps a damaged entry from stopping it', async () => {
    const vault = await open()
    await vault.put(put)
    await vault.put({ ...put, key: 'damaged' })
    const text = await content()
    const damaged = text.entries.find(({ name }: { name: string[] }) => name[3] === 'damaged')
    damaged.sealed = `AAAA${damaged.sealed.slice(4)}`
    await writeFile(file(), JSON.stringify(text))

    await vault.rekey()

    expect(await vault.secret(planeId, 'agent', 'tls.key')).toBe('value of the agent')
    await expect(vault.secret(planeId, 'agent', 'damaged')).rejects.toMatchObject({ code: 'FILE_INVALID' })
  })
})

describe('a key that is destroyed while the vault is locked', () => {
  it('is gone at once, and the vault is re-keyed when it is unlocked', async () => {
    const vault = createVault({ home, service: 'hangar-test', keychain: noKeychain })
    await vault.unlock({ passphrase })
    await vault.key('logs:1')
    await vault.put(put)
    const before = await content()

    const locked = createVault({ home, service: 'hangar-test', keychain: noKeychain })
    await locked.destroyKey('logs:1')
    expect(await content()).toMatchObject({ rekeyDue: true, protection: before.protection })
    expect(JSON.stringify(await content())).not.toContain('logs:1')

    await locked.unlock({ passphrase })
    const after = await content()
    expect(after).toMatchObject({ rekeyDue: false, retired: [] })
    expect(after.protection.account).not.toBe(before.protection.account)
    expect(await locked.secret(planeId, 'agent', 'tls.key')).toBe('value of the agent')
  })
})

describe('a vault of Hangar 0.1', () => {
  const fixture = (name: string): string => join(import.meta.dirname, 'version-1', name)

  it('opens with its passphrase and becomes one of version 2', async () => {
    await cp(fixture('passphrase.json'), file())
    const vault = createVault({ home, service: 'hangar-test', keychain: noKeychain })
    expect(await vault.status()).toMatchObject({ state: 'locked' })
    await vault.unlock({ passphrase })

    expect(await vault.secret(planeId, 'agent', 'tls.key')).toBe('value of the agent')
    expect(await vault.secret(planeId, 'team/agent', 'token')).toBe('value of the team')
    expect(await vault.text('overrides:1')).toBe('a text')
    expect(await content()).toMatchObject({ schemaVersion: 2, protection: { account: expect.any(String) } })
  })

  it('opens from the keychain, and becomes one of version 2 with the first change', async () => {
    await cp(fixture('keychain.json'), file())
    const keychain = fileKeychain(join(home, 'keychain.json'))
    const { account } = (await content()).protection
    await keychain.write(account, 'vK3hhnv+9nLXYSInmxaIawvK7s3nSRCNQ+PoJdTxktA=')
    const vault = createVault({ home, service: 'hangar-test', keychain })

    expect(await vault.secret(planeId, 'agent', 'tls.key')).toBe('value of the agent')
    expect(await content()).toMatchObject({ schemaVersion: 1 })
    await vault.put({ ...put, key: 'tls.crt' })

    expect(await vault.secret(planeId, 'agent', 'tls.key')).toBe('value of the agent')
    expect(await vault.text('overrides:1')).toBe('a text')
    expect(await content()).toMatchObject({ schemaVersion: 2, retired: [] })
    expect(await keychain.read(account)).toBeUndefined()
  })

  it('lets go of a credential while it is locked', async () => {
    await cp(fixture('passphrase.json'), file())
    const vault = createVault({ home, service: 'hangar-test', keychain: noKeychain })
    await vault.remove({ planeId, credential: 'agent' })
    expect(await content()).toMatchObject({ schemaVersion: 1 })
    await vault.unlock({ passphrase })
    expect(await vault.list({ planeId })).toMatchObject([{ credential: 'team/agent', key: 'token' }])
    expect(await vault.secret(planeId, 'team/agent', 'token')).toBe('value of the team')
  })
})
