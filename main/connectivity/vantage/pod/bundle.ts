import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Problem } from '../../../../preload/contract/problem.ts'
import { orAbort } from '../../../lib/kubernetes/or-abort.ts'
import { runProgram } from '../../../lib/process.ts'

/** A build takes under a second, and much longer on a busy machine. */
const buildLimitMs = 60_000
/** Below the 1 MiB of a ConfigMap, which also holds metadata. */
const bundleLimitBytes = 900_000

let cached: { readonly key: string; readonly text: Promise<string> } | undefined

/**
 * The probe as one file of JavaScript. A packaged Hangar contains it; in a checkout it is built on first use
 * and whenever its sources change. Throws PROBE_MISSING.
 */
export async function probeBundle(signal: AbortSignal): Promise<string> {
  if (!import.meta.url.endsWith('.ts')) return read(join(import.meta.dirname, 'probe.cjs'))
  const sources = fileURLToPath(new URL('../..', import.meta.url))
  const key = await keyOf([sources, join(sources, '../lib/rules')])
  if (cached?.key !== key) {
    const text = fromSources(join(sources, '../..'), key)
    cached = { key, text }
    text.catch(() => {
      cached = undefined
    })
  }
  return await orAbort(cached.text, signal)
}

async function read(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Problem('PROBE_MISSING', 'The probe for pods is missing.', file, { cause: error })
  })
  if (Buffer.byteLength(text) > bundleLimitBytes)
    throw new Problem('PROBE_MISSING', 'The probe for pods does not fit into a ConfigMap.', file)
  return text
}

/** A hash of every source file that the probe can contain. */
async function keyOf(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  const entries = await Promise.all(folders.map((path) => readdir(path, { recursive: true, withFileTypes: true })))
  const files = entries
    .flat()
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map(({ parentPath, name }) => join(parentPath, name))
  for (const file of files.toSorted()) hash.update(file).update(await readFile(file))
  return hash.digest('hex').slice(0, 16)
}

/** A folder of this user; HANGAR_CACHE and HANGAR_HOME move it. */
function cacheFolder(): string {
  const { HANGAR_CACHE, HANGAR_HOME, XDG_CACHE_HOME } = process.env
  const cache = HANGAR_CACHE || (HANGAR_HOME && join(HANGAR_HOME, 'cache'))
  return join(cache || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'hangar'), 'probe')
}

/** Takes no signal: later callers wait for the same build. */
async function fromSources(root: string, key: string): Promise<string> {
  const folder = cacheFolder()
  const file = join(folder, `${key}.cjs`)
  if (existsSync(file)) return read(file)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const draft = await mkdtemp(join(folder, 'draft-'))
  try {
    const { PATH = '', HOME = '', SYSTEMROOT } = process.env
    const environment = { PATH, HOME, ...(SYSTEMROOT ? { SYSTEMROOT } : {}) }
    const { code, stdout, stderr } = await runProgram(
      process.execPath,
      [join(root, 'scripts', 'build.ts'), 'probe', draft],
      { environment, cwd: root, timeoutMs: buildLimitMs },
      new AbortController().signal,
    )
    if (code !== 0)
      throw new Problem('PROBE_MISSING', 'The probe for pods could not be built.', `${stdout}\n${stderr}`.slice(-4_000))
    await rename(join(draft, 'probe.cjs'), file)
    await removeOld(folder)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return read(file)
}

/** Long enough that no other running Hangar still reads it. */
const keepMs = 24 * 3_600_000

async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs > keepMs) await rm(path, { recursive: true, force: true })
  }
}
