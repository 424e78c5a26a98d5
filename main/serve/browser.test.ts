import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished, vi } from 'vitest'
import { openInBrowser } from './browser.ts'

const token = 'canary-of-the-address'

it.skipIf(process.platform !== 'linux')(
  'the token of the address is not in the arguments of the browser, but in a page that only this user can read',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hangar-browser-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const [bin, seen] = [join(folder, 'bin'), join(folder, 'arguments')]
    await mkdir(bin)
    await writeFile(join(bin, 'xdg-open'), `#!/bin/sh\necho "$@" > '${seen}.draft' && mv '${seen}.draft' '${seen}'\n`)
    await chmod(join(bin, 'xdg-open'), 0o755)
    vi.stubEnv('PATH', `${bin}${delimiter}${process.env.PATH ?? ''}`)
    onTestFinished(() => void vi.unstubAllEnvs())

    await openInBrowser(`http://127.0.0.1:1/#token=${token}`, join(folder, 'temporary'))

    const args = await vi.waitFor(() => readFile(seen, 'utf8'), { timeout: 10_000 })
    const page = fileURLToPath(args.trim())
    expect(args).not.toContain(token)
    expect(await readFile(page, 'utf8')).toContain(token)
    expect((await stat(page)).mode & 0o077).toBe(0)
    expect((await stat(join(page, '..'))).mode & 0o077).toBe(0)
  },
)

it.skipIf(process.platform !== 'linux')(
  'the browser is not opened by a program in a relative folder of the PATH',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hangar-browser-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const program = (bin: string, mark: string) =>
      mkdir(join(folder, bin)).then(() =>
        writeFile(join(folder, bin, 'xdg-open'), `#!/bin/sh\ntouch '${join(folder, mark)}'\n`, { mode: 0o755 }),
      )
    await program('planted', 'planted-ran')
    await program('system', 'system-ran')
    const planted = relative(process.cwd(), join(folder, 'planted'))
    vi.stubEnv('PATH', [planted, join(folder, 'system'), process.env.PATH].join(delimiter))
    onTestFinished(() => void vi.unstubAllEnvs())

    await openInBrowser('http://127.0.0.1:1/', join(folder, 'temporary'))

    await vi.waitFor(() => stat(join(folder, 'system-ran')), { timeout: 10_000 })
    await expect(stat(join(folder, 'planted-ran'))).rejects.toMatchObject({ code: 'ENOENT' })
  },
)
