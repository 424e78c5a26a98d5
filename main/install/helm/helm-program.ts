import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, constants, readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import hashes from '../../../assets/helm/hashes.json' with { type: 'json' }
import { Problem } from '../../../preload/contract/problem.ts'
import type { Settings } from '../../../preload/contract/settings.ts'
import { findProgram } from '../../lib/kubernetes/find-program.ts'
import { cleanEnvironment, runProgram } from '../../lib/process.ts'

/** A helm that Hangar is permitted to run. */
export interface HelmProgram {
  readonly path: string
  readonly version: string
  /** Whether its SHA-256 is in assets/helm/hashes.json. */
  readonly verified: boolean
}

/** Helm before 4.2.4 ignores quota conflicts; rollback fails in 4.1. */
const minimumVersion = [4, 2, 4] as const
const versionLimitMs = 10_000

const binary = process.platform === 'win32' ? 'helm.exe' : 'helm'

const isProgram = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  )

/** Folders that may contain the bundled helm: of the packaged app, and of the build. */
async function bundledFolders(): Promise<string[]> {
  const packaged: unknown = Reflect.get(process, 'resourcesPath')
  const cache = process.env.HANGAR_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hangar')
  const builds = await readdir(join(cache, 'programs')).catch(() => [])
  const helms = builds.filter((name) => /^helm-[0-9a-f]+$/.test(name))
  const folders = helms.map((name) => join(cache, 'programs', name))
  return [...(typeof packaged === 'string' ? [join(packaged, 'helm')] : []), ...folders]
}

async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

async function bundled(): Promise<string> {
  // The hashes are part of the program, so that helm cannot be replaced without changing Hangar.
  const expected: unknown = Reflect.get(hashes, `${process.platform}-${process.arch}`)
  const mismatches: string[] = []
  for (const folder of await bundledFolders()) {
    const file = join(folder, binary)
    if (!(await isProgram(file))) continue
    if ((await sha256OfFile(file)) === expected) return file
    mismatches.push(file)
  }
  const [first] = mismatches
  if (first === undefined) throw new Problem('HELM_MISSING', 'The bundled helm was not found.')
  throw new Problem('HELM_UNVERIFIED', `${first} is not the helm that Hangar was built with.`, mismatches.join('\n'))
}

async function onPath(path: string): Promise<string> {
  // Not in relative folders of the PATH: the owner of the current folder would choose the program.
  const found = await findProgram(binary, { PATH: path })
  if (found !== undefined) return found.path
  throw new Problem('HELM_MISSING', 'No helm was found on the PATH.', path)
}

/** Whether a version such as `v4.3.1` or `v4.3+g1234` is at least the minimum. */
export function isRecentEnough(version: string): boolean {
  const parts = /^v?(\d+)\.(\d+)(?:\.(\d+))?/
    .exec(version)
    ?.slice(1)
    .map((part) => Number(part ?? 0))
  if (parts === undefined) return false
  for (const [index, floor] of minimumVersion.entries()) {
    const part = parts[index] ?? 0
    if (part !== floor) return part > floor
  }
  return true
}

async function versionOf(path: string, signal: AbortSignal): Promise<string> {
  const environment = cleanEnvironment(process.env, { HELM_NO_PLUGINS: '1' })
  const limits = { environment, timeoutMs: versionLimitMs }
  const { code, stdout, stderr } = await runProgram(path, ['version', '--template', '{{.Version}}'], limits, signal)
  if (code !== 0) throw new Problem('HELM_MISSING', `${path} cannot be run.`, stderr.slice(0, 1_000))
  return stdout.trim()
}

/**
 * Finds helm and verifies it: the bundled one by its hash, the one on the PATH only by its version.
 * Throws HELM_MISSING or HELM_UNVERIFIED.
 */
export async function findHelm(choice: Settings['helm'], path: string, signal: AbortSignal): Promise<HelmProgram> {
  const program = choice === 'bundled' ? await bundled() : await onPath(path)
  const version = await versionOf(program, signal)
  if (!isRecentEnough(version)) {
    throw new Problem('HELM_MISSING', `${program} is ${version}; Hangar needs ${minimumVersion.join('.')} or later.`)
  }
  return { path: program, version, verified: choice === 'bundled' }
}
