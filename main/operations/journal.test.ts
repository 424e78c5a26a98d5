import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { JournalWriter } from './journal.ts'

it.skipIf(process.platform === 'win32')('a journal is readable by its owner only', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-journal-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const header = {
    schemaVersion: 1,
    id: randomUUID(),
    kind: 'install',
    planeId: randomUUID(),
    title: 'Install',
    startedAt: new Date().toISOString(),
    input: {},
  } as const
  const writer = await JournalWriter.create(folder, header, randomBytes(32))
  await writer.close()

  for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
})
