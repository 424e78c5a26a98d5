import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemKeychain } from '../../main/vault/keychain.ts'
import { createVault } from '../../main/vault/vault.ts'
import { type Keyring, noKeyring, startKeyring } from './keyring.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const canary = 'canary-value-of-a-credential'

describe.skipIf(noKeyring !== undefined)(
  `vault with a real keychain${noKeyring ? ` (skipped: ${noKeyring})` : ''}`,
  () => {
    let keyring: Keyring
    let home: string
    beforeAll(async () => {
      keyring = await startKeyring()
      // libsecret reads the environment at its first call, which is below.
      Object.assign(process.env, keyring.environment)
      home = await mkdtemp(join(tmpdir(), 'hangar-vault-'))
    })
    afterAll(async () => {
      await keyring.stop()
      await rm(home, { recursive: true, force: true })
    })

    it('seals values under a key in the keychain, and needs no passphrase', async () => {
      const vault = createVault({ home, service: 'hangar-test' })
      expect(await vault.status()).toEqual({ backend: 'keychain', state: 'open', reason: '' })

      await vault.put({ planeId, credential: 'agent', key: 'tls.key', value: canary })

      expect(await createVault({ home, service: 'hangar-test' }).secret(planeId, 'agent', 'tls.key')).toBe(canary)
      const text = await readFile(join(home, 'vault.json'), 'utf8')
      expect(text).not.toContain(canary)
      expect(text).not.toContain(Buffer.from(canary).toString('base64'))
    })

    it('is locked when the keychain has lost its key, and reports why', async () => {
      const { protection } = JSON.parse(await readFile(join(home, 'vault.json'), 'utf8'))
      await systemKeychain('hangar-test').remove(protection.account)

      const vault = createVault({ home, service: 'hangar-test' })
      expect(await vault.status()).toMatchObject({
        backend: 'keychain',
        state: 'locked',
        reason: expect.stringContaining('does not hold'),
      })
      await expect(vault.secret(planeId, 'agent', 'tls.key')).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    })
  },
)
