import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { hashOfFile } from './program-file.ts'

it('the hash of a program is of its content, also after another one of the same size and time replaced it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-program-file-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'program')
  const time = new Date('2026-01-01T00:00:00Z')
  await writeFile(file, 'good')
  await utimes(file, time, time)
  const first = await hashOfFile(file)
  expect(await hashOfFile(file)).toBe(first)

  await writeFile(file, 'evil')
  await utimes(file, time, time)
  const second = await hashOfFile(file)
  expect(second).not.toBe(first)
  expect(second).toMatch(/^[0-9a-f]{64}$/)
})
