import { access, constants, readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import hashes from '../../../assets/helm/hashes.json' with { type: 'json' }
import { Problem } from '../../../preload/contract/problem.ts'
import type { Settings } from '../../../preload/contract/settings.ts'
import { findProgram, isProtected } from '../../lib/kubernetes/find-program.ts'
import { cleanEnvironment, runProgram } from '../../lib/process.ts'
import { hashOfFile, type ProgramFile, readProgramFile } from '../../lib/program-file.ts'

/** What plans and checks show. */
export interface HelmFacts {
  readonly path: string
  readonly version: string
  /** Whether its SHA-256 is in assets/helm/hashes.json. */
  readonly verified: boolean
}

/** A helm that Hangar is permitted to run. */
export interface HelmProgram extends HelmFacts {
  /**
   * Called before each start: the file may have been replaced, or the consent revoked. Throws HELM_UNVERIFIED,
   * HELM_UNPROTECTED or HELM_CONSENT_NEEDED.
   */
  readonly recheck: () => Promise<void>
}

type Permitted = Omit<HelmProgram, 'version'>

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

async function bundled(): Promise<Permitted> {
  // The hashes are part of the program, so that helm cannot be replaced without changing Hangar.
  const expected: unknown = Reflect.get(hashes, `${process.platform}-${process.arch}`)
  const mismatches: string[] = []
  for (const folder of await bundledFolders()) {
    const file = join(folder, binary)
    if (!(await isProgram(file))) continue
    const recheck = async (): Promise<void> => {
      if ((await hashOfFile(file)) !== expected) throw unverified([file])
    }
    if ((await hashOfFile(file)) === expected) return { path: file, verified: true, recheck }
    mismatches.push(file)
  }
  if (mismatches.length === 0) throw new Problem('HELM_MISSING', 'The bundled helm was not found.')
  throw unverified(mismatches)
}

const unverified = (files: readonly string[]): Problem =>
  new Problem('HELM_UNVERIFIED', `${files[0]} is not the helm that Hangar was built with.`, files.join('\n'))

/**
 * The helm on a PATH, without running it. Throws HELM_MISSING, or HELM_UNPROTECTED if others can replace it: consent to its
 * content would then be consent to theirs.
 */
export async function helmOnPath(path: string): Promise<ProgramFile> {
  // Not in relative folders of the PATH: the owner of the current folder would choose the program.
  const found = await findProgram(binary, { PATH: path })
  if (found === undefined) throw new Problem('HELM_MISSING', 'No helm was found on the PATH.', path)
  // On Windows permissions are not modes. There its content alone is compared.
  if (process.platform !== 'win32' && !(await isProtected(found))) {
    const evidence = found.realPath === found.path ? found.path : `${found.path}\n${found.realPath}`
    throw new Problem('HELM_UNPROTECTED', `Other users can replace ${found.path}. Hangar does not run it.`, evidence)
  }
  return await readProgramFile(found)
}

async function allowedOnPath(allowed: () => Promise<ProgramFile>): Promise<Permitted> {
  const { path, realPath, sha256 } = await allowed()
  const recheck = async (): Promise<void> => {
    const now = await allowed()
    if (now.path === path && now.realPath === realPath && now.sha256 === sha256) return
    throw new Problem('HELM_CONSENT_NEEDED', `${path} changed while Hangar used it.`, `SHA-256 ${now.sha256}`)
  }
  return { path, verified: false, recheck }
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
 * Finds helm: the bundled one by its hash, or the one on the PATH that `allowed` returns once the user has allowed it.
 * Throws HELM_MISSING, HELM_UNVERIFIED, and what `allowed` throws.
 */
export async function findHelm(
  choice: Settings['helm'],
  allowed: () => Promise<ProgramFile>,
  signal: AbortSignal,
): Promise<HelmProgram> {
  const program = choice === 'bundled' ? await bundled() : await allowedOnPath(allowed)
  const version = await versionOf(program.path, signal)
  if (!isRecentEnough(version)) {
    throw new Problem(
      'HELM_MISSING',
      `${program.path} is ${version}; Hangar needs ${minimumVersion.join('.')} or later.`,
    )
  }
  return { ...program, version }
}
