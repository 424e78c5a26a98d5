import { lstat } from 'node:fs/promises'
import { Problem } from '../../preload/contract/problem.ts'
import { archiveLimitBytes, type ChartMetadata, checkArchive } from './chart-archive.ts'
import { type ChartFile, chartFiles } from './chart-folder.ts'
import { containedPath, readRegularFile } from './contained-file.ts'

/** The folders of a profile. Whatever the profile names is inside `root`, by a path that is relative to `folder`. */
export interface ChartFolders {
  readonly folder: string
  readonly root: string
}

export type LocalChartSource =
  | { readonly kind: 'folder'; readonly files: readonly ChartFile[] }
  | { readonly kind: 'archive'; readonly content: Buffer; readonly metadata: ChartMetadata }

/** Reads the chart that a profile names by its path: a folder, or a .tgz. Throws FILE_UNREADABLE, FILE_INVALID. */
export async function readLocalChart({ folder, root }: ChartFolders, path: string): Promise<LocalChartSource> {
  const source = await containedPath(root, folder, path)
  const stats = await lstat(source).catch((cause) => {
    throw new Problem('FILE_UNREADABLE', `The chart ${source} cannot be read.`, '', { cause })
  })
  if (stats.isDirectory()) return { kind: 'folder', files: await chartFiles(root, folder, path) }
  const content = await readRegularFile(source, archiveLimitBytes)
  return { kind: 'archive', content, metadata: await checkArchive(source, content) }
}
