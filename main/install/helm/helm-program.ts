import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, constants, readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import hashes from '../../../assets/helm/hashes.json' with { type: 'json' }
import { Problem } from '../../../preload/contract/problem.ts'
import type { Settings } from '../../../preload/contract/settings.ts'
import { cleanEnvironment, runProgram } from '../../lib/process.ts'

/** A helm that may be run. */
export interface HelmProgram {
  readonly path: string
  readonly version: string
  /** Whether its bytes are those that Hangar's committed list names. */
  readonly verified: boolean
}

/** Before 4.2.4 Helm loses quota conflicts; in 4.1 rollback fails altogether. */
const lowest = [4, 2, 4] as const
const versionLimitMs = 10_000

const binary = process.platform === 'win32' ? 'helm.exe' : 'helm'

const isProgram = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  )

/** Folders where the helm that Hangar was built with may lie: in the packaged app, else where the build puts it. */
async function ownPlaces(): Promise<string[]> {
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
  // Part of the program itself, so that whoever changes helm has to change Hangar, too.
  const expected: unknown = Reflect.get(hashes, `${process.platform}-${process.arch}`)
  const unlike: string[] = []
  for (const place of await ownPlaces()) {
    const file = join(place, binary)
    if (!(await isProgram(file))) continue
    if ((await sha256OfFile(file)) === expected) return file
    unlike.push(file)
  }
  const [first] = unlike
  if (first === undefined) throw new Problem('HELM_MISSING', 'The helm that Hangar ships is not there.')
  throw new Problem('HELM_UNVERIFIED', `${first} is not the helm that Hangar was built with.`, unlike.join('\n'))
}

async function onPath(path: string): Promise<string> {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, binary)
    if (folder !== '' && (await isProgram(file))) return file
  }
  throw new Problem('HELM_MISSING', 'There is no helm on the PATH.', path)
}

/** Whether `v4.3.1` or `v4.3+g1234` is at least the lowest that we drive. */
export function isRecentEnough(version: string): boolean {
  const found = /^v?(\d+)\.(\d+)(?:\.(\d+))?/
    .exec(version)
    ?.slice(1)
    .map((part) => Number(part ?? 0))
  if (found === undefined) return false
  for (const [index, floor] of lowest.entries()) {
    const part = found[index] ?? 0
    // A build without a patch number does not say which it is: the minor decides.
    if (part !== floor) return part > floor
  }
  return true
}

async function versionOf(path: string, signal: AbortSignal): Promise<string> {
  const environment = cleanEnvironment(process.env, { HELM_NO_PLUGINS: '1' })
  const limits = { environment, timeoutMs: versionLimitMs }
  const { code, stdout, stderr } = await runProgram(path, ['version', '--template', '{{.Version}}'], limits, signal)
  if (code !== 0) throw new Problem('HELM_MISSING', `${path} does not run.`, stderr.slice(0, 1_000))
  return stdout.trim()
}

/**
 * Finds helm and makes sure of it: the one that Hangar ships by its hash, the one on the PATH by its version only.
 * Throws HELM_MISSING or HELM_UNVERIFIED.
 */
export async function findHelm(choice: Settings['helm'], path: string, signal: AbortSignal): Promise<HelmProgram> {
  const found = choice === 'bundled' ? await bundled() : await onPath(path)
  const version = await versionOf(found, signal)
  if (!isRecentEnough(version)) {
    throw new Problem('HELM_MISSING', `${found} is ${version}; Hangar needs ${lowest.join('.')} or later.`)
  }
  return { path: found, version, verified: choice === 'bundled' }
}
