import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { run } from './run.ts'

const root = join(import.meta.dirname, '..')

// Windows starts npm by a batch file only, which needs a shell.
it.skipIf(process.platform === 'win32')(
  'an install runs no code of a package',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hangar-install-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await cp(join(root, '.npmrc'), join(folder, '.npmrc'))
    const scripts = Object.fromEntries(
      ['preinstall', 'install', 'postinstall', 'prepare'].map((name) => [
        name,
        `node -e "fs.writeFileSync('ran-${name}', '')"`,
      ]),
    )
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'attack', version: '1.0.0', scripts }))

    const { code } = await run('npm', ['install', '--offline'], {
      cwd: folder,
      env: { npm_config_ignore_scripts: undefined },
    })

    expect(code).toBe(0)
    expect((await readdir(folder)).filter((name) => name.startsWith('ran-'))).toEqual([])
  },
  30_000,
)
