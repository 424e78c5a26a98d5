import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createVault } from '../../main/vault/vault.ts'
import { fileKeychain, noKeychain } from './stand-ins.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const passphrase = 'a long enough passphrase'
/** Above the number of changes that re-keying makes. */
const mostKills = 60

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-vault-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe.each(['keychain', 'passphrase'] as const)('a vault that a %s protects', (backend) => {
  const open = async (home: string) => {
    const keychain = backend === 'keychain' ? fileKeychain(join(home, 'keychain.json')) : noKeychain
    const vault = createVault({ home, service: 'hangar-test', keychain })
    if (backend === 'passphrase') await vault.unlock({ passphrase })
    return vault
  }

  it('loses nothing and leaves no former key, whenever the process is killed while it destroys a key', async () => {
    const before = join(folder, 'before')
    const vault = await open(before)
    await vault.put({ planeId, credential: 'agent', key: 'tls.key', value: 'a value' })
    const kept = await vault.key('logs:kept')
    await vault.key('logs:purged')
    // Each process derives a key from the passphrase, which takes a second: the long run takes every step.
    const step = backend === 'passphrase' && process.env.HANGAR_LONG !== '1' ? 5 : 1
    let kills = 0
    for (let at = 1; at <= mostKills; at += step) {
      const home = join(folder, String(at))
      await cp(before, home, { recursive: true })
      const script = join(import.meta.dirname, 'killed.ts')
      const child = spawn(process.execPath, [script, home, String(at), backend], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      const [code, signal] = await once(child, 'exit')
      if (signal === 'SIGKILL') kills += 1
      else expect(code).toBe(0)

      const after = await open(home)
      expect(await after.secret(planeId, 'agent', 'tls.key')).toBe('a value')
      expect((await after.existingKey('logs:kept'))?.equals(kept)).toBe(true)
      // Whatever the kill left is finished by the next change.
      await after.destroyKey('logs:purged')
      await after.put({ planeId, credential: 'agent', key: 'tls.crt', value: 'another value' })
      const { protection, retired, rekeyDue } = JSON.parse(await readFile(join(home, 'vault.json'), 'utf8'))
      expect({ retired, rekeyDue }).toEqual({ retired: [], rekeyDue: false })
      const old = JSON.parse(await readFile(join(before, 'vault.json'), 'utf8')).protection.account
      expect(protection.account).not.toBe(old)
      if (backend === 'keychain')
        expect(Object.keys(JSON.parse(await readFile(join(home, 'keychain.json'), 'utf8')))).toEqual([
          protection.account,
        ])
      if (signal !== 'SIGKILL') break
    }
    expect(kills * step).toBeGreaterThan(8)
    expect(kills * step).toBeLessThan(mostKills)
  }, 240_000)
})
