import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Problem } from '../../preload/contract/problem.ts'
import { runProgram } from '../lib/process.ts'
import { lastModified, modifiedAt } from './modified.ts'

/** A build takes seconds; on a busy machine a minute or two. */
const buildLimitMs = 180_000

/** The sources of the window, below the root of a checkout. */
const sources = ['renderer', 'preload', 'electron.vite.config.ts', 'package-lock.json'] as const

/** The folder with `package.json`: two levels above this file in a checkout, more in a bundle. */
export function packageRoot(from: string): string {
  let folder = from
  while (!existsSync(join(folder, 'package.json'))) {
    const above = join(folder, '..')
    if (above === folder) throw new Problem('WINDOW_MISSING', `No package.json was found above ${from}.`)
    folder = above
  }
  return folder
}

/**
 * The folder of the built window. In a checkout it is built when it is missing or older than its sources, after `print`
 * has received a sentence about that. Throws WINDOW_MISSING where there is neither a window nor its sources.
 */
export async function builtWindow(
  root: string,
  print: (sentence: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const built = join(root, 'out', 'renderer')
  const builtAt = await modifiedAt(join(built, 'index.html'))
  const script = join(root, 'scripts', 'build.ts')
  if (!existsSync(join(root, 'renderer', 'index.html')) || !existsSync(script)) {
    if (builtAt > 0) return built
    throw new Problem('WINDOW_MISSING', `The window of Hangar is missing: ${built}.`)
  }
  const changes = await Promise.all(sources.map((source) => lastModified(join(root, source))))
  if (builtAt >= Math.max(...changes)) return built
  print(
    `Building the window of Hangar ${builtAt === 0 ? 'for the first time' : 'again, because its sources changed'}. This takes a few seconds.`,
  )
  await buildWindow(root, script, built, signal)
  return built
}

/** Builds in a folder of its own and then replaces the old window, so that no other process reads an incomplete one. */
async function buildWindow(root: string, script: string, built: string, signal: AbortSignal): Promise<void> {
  const { PATH = '', HOME = '', TMPDIR, SYSTEMROOT } = process.env
  const environment = { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), ...(SYSTEMROOT ? { SYSTEMROOT } : {}) }
  const draft = await mkdtemp(join(root, '.window-')).catch((error: Error) => {
    throw cannotBuild(root, error.message)
  })
  try {
    const options = { environment, cwd: root, timeoutMs: buildLimitMs }
    const { code, stdout, stderr } = await runProgram(process.execPath, [script, 'window', draft], options, signal)
    if (code !== 0) {
      const output = `${stdout}\n${stderr}`.trim()
      throw cannotBuild(root, output.split('\n').at(-1) ?? '', output.slice(-4_000))
    }
    await mkdir(dirname(built), { recursive: true }) // a clean clone has no out/
    const old = `${draft}-old`
    await rename(built, old).catch(() => undefined) // there may be none
    await rename(draft, built)
    await rm(old, { recursive: true, force: true })
  } catch (error) {
    if (error instanceof Problem || signal.aborted || !(error instanceof Error)) throw error
    throw cannotBuild(root, error.message)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

const cannotBuild = (root: string, why: string, evidence = ''): Problem =>
  new Problem('WINDOW_MISSING', `The window of Hangar could not be built in ${root}: ${why}.`, evidence)
