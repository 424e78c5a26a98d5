import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SealableStore } from './sealable.ts'
import { LogStore } from './store.ts'

const key = randomBytes(32)
const busy = expect.objectContaining({ code: 'LOG_STORE_BUSY' })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hangar-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a log store', () => {
  it('has one writer at a time, and is read meanwhile', () => {
    const writer = LogStore.writing(folder, key)
    expect(() => LogStore.writing(folder, key)).toThrow(busy)
    // The attempt did not end the first one's lock.
    expect(() => LogStore.writing(folder, key)).toThrow(busy)
    LogStore.reading(folder, key)?.close()
    writer.close()
    LogStore.writing(folder, key).close()
  })

  it('keeps its writer while it is sealed', () => {
    const writer = new SealableStore(folder, key)
    writer.seal()
    expect(() => LogStore.writing(folder, key)).toThrow(busy)
    writer.unseal(key)
    expect(() => new SealableStore(folder, key)).toThrow(busy)
    writer.close()
    LogStore.writing(folder, key).close()
  })

  it('is free again after a wrong key', () => {
    LogStore.writing(folder, key).close()
    expect(() => LogStore.writing(folder, randomBytes(32))).toThrow(
      expect.objectContaining({ code: 'LOG_STORE_DAMAGED' }),
    )
    LogStore.writing(folder, key).close()
  })

  it('is free again when its writer was killed', async () => {
    const script = `import { WriterLock } from ${JSON.stringify(new URL('./writer-lock.ts', import.meta.url).href)}
      WriterLock.acquire(${JSON.stringify(folder)})
      console.log('held')
      setInterval(() => undefined, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    expect(() => LogStore.writing(folder, key)).toThrow(busy)
    child.kill('SIGKILL')
    await once(child, 'exit')
    LogStore.writing(folder, key).close()
  })
})
