import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { LogStore } from '../store/store.ts'
import { type ImportInput, type ImportProgress, importLogs } from './import-logs.ts'

let folder: string
let store: LogStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hangar-import-'))
  store = LogStore.writing(join(folder, 'store'), randomBytes(32))
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

async function run(path: string, more: Partial<ImportInput> = {}, signal = AbortSignal.timeout(30_000)) {
  let last: ImportProgress | undefined
  const input = { path, source: 'import', format: 'auto', kubelet: false, ...more } as const
  for await (const progress of importLogs(input, store, signal)) last = progress
  return last
}

const line = (index: number): string => `time=2026-03-14T09:26:53.409Z level=WARN message="order ${index}"\n`
const raws = (): string[] => store.after(-1, 1_000_000).map(({ raw }) => raw)

// Each import starts threads, which takes seconds on a busy machine.
describe('importLogs', { timeout: 60_000 }, () => {
  it('stores a file once, however often it is imported', async () => {
    const file = join(folder, 'orders.log')
    const text = Array.from({ length: 20_000 }, (_, index) => line(index)).join('')
    writeFileSync(file, text)
    const size = Buffer.byteLength(text)

    expect(await run(file)).toEqual({ bytes: size, totalBytes: size, records: 20_000, storedFiles: 0 })
    expect(await run(file)).toEqual({ bytes: size, totalBytes: size, records: 0, storedFiles: 1 })
    expect(raws().join('\n')).toBe(text.trimEnd())
    expect(store.after(-1, 1)[0]).toMatchObject({ source: 'import', pod: 'orders.log', level: 'WARN' })

    appendFileSync(file, line(20_000))
    expect((await run(file))?.records).toBe(20_001)
  })

  it('stores the files of a folder, and of an empty one nothing', async () => {
    mkdirSync(join(folder, 'bundle/pods/logs/shop/orders-1'), { recursive: true })
    expect(await run(join(folder, 'bundle'))).toBeUndefined()
    writeFileSync(join(folder, 'bundle/pods/logs/shop/orders-1/main.log'), line(1))
    writeFileSync(join(folder, 'bundle/pods/logs/shop/orders-1/sidecar.log'), line(2))
    writeFileSync(join(folder, 'bundle/pods/logs/shop/orders-1/empty.log'), '')
    expect(await run(join(folder, 'bundle'))).toMatchObject({ records: 2, storedFiles: 0 })
    expect(store.after(-1, 10).map(({ pod, container }) => `${pod}/${container}`)).toEqual([
      'orders-1/main',
      'orders-1/sidecar',
    ])
  })

  it('reads an archive of very many logs in the memory of one', async () => {
    const count = 300
    for (let index = 0; index < count; index += 1) writeFileSync(join(folder, `pod-${index}.log`), line(index))
    const names = Array.from({ length: count }, (_, index) => `pod-${index}.log`)
    execFileSync('tar', ['-C', folder, '-czf', join(folder, 'many.tgz'), ...names])
    const allocated = vi.spyOn(Buffer, 'allocUnsafeSlow')
    onTestFinished(() => allocated.mockRestore())

    expect((await run(join(folder, 'many.tgz')))?.records).toBe(count)
    expect(allocated.mock.calls.length).toBeLessThan(50)
  })

  it('stops when it is cancelled, and continues with what is missing', async () => {
    const file = join(folder, 'orders.log')
    writeFileSync(file, Array.from({ length: 200_000 }, (_, index) => line(index)).join(''))
    const stop = new AbortController()
    const input = { path: file, source: 'import', format: 'auto', kubelet: false } as const
    const stores = {
      mark: store.mark.bind(store),
      appendBlocks: (...given: Parameters<LogStore['appendBlocks']>) => {
        store.appendBlocks(...given)
        stop.abort()
      },
    }
    const cancelled = (async () => {
      for await (const _ of importLogs(input, stores, stop.signal));
    })()
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' })
    const first = raws().length
    expect(first).toBeGreaterThan(0)
    expect(first).toBeLessThan(200_000)
    expect((await run(file))?.records).toBe(200_000 - first)
    expect(new Set(raws()).size).toBe(200_000)
    expect(raws()).toHaveLength(200_000)
  })

  it.skipIf(process.platform === 'win32')('stores what a named pipe brings, which can be read only once', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const written = writeFile(pipe, line(1))
    expect(await run(pipe)).toMatchObject({ totalBytes: undefined, records: 1, storedFiles: 0 })
    await written
  })

  it('reports a file that cannot be read', async () => {
    await expect(run(join(folder, 'nothing.log'))).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringMatching(/nothing\.log cannot be read: it does not exist\.$/),
    })
  })
})
