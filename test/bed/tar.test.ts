import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { tar } from './tar.ts'

it.skipIf(process.platform === 'win32')(
  "writes what the machine's own tar unpacks: files, folders, links, long paths",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hangar-tar-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const long = `${'a-long-folder-name/'.repeat(7)}and-a-file`
    const data = Buffer.from('x'.repeat(1_025))
    const archive = tar([
      { path: 'bin/', mode: 0o755 },
      { path: 'bin/run', data, mode: 0o755 },
      { path: 'bin/also', link: 'run' },
      { path: long, data: Buffer.from('deep') },
    ])
    await writeFile(join(folder, 'made.tar'), archive)

    execFileSync('tar', ['-xf', 'made.tar'], { cwd: folder })

    expect(await readFile(join(folder, 'bin', 'run'))).toEqual(data)
    expect(await readlink(join(folder, 'bin', 'also'))).toBe('run')
    expect(await readFile(join(folder, long), 'utf8')).toBe('deep')
  },
)

it('rejects a path that is too long for the format', () => {
  expect(() => tar([{ path: 'x'.repeat(300), data: Buffer.alloc(1) }])).toThrow(/Path too long/)
})
