import { createHash } from 'node:crypto'
import { Problem } from '../../preload/contract/problem.ts'
import type { Profile } from '../../preload/contract/profiles.ts'
import { digestOfFiles } from '../lib/chart-folder.ts'
import { containedPath, readRegularFile } from '../lib/contained-file.ts'
import { type ChartFolders, readLocalChart } from '../lib/local-chart.ts'
import { rootFiles } from '../lib/rules/root-files.ts'

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
export async function readContent(text: string, profile: Profile, folders: ChartFolders): Promise<ProfileContent> {
  const charts = profile.releases.flatMap(({ chart }) => ('path' in chart ? [chart.path] : []))
  const readCharts = await Promise.all(
    [...new Set(charts)].toSorted().map(async (path) => [path, await readChart(folders, path)] as const),
  )
  const roots = await Promise.all(
    rootFiles(profile).map(async (path) => [path, await readRoots(folders, path)] as const),
  )
  return {
    text,
    roots: Object.fromEntries(roots.flatMap(([path, pem]) => (pem === undefined ? [] : [[path, pem]]))),
    charts: Object.fromEntries(readCharts),
  }
}

/** A file can also contain a private key, which nothing may store. */
async function readRoots({ folder, root }: ChartFolders, path: string): Promise<string | undefined> {
  const content = await containedPath(root, folder, path)
    .then((file) => readRegularFile(file, rootsLimitBytes))
    .catch(() => undefined)
  return content?.toString('utf8').match(pemPattern)?.join('\n')
}

async function readChart(folders: ChartFolders, path: string): Promise<ChartDigests> {
  try {
    const source = await readLocalChart(folders, path)
    if (source.kind === 'archive') return { digest: sha256(source.content), files: {} }
    const files = source.files.map((file) => [file.path, sha256(file.content)] as const)
    return { digest: digestOfFiles(source.files), files: Object.fromEntries(files) }
  } catch (error) {
    // A missing chart must not stop checks, which need none; if it appears later, that is a change.
    if (error instanceof Problem || (error instanceof Error && 'code' in error)) return { digest: '', files: {} }
    throw error
  }
}

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')
