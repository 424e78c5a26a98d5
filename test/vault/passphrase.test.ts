import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Keychain } from '../../main/vault/keychain.ts'
import { createVault } from '../../main/vault/vault.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const canary = 'canary-value-of-a-credential'
const passphrase = 'a long enough passphrase'

/** A machine without a keychain service; the real one is met in test/vault. */
const none: Keychain = {
  read: () => Promise.reject(new Error('Cannot autolaunch D-Bus')),
  write: () => Promise.reject(new Error('Cannot autolaunch D-Bus')),
  remove: () => Promise.reject(new Error('Cannot autolaunch D-Bus')),
}

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hangar-vault-'))
})
afterEach(() => rm(home, { recursive: true }))
const vaultWithout = () => createVault({ home, service: 'hangar-test', keychain: none })
const put = { planeId, credential: 'agent', key: 'tls.key', value: canary }

describe('vault without a keychain', () => {
  it('needs a passphrase first, and reports why', async () => {
    const vault = vaultWithout()
    expect(await vault.status()).toMatchObject({
      backend: 'passphrase',
      state: 'empty',
      reason: expect.stringContaining('keychain'),
    })
    await expect(vault.put(put)).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
  })

  it('stores a value in no readable form, and opens it with the passphrase', async () => {
    const vault = vaultWithout()
    await vault.unlock({ passphrase })
    await vault.put(put)

    const text = await readFile(join(home, 'vault.json'), 'utf8')
    const again = vaultWithout()
    expect(await again.status()).toMatchObject({ state: 'locked', reason: '' })
    await again.unlock({ passphrase })

    expect(await again.secret(planeId, 'agent', 'tls.key')).toBe(canary)
    for (const form of [
      canary,
      Buffer.from(canary).toString('base64'),
      Buffer.from(canary).toString('hex'),
      passphrase,
    ]) {
      expect(text).not.toContain(form)
    }
    expect((await stat(join(home, 'vault.json'))).mode & 0o777).toBe(0o600)
  })

  it('refuses another passphrase', async () => {
    await vaultWithout().unlock({ passphrase })
    await expect(vaultWithout().unlock({ passphrase: `${passphrase}!` })).rejects.toMatchObject({
      code: 'VAULT_PASSPHRASE_WRONG',
    })
  })

  it('does not open a value that was moved to another name', async () => {
    const vault = vaultWithout()
    await vault.unlock({ passphrase })
    await vault.put(put)
    const file = join(home, 'vault.json')
    await writeFile(file, (await readFile(file, 'utf8')).replace('/agent/', '/other/'))

    await expect(vault.secret(planeId, 'other', 'tls.key')).rejects.toMatchObject({ code: 'FILE_INVALID' })
  })

  it('reports a damaged file and leaves it unchanged', async () => {
    await writeFile(join(home, 'vault.json'), '{"schemaVersion":1')
    await expect(vaultWithout().unlock({ passphrase })).rejects.toMatchObject({ code: 'FILE_INVALID' })
    expect(await readFile(join(home, 'vault.json'), 'utf8')).toBe('{"schemaVersion":1')
  })

  it('lists names and times, removes by credential and by plane', async () => {
    const vault = vaultWithout()
    await vault.unlock({ passphrase })
    await vault.put(put)
    await vault.put({ ...put, credential: 'token', key: 'token' })
    expect((await vault.list({ planeId })).map(({ credential, key }) => `${credential} ${key}`)).toEqual([
      'agent tls.key',
      'token token',
    ])

    await vault.remove({ planeId, credential: 'agent' })
    expect(await vault.secret(planeId, 'agent', 'tls.key')).toBeUndefined()
    await vault.removePlane(planeId)
    expect(await vault.list({ planeId })).toEqual([])
  })

  it('returns the same key for a feature until it is destroyed', async () => {
    const vault = vaultWithout()
    await vault.unlock({ passphrase })
    const key = await vault.key('logs')
    const again = vaultWithout()
    await again.unlock({ passphrase })
    expect((await again.key('logs')).equals(key)).toBe(true)

    await again.destroyKey('logs')
    expect((await vault.key('logs')).equals(key)).toBe(false)
  })

  it('loses nothing when two processes write at once', async () => {
    const vaults = [vaultWithout(), vaultWithout()]
    for (const vault of vaults) await vault.unlock({ passphrase })
    await Promise.all(Array.from({ length: 20 }, (_, index) => vaults[index % 2]?.put({ ...put, key: `k${index}` })))
    expect(await vaults[0]?.list({ planeId })).toHaveLength(20)
  })
})
