import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Problem } from '../../preload/contract/problem.ts'
import type { Profile } from '../../preload/contract/profiles.ts'
import { chartFiles } from '../lib/chart-folder.ts'
import { referencesOf } from '../lib/rules/substitution.ts'

/** A local chart of a profile. Digests are SHA-256, hexadecimal. */
interface ChartDigests {
  /** As an install computes it: of the .tgz, or over path and content of the files of a folder. Empty: unreadable. */
  readonly digest: string
  /** Of each file, by its path within the chart; empty for a .tgz. */
  readonly files: Readonly<Record<string, string>>
}

/** All that a profile brings: what is used later is this, not what the files have become meanwhile. */
export interface ProfileContent {
  readonly text: string
  /** Certificates (PEM) of the files with trusted roots, by the path that the profile names. Unreadable files are absent. */
  readonly roots: Readonly<Record<string, string>>
  /** Local charts by the path that the profile names. */
  readonly charts: Readonly<Record<string, ChartDigests>>
}

const rootsLimitBytes = 1_000_000
const pemPattern = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** Reads what a profile refers to, once. `text` is the text that the profile was parsed from. */
export async function readContent(text: string, profile: Profile, folder: string): Promise<ProfileContent> {
  const charts = profile.releases.flatMap(({ chart }) => ('path' in chart ? [chart.path] : []))
  const readCharts = await Promise.all(
    [...new Set(charts)].toSorted().map(async (path) => [path, await readChart(folder, path)] as const),
  )
  const roots = await Promise.all(
    rootFiles(profile).map(async (path) => [path, await readRoots(resolve(folder, path))] as const),
  )
  return {
    text,
    roots: Object.fromEntries(roots.flatMap(([path, pem]) => (pem === undefined ? [] : [[path, pem]]))),
    charts: Object.fromEntries(readCharts),
  }
}

/** Files with roots that the profile names itself; those that a setting names are the user's. Pure. */
function rootFiles({ endpoints }: Profile): string[] {
  const files = endpoints.flatMap(({ clientProfile: { trust } }) =>
    typeof trust === 'object' && 'file' in trust && referencesOf(trust.file).length === 0 ? [trust.file] : [],
  )
  return [...new Set(files)].toSorted()
}

/** A file can also contain a private key, which nothing may store. */
async function readRoots(file: string): Promise<string | undefined> {
  const stats = await stat(file).catch(() => undefined)
  if (stats === undefined || !stats.isFile() || stats.size > rootsLimitBytes) return undefined
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text?.match(pemPattern)?.join('\n')
}

async function readChart(folder: string, path: string): Promise<ChartDigests> {
  try {
    const source = resolve(folder, path)
    if (!(await stat(source)).isDirectory()) return { digest: sha256(await readFile(source)), files: {} }
    const whole = createHash('sha256')
    const files: [string, string][] = []
    for (const file of await chartFiles(source)) {
      const content = await readFile(file.source)
      whole.update(`${file.path}\0${content.length}\0`).update(content)
      files.push([file.path, sha256(content)])
    }
    return { digest: whole.digest('hex'), files: Object.fromEntries(files) }
  } catch (error) {
    // A missing chart must not stop checks, which need none; if it appears later, that is a change.
    if (error instanceof Problem || (error instanceof Error && 'code' in error)) return { digest: '', files: {} }
    throw error
  }
}

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')
