import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createVault } from '../../main/vault/vault.ts'
import { noKeychain } from './stand-ins.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const canary = 'canary-value-of-a-credential'
const passphrase = 'a long enough passphrase'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hangar-vault-'))
})
afterEach(() => rm(home, { recursive: true }))
const vaultWithout = () => createVault({ home, service: 'hangar-test', keychain: noKeychain })
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
    await writeFile(file, (await readFile(file, 'utf8')).replace('"agent"', '"other"'))

    await expect(vault.secret(planeId, 'other', 'tls.key')).rejects.toMatchObject({ code: 'FILE_INVALID' })
  })

  it('keeps credentials apart whose names differ only in the place of a "/"', async () => {
    const vault = vaultWithout()
    await vault.unlock({ passphrase })
    await vault.put({ ...put, credential: 'a/b', key: 'c', value: 'first' })
    await vault.put({ ...put, credential: 'a', key: 'b/c', value: 'second' })
    expect(await vault.secret(planeId, 'a/b', 'c')).toBe('first')
    expect(await vault.secret(planeId, 'a', 'b/c')).toBe('second')
    await vault.remove({ planeId, credential: 'a' })
    expect(await vault.list({ planeId })).toMatchObject([{ credential: 'a/b', key: 'c' }])
  })

  it('limits attempts at the passphrase, also after a restart and with the right one', async () => {
    let nowMs = Date.now()
    const vault = () => createVault({ home, service: 'hangar-test', keychain: noKeychain, now: () => nowMs })
    await vault().unlock({ passphrase })
    const wrong = { passphrase: 'another passphrase' }
    for (let count = 0; count < 3; count += 1)
      await expect(vault().unlock(wrong)).rejects.toMatchObject({ code: 'VAULT_PASSPHRASE_WRONG' })

    await expect(vault().unlock({ passphrase })).rejects.toMatchObject({ code: 'VAULT_ATTEMPTS_LIMITED' })
    nowMs += 2_000
    expect(await vault().unlock({ passphrase })).toMatchObject({ state: 'open' })
  })

  it('does not open without the secret of this computer', async () => {
    const vault = vaultWithout()
    await vault.unlock({ passphrase })
    await vault.put(put)
    await rm(join(home, 'vault-keys'), { recursive: true })
    await expect(vaultWithout().unlock({ passphrase })).rejects.toMatchObject({
      code: 'VAULT_LOCKED',
      evidence: expect.stringMatching(/^vault-keys\/vault-/),
    })
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
