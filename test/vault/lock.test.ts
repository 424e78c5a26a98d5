import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
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

describe.each(['keychain', 'passphrase'] as const)('a vault that a %s protects, locked by a user', (backend) => {
  const create = () => {
    const keychain = backend === 'keychain' ? fileKeychain(join(home, 'keychain.json')) : noKeychain
    return createVault({ home, service: 'hangar-test', keychain })
  }
  const unlock = backend === 'keychain' ? {} : { passphrase }
  const open = async () => {
    const vault = create()
    if (backend === 'passphrase') await vault.unlock({ passphrase })
    await vault.put(put)
    return vault
  }

  it('neither reads nor writes, until it is unlocked', async () => {
    const vault = await open()
    expect(await vault.lock()).toEqual({ backend, state: 'locked', reason: '' })

    await expect(vault.secret(planeId, 'agent', 'tls.key')).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    await expect(vault.key('logs:1')).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    await expect(vault.put({ ...put, key: 'other' })).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    await expect(vault.rekey()).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    expect(await vault.list({ planeId })).toHaveLength(1)

    expect(await vault.unlock(unlock)).toEqual({ backend, state: 'open', reason: '' })
    expect(await vault.secret(planeId, 'agent', 'tls.key')).toBe('value of the agent')
  })

  it('ends what uses it, and reports each change', async () => {
    const vault = await open()
    const locked = vault.untilLocked()
    const states: string[] = []
    const stop = new AbortController()
    const watching = (async () => {
      for await (const { state } of vault.watch(stop.signal)) states.push(state)
    })()
    await delay(300)
    await vault.lock()
    expect(locked.aborted).toBe(true)
    expect(locked.reason).toMatchObject({ code: 'VAULT_LOCKED' })
    expect(vault.untilLocked().aborted).toBe(false)
    await delay(600)
    await vault.unlock(unlock)
    await delay(600)
    stop.abort()
    await watching
    expect(states).toEqual(['open', 'locked', 'open'])
  })

  it('is locked in every process of the user, also in one that does not ask', async () => {
    const [first, second] = [await open(), await open()]
    const locked = second.untilLocked()
    await first.lock()
    await expect.poll(() => locked.aborted, { timeout: 5_000 }).toBe(true)
    await expect(second.secret(planeId, 'agent', 'tls.key')).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    // It is a request of that moment: a process that is unlocked later stays open.
    await second.unlock(unlock)
    await delay(1_500)
    expect(await second.secret(planeId, 'agent', 'tls.key')).toBe('value of the agent')
  })

  it('keeps every value when it is locked in the middle of changes', async () => {
    const vault = await open()
    for (let round = 0; round < 5; round += 1) {
      const changes = Array.from({ length: 5 }, (_, index) => vault.put({ ...put, key: `${round}-${index}` }))
      const rekey = vault.rekey()
      await delay(round * 3)
      vault.lockHere()
      const ended = await Promise.allSettled([...changes, rekey])
      for (const each of ended)
        if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'VAULT_LOCKED' })
      await vault.unlock(unlock)
      for (const { key } of await vault.list({ planeId }))
        expect(await vault.secret(planeId, 'agent', key)).toBe('value of the agent')
    }
  })
})
