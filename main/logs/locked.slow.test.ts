import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Problem } from '../../preload/contract/problem.ts'
import { createLogs, type Logs } from './logs.ts'
import type { LogsPorts } from './ports.ts'
import { LogStore } from './store/store.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const invented = '11111111-1111-4111-8111-111111111111'
const never = new AbortController().signal

let home: string
let logs: Logs
let locked: AbortController
let keysMade: number
/** Called when a key was asked for. */
let onKey: () => void
let stored: Buffer | undefined
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hangar-locked-'))
  locked = new AbortController()
  keysMade = 0
  onKey = () => undefined
  stored = undefined
  logs = createLogs({
    home,
    plane: async (id: string) => {
      if (id !== planeId) throw new Problem('PLANE_UNKNOWN', 'There is no such plane.')
      return { id }
    },
    profile: async () => ({ logSources: [] }),
    key: async () => {
      keysMade += 1
      onKey()
      return randomBytes(32)
    },
    existingKey: async () => stored,
    untilLocked: () => locked.signal,
    protection: async () => 'passphrase',
    operations: { register: () => undefined, list: async () => [] },
  } as unknown as LogsPorts) // as much as reading uses
})
afterEach(async () => {
  await logs.close()
  rmSync(home, { recursive: true })
})

const read = {
  status: (id: string) => logs.status({ planeId: id }),
  search: (id: string) => Array.fromAsync(logs.search({ planeId: id }, never)),
  follow: (id: string) => logs.follow({ planeId: id }, AbortSignal.timeout(2_000)).next(),
  patterns: (id: string) => Array.fromAsync(logs.patterns({ planeId: id }, never)),
  histogram: (id: string) =>
    logs.histogram(
      { planeId: id, sources: [], from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', steps: 2 },
      never,
    ),
  export: (id: string) => Array.fromAsync(logs.export({ planeId: id, format: 'text' }, never)),
  around: (id: string) =>
    logs.around({ planeId: id, record: '0mfm1g5s0-0000000000', before: 1, after: 1, query: {} }, never),
  import: (id: string) =>
    Array.fromAsync(logs.import({ planeId: id, path: home, source: 'import', format: 'auto', kubelet: false }, never)),
}

describe('reading logs', () => {
  it.each(['status', 'search', 'follow', 'patterns', 'histogram', 'export', 'around', 'import'] as const)(
    'makes no key for an unknown plane: %s',
    async (how) => {
      await expect(read[how](invented)).rejects.toMatchObject({ code: 'PLANE_UNKNOWN' })
      expect(keysMade).toBe(0)
      expect(existsSync(join(home, 'logs'))).toBe(false)
    },
  )

  it('makes no key where nothing was ever stored, and finds nothing', async () => {
    expect(await read.status(planeId)).toMatchObject({ records: 0 })
    expect(await read.search(planeId)).toMatchObject([{ kind: 'done', more: false }])
    expect(await read.patterns(planeId)).toMatchObject([{ kind: 'done', lines: 0, patterns: [] }])
    expect((await read.histogram(planeId)).flatMap(({ counts }) => Object.keys(counts))).toEqual([])
    expect(await read.export(planeId)).toMatchObject([{ kind: 'done', records: 0 }])
    expect(await read.around(planeId)).toMatchObject({ records: [] })
    expect(keysMade).toBe(0)
  })

  it('ends when the vault is locked, and is possible again with a new thread', { timeout: 60_000 }, async () => {
    stored = randomBytes(32)
    const key = stored
    LogStore.writing(join(home, 'logs', planeId), key).close()
    const following = logs.follow({ planeId }, never).next()
    const ended = expect(following).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    await read.search(planeId)

    locked.abort(new Problem('VAULT_LOCKED', 'The vault was locked.'))
    logs.lock()

    await ended
    await expect(read.search(planeId)).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
    locked = new AbortController()
    expect(await read.search(planeId)).toMatchObject([{ kind: 'done' }])
    // By the thread, from the empty store.
    expect(await read.patterns(planeId)).toMatchObject([{ kind: 'done', lines: 0 }])
  })
})

it('ends an import when the vault is locked, also while its key is read', async () => {
  writeFileSync(join(home, 'orders.log'), 'one\n')
  onKey = () => locked.abort(new Problem('VAULT_LOCKED', 'The vault was locked.'))
  await expect(read.import(planeId)).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
})
