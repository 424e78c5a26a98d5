import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type LastKnown, lastKnownFile, readLastKnown, removeLastKnown, saveLastKnown } from './last-known.ts'

const state: LastKnown = { schemaVersion: 1, asOf: '2026-01-01T00:00:00Z', components: [], objects: [] }

async function file(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'hangar-known-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  return lastKnownFile(home, 'plane-1')
}

describe('the last known state', () => {
  it('is saved for its owner alone', async () => {
    const path = await file()
    await saveLastKnown(path, state)

    expect(await readLastKnown(path)).toEqual(state)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it.each([
    ['nothing was saved', undefined],
    ['the file is incomplete', '{"schemaVersion":1,"asOf":"2026'],
    ['its version is unknown', JSON.stringify({ ...state, schemaVersion: 2 })],
  ])('is not known when %s', async (_, text) => {
    const path = await file()
    await mkdir(dirname(path))
    if (text !== undefined) await writeFile(path, text)

    expect(await readLastKnown(path)).toBeUndefined()
  })

  it('is unchanged if the new one cannot be written', async () => {
    const path = await file()
    await saveLastKnown(path, state)
    const broken = { ...state, asOf: 1n as never } // JSON cannot represent it

    await expect(saveLastKnown(path, broken)).rejects.toThrow()

    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(state)
    await chmod(path, 0o600)
    await removeLastKnown(path)
    expect(await readLastKnown(path)).toBeUndefined()
  })
})
