import { constants, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run } from '../../scripts/run.ts'

/** A copy of the checkout in which sources can be changed. The checkout itself is never written to. */
export interface Checkout {
  readonly root: string
  /** Runs `act` while the file has the changed text. */
  withChange<Result>(file: string, change: (text: string) => string, act: () => Promise<Result>): Promise<Result>
  remove(): Promise<void>
}

const source = join(import.meta.dirname, '..', '..')

/**
 * Copies all files that git knows or would add, beside a link to the installed packages. No hard links: an editor that
 * saves in place would change the copy during a long run.
 */
export async function copyCheckout(): Promise<Checkout> {
  const { code, stdout, stderr } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: source,
  })
  if (code !== 0) throw new Error(`git cannot list the files of ${source}: ${stderr}`)
  const root = await mkdtemp(join(tmpdir(), 'hangar-mutations-'))
  const copied = async (file: string): Promise<void> => {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await copyFile(join(source, file), join(root, file), constants.COPYFILE_FICLONE)
  }
  for (const file of stdout.split('\0')) {
    if (file === '') continue
    await copied(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error // deleted, but not yet in git's index
    })
  }
  await symlink(join(source, 'node_modules'), join(root, 'node_modules'), 'junction')
  return {
    root,
    async withChange(file, change, act) {
      const text = await readFile(join(root, file), 'utf8')
      await writeFile(join(root, file), change(text))
      try {
        return await act()
      } finally {
        await writeFile(join(root, file), text)
      }
    },
    remove: () => rm(root, { recursive: true, force: true }),
  }
}
