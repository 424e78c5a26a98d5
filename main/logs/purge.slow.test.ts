import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createVault } from '../vault/vault.ts'
import { createLogs } from './logs.ts'
import type { LogsPorts } from './ports.ts'
import { LogStore } from './store/store.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const noKeychain = {
  read: () => Promise.reject(new Error('no keychain')),
  write: () => Promise.reject(new Error('no keychain')),
  remove: () => Promise.reject(new Error('no keychain')),
}

it('a copy of purged logs cannot be opened: their key is destroyed, not only their files', async () => {
  const home = mkdtempSync(join(tmpdir(), 'hangar-purge-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  const vault = createVault({ home, service: 'hangar-test', keychain: noKeychain })
  await vault.unlock({ passphrase: 'a long enough passphrase' })
  const name = `logs/${planeId}`
  const logs = createLogs({
    home,
    key: () => vault.key(name),
    destroyKey: () => vault.destroyKey(name),
    operations: { register: () => undefined, list: async () => [] },
  } as unknown as LogsPorts) // as much as purge uses
  const folder = join(home, 'logs', planeId)
  const key = await vault.key(name)
  LogStore.writing(folder, key).close()
  const copy = join(home, 'copy')
  cpSync(folder, copy, { recursive: true })
  expect(LogStore.reading(copy, key)).toBeDefined()

  await logs.purge({ planeId })

  expect(existsSync(folder)).toBe(false)
  const after = await vault.key(name)
  expect(after.equals(key)).toBe(false)
  expect(() => LogStore.reading(copy, after)).toThrow(expect.objectContaining({ code: 'LOG_STORE_DAMAGED' }))
})

it.each<[string, string | undefined, 'done' | 'running', boolean]>([
  ['of an installed plane whose logs are collected are kept', undefined, 'done', false],
  ['of an uninstalled plane are purged once its collection has ended', '2026-02-01T00:00:00Z', 'done', true],
  ['of an uninstalled plane whose collection does not end are kept', '2026-02-01T00:00:00Z', 'running', false],
])('logs %s', async (_, uninstalledAt, state, purges) => {
  const home = mkdtempSync(join(tmpdir(), 'hangar-purge-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  let destroyed = false
  const running = { id: 'a', kind: 'collect', planeId, state: 'running' }
  const logs = createLogs({
    home,
    plane: async () => ({ id: planeId, uninstalledAt }),
    destroyKey: async () => {
      destroyed = true
    },
    operations: { register: () => undefined, list: async () => [running], ended: async () => ({ ...running, state }) },
  } as unknown as LogsPorts) // as much as purge uses

  const purged = logs.purge({ planeId })

  await (purges ? purged : expect(purged).rejects.toMatchObject({ code: 'OPERATION_RUNNING' }))
  expect(destroyed).toBe(purges)
})
