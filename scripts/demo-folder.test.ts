import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { makeDemoFolder } from './demo-folder.ts'
import { processId } from './process-id.ts'

it('a new folder for a demo removes those of ended demos only', async () => {
  const base = await mkdtemp(join(tmpdir(), 'hangar-folders-'))
  onTestFinished(() => rm(base, { recursive: true }))
  vi.stubEnv('TMPDIR', base)
  onTestFinished(() => void vi.unstubAllEnvs())
  const folderOf = async (name: string, owner?: object): Promise<string> => {
    const folder = join(base, name)
    await mkdir(folder)
    if (owner !== undefined) await writeFile(join(folder, 'owner.json'), JSON.stringify(owner))
    return folder
  }
  const running = await folderOf('hangar-demo-running', processId(process.pid))
  const ended = await folderOf('hangar-demo-ended', { ...processId(process.pid), started: '1' })
  const unnamed = await folderOf('hangar-demo-unnamed')
  const other = await folderOf('other', { pid: process.pid, started: '1' })

  const made = await makeDemoFolder()

  expect([running, ended, unnamed, other, made].map((folder) => existsSync(folder))).toEqual([
    true,
    false,
    true,
    true,
    true,
  ])
})
