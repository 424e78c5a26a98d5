import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { z } from 'zod'
import { Problem } from '../../preload/contract/problem.ts'
import { type ChartFile, chartLimits } from './chart-folder.ts'
import { isRelativePath } from './contained-file.ts'
import { type TarEntry, tarEntries } from './tar.ts'
import { parseYaml } from './yaml-documents.ts'

/** Of a .tgz. What a chart expands to is limited like a chart folder. */
export const archiveLimitBytes = 16 * 1_048_576

const Metadata = z.looseObject({ name: z.string(), version: z.string() })
export interface ChartMetadata {
  readonly name: string
  readonly version: string
}

/**
 * Checks a .tgz before helm or anything else uses it: a gzip tar within the limits, only files and folders, all inside one
 * folder, and a Chart.yaml in it. Throws FILE_INVALID; `what` names the chart in messages.
 */
export async function checkArchive(what: string, archive: Buffer): Promise<ChartMetadata> {
  const invalid = (why: string) => new Problem('FILE_INVALID', `The chart archive ${what} ${why}.`)
  if (archive.length > archiveLimitBytes) throw invalid(`is larger than ${archiveLimitBytes / 1_048_576} MiB`)
  const expanded = await expand(archive, chartLimits.totalBytes).catch((error: NodeJS.ErrnoException) => {
    const isTooLarge = error.code === 'ERR_BUFFER_TOO_LARGE'
    throw invalid(isTooLarge ? `expands to more than ${chartLimits.totalBytes / 1_048_576} MiB` : 'is not a gzip file')
  })
  const tops = new Set<string>()
  let entries = 0
  let metadata: string | undefined
  try {
    for (const entry of tarEntries(expanded)) {
      entries += 1
      const why = entries > chartLimits.files ? `has more than ${chartLimits.files} entries` : faultOf(entry)
      if (why !== undefined) throw invalid(why)
      const [top = '', ...rest] = entry.path.split('/').filter((step) => step !== '' && step !== '.')
      if (top !== '') tops.add(top)
      if (entry.kind === 'file' && rest.join('/') === 'Chart.yaml') metadata = entry.content.toString('utf8')
    }
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) throw invalid(`is damaged: ${error.message}`)
    throw error
  }
  if (tops.size > 1) throw invalid('has more than one folder at its top')
  const parsed = Metadata.safeParse(metadata === undefined ? undefined : metadataIn(metadata))
  if (!parsed.success) throw invalid('has no Chart.yaml with a name and a version')
  return { name: parsed.data.name, version: parsed.data.version }
}

const gunzipped = promisify(gunzip)
const expand = (archive: Buffer, maxOutputLength: number): Promise<Buffer> => gunzipped(archive, { maxOutputLength })

/** The files of an archive that `checkArchive` has accepted, by their path within the chart. */
export async function archiveFiles(archive: Buffer): Promise<ChartFile[]> {
  const expanded = await expand(archive, chartLimits.totalBytes)
  return [...tarEntries(expanded)].flatMap(({ path, kind, content }) => {
    const [, ...rest] = path.split('/').filter((step) => step !== '' && step !== '.')
    return kind === 'file' ? [{ path: rest.join('/'), content }] : []
  })
}

/** Why an entry is refused. Pure. */
function faultOf({ path, kind, content }: TarEntry): string | undefined {
  const shown = JSON.stringify(path.slice(0, 200))
  if (kind === 'other') return `contains a link or a device: ${shown}`
  if (!isRelativePath(path) || path.split('/').includes('..')) return `contains a path outside of its folder: ${shown}`
  if (content.length > chartLimits.fileBytes)
    return `contains a file of more than ${chartLimits.fileBytes / 1_048_576} MiB: ${shown}`
  return undefined
}

function metadataIn(text: string): unknown {
  try {
    return parseYaml(text)
  } catch {
    return undefined
  }
}
