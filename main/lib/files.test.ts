import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makePrivateFolder, openTemporary, sweepDrafts, sweepTemporary, writeAtomically } from './files.ts'
import { processId } from './process-id.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-files-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

describe('writeAtomically', () => {
  it('replaces the whole file, with access for its owner only, and leaves no draft', async () => {
    const file = join(folder, 'a.json')
    await writeFile(file, 'old', { mode: 0o644 })
    await writeAtomically(file, 'new')
    expect(await readFile(file, 'utf8')).toBe('new')
    expect(await mode(file)).toBe('600')
    expect(await readdir(folder)).toEqual(['a.json'])
  })

  it('keeps the old file and no draft when it cannot be replaced', async () => {
    await mkdir(join(folder, 'taken', 'inside'), { recursive: true })
    await expect(writeAtomically(join(folder, 'taken'), 'new')).rejects.toThrow()
    expect(await readdir(folder)).toEqual(['taken'])
  })
})

describe.skipIf(process.platform === 'win32')('makePrivateFolder', () => {
  it('creates the folder and its parents with access for their owner only', async () => {
    await makePrivateFolder(join(folder, 'state', 'vault'))

    expect(await mode(join(folder, 'state'))).toBe('700')
    expect(await mode(join(folder, 'state', 'vault'))).toBe('700')
  })

  it('removes the access of other users from an existing folder', async () => {
    await mkdir(join(folder, 'open'))
    await chmod(join(folder, 'open'), 0o755)

    await makePrivateFolder(join(folder, 'open'))

    expect(await mode(join(folder, 'open'))).toBe('700')
  })
})

describe('temporary folders', () => {
  it('are accessible to their owner only, and are deleted by remove', async () => {
    const temporary = await openTemporary(join(folder, 'tmp'))
    expect(await mode(temporary.path)).toBe('700')
    await temporary.remove()
    expect(await readdir(join(folder, 'tmp'))).toEqual([])
  })

  it('of dead processes are deleted at the next start, those of running ones are kept', async () => {
    const parent = join(folder, 'tmp')
    const mine = await openTemporary(parent)
    const script = `import { openTemporary } from ${JSON.stringify(join(import.meta.dirname, 'files.ts'))}
      await openTemporary(${JSON.stringify(parent)}); process.kill(process.pid, 'SIGKILL')`
    spawnSync(process.execPath, ['--input-type=module', '-e', script])
    expect(await readdir(parent)).toHaveLength(2)

    await sweepTemporary(parent)

    expect(await readdir(parent)).toEqual([mine.path.split('/').at(-1)])
  })

  it('do not need to exist to be swept', async () => {
    await makePrivateFolder(folder)
    await expect(sweepTemporary(join(folder, 'none'))).resolves.toBeUndefined()
  })
})

describe('sweepDrafts', () => {
  it('removes what killed processes left, and nothing that a running one writes or that is no draft', async () => {
    const home = folder
    const random = 'aabbccddeeff'
    const { pid, started } = processId(process.pid)
    const own = `.plane.json.${pid}.${Buffer.from(started).toString('hex')}.${random}.draft`
    const kept = [own, 'plane.json', '.hidden', `.new.${random}.draft`]
    const left = [
      `.plane.json.${2 ** 22 + 1}.${Buffer.from('1').toString('hex')}.${random}.draft`,
      `.old.${random}.draft`,
    ]
    for (const name of [...kept, ...left]) await writeFile(join(home, name), '')
    await mkdir(join(home, '.draft-aB3xYz'))
    const yesterday = new Date(Date.now() - 86_400_000)
    for (const name of [`.old.${random}.draft`, '.draft-aB3xYz', 'plane.json'])
      await utimes(join(home, name), yesterday, yesterday)

    await sweepDrafts(home)

    expect((await readdir(home)).toSorted()).toEqual(kept.toSorted())
    await sweepDrafts(join(home, 'missing'))
  })
})
