import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { forgetLastKnown, keepLastKnown, type LastKnown, lastKnownFile, readLastKnown } from './last-known.ts'

const state: LastKnown = { schemaVersion: 1, asOf: '2026-01-01T00:00:00Z', components: [], objects: [] }

async function file(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'hangar-known-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  return lastKnownFile(home, 'plane-1')
}

describe('the last known state', () => {
  it('is what was kept, for its owner alone', async () => {
    const path = await file()
    await keepLastKnown(path, state)

    expect(await readLastKnown(path)).toEqual(state)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it.each([
    ['nothing was kept', undefined],
    ['the file was cut off', '{"schemaVersion":1,"asOf":"2026'],
    ['it is of another version', JSON.stringify({ ...state, schemaVersion: 2 })],
  ])('is not known when %s', async (_, text) => {
    const path = await file()
    await mkdir(dirname(path))
    if (text !== undefined) await writeFile(path, text)

    expect(await readLastKnown(path)).toBeUndefined()
  })

  it('stays as it was when the new one cannot be written', async () => {
    const path = await file()
    await keepLastKnown(path, state)
    const broken = { ...state, asOf: 1n as never } // nothing that JSON can hold

    await expect(keepLastKnown(path, broken)).rejects.toThrow()

    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(state)
    await chmod(path, 0o600)
    await forgetLastKnown(path)
    expect(await readLastKnown(path)).toBeUndefined()
  })
})
