import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import {
  BuildProblem,
  type BuildProgress,
  binaryName,
  buildPrograms,
  type Program,
  programFolder,
} from './build-programs.ts'

const folder = join(import.meta.dirname, '..', 'assets', 'helm')

/** From Node's name of a platform, as in `hashes.json`, to Go's. */
const platforms = {
  'linux-x64': 'linux/amd64',
  'linux-arm64': 'linux/arm64',
  'darwin-x64': 'darwin/amd64',
  'darwin-arm64': 'darwin/arm64',
  'win32-x64': 'windows/amd64',
} as const
export type HelmPlatform = keyof typeof platforms
export const helmPlatforms = Object.keys(platforms) as HelmPlatform[] // the keys of a literal are its own

type Hashes = { readonly go: string } & Readonly<Partial<Record<HelmPlatform, string>>>

const readHashes = async (): Promise<Hashes> =>
  JSON.parse(await readFile(join(folder, 'hashes.json'), 'utf8')) as Hashes // our own committed file

/** The Go release that the hashes in `hashes.json` were made with. */
const goRelease = '1.26.8'

const helm = (platform: HelmPlatform): Program => ({
  name: 'helm',
  folder,
  target: 'helm.sh/helm/v4/cmd/helm',
  set: { 'helm.sh/helm/v4/internal/version.version': 'v4.3.1' },
  go: goRelease,
  platform: platforms[platform],
  seconds: 60,
})

/** This computer's helm, to build it along with others. */
export const helmProgram = (): Program => helm(here())

const here = (): HelmPlatform => {
  const name = `${process.platform}-${process.arch}`
  const found = helmPlatforms.find((platform) => platform === name)
  if (!found)
    throw new BuildProblem(
      `Hangar has no helm for ${name}.`,
      'Install helm 4.2.4 or later and select it in the settings.',
    )
  return found
}

/** The path of this computer's helm once `buildHelm` has built it. */
export const helmPath = (platform: HelmPlatform = here()): string => {
  const program = helm(platform)
  return join(programFolder(program), binaryName(program))
}

export const sha256OfFile = async (file: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

/**
 * Builds the helm that Hangar ships, if it is missing, and returns its path. The same sources and Go release give the
 * same bytes on any machine; a hash that is not in the committed list is refused.
 */
export const buildHelm = async (
  options: { onProgress?: (progress: BuildProgress) => void; signal?: AbortSignal; platform?: HelmPlatform } = {},
): Promise<string> => {
  const platform = options.platform ?? here()
  const path = helmPath(platform)
  if (!existsSync(path)) await buildPrograms([helm(platform)], options)
  const expected = (await readHashes())[platform]
  const found = await sha256OfFile(path)
  if (expected !== undefined && expected !== found)
    throw new BuildProblem(
      `The hash of ${path} is not in hashes.json for ${platform}.`,
      `Expected SHA-256 ${expected}, found ${found}. Delete the file and build again.`,
    )
  return path
}
