import { posix } from 'node:path'
import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'
import { JsonObject } from '../../../preload/contract/words.ts'
import { archiveFiles, checkArchive } from '../../lib/chart-archive.ts'
import { type ChartFile, chartLimits } from '../../lib/chart-folder.ts'
import { parseYaml } from '../../lib/yaml-documents.ts'
import { readHelmfile } from './helmfile.ts'
import { type ListedHost, readHostList } from './host-list.ts'
import { readScript } from './script.ts'
import type { Unread, VendorRelease } from './vendor-release.ts'

/** A file as the vendor delivered it. The path is relative, with `/`. */
export interface VendorFile {
  readonly path: string
  readonly content: Uint8Array
}

export interface VendorChart {
  /** The folder or archive. */
  readonly path: string
  readonly name: string
  readonly version: string
  readonly kubeVersion: string | undefined
  /** A library has only templates for other charts. */
  readonly isLibrary: boolean
  /** Default values. */
  readonly values: JsonObject
  /** Complete, with local dependencies below `charts/`. */
  readonly files: readonly ChartFile[]
}

export interface VendorFiles {
  readonly charts: readonly VendorChart[]
  /** Values by the path of their file. */
  readonly values: ReadonlyMap<string, JsonObject>
  /** Of scripts and helmfiles, in order. */
  readonly releases: readonly VendorRelease[]
  readonly hosts: readonly ListedHost[]
  readonly unread: readonly Unread[]
}

const ChartYaml = z.looseObject({
  name: z.string().regex(/^[A-Za-z0-9][\w.-]*$/),
  version: z.string(),
  type: z.string().optional(),
  kubeVersion: z.string().optional(),
  dependencies: z.array(z.looseObject({ name: z.string(), repository: z.string().optional() })).default([]),
})

const textLimitBytes = 2_000_000
/** What all charts expand to: a file of some kilobytes can be an archive of 32 MiB. */
const chartsLimitBytes = 128 * 1_048_576
const bytesOf = (files: readonly ChartFile[]): number => files.reduce((sum, { content }) => sum + content.length, 0)

/** Sorts files by what they are and reads each. Nothing is run. What is beyond the limits is listed as unread. */
export async function readVendorFiles(
  files: readonly VendorFile[],
  limitBytes = chartsLimitBytes,
): Promise<VendorFiles> {
  const unread: Unread[] = []
  const values = new Map<string, JsonObject>()
  const releases: VendorRelease[] = []
  const hosts: ListedHost[] = []
  const charts = chartFolders(files, unread)
  const folders = charts.map(({ path }) => (path === '' ? '' : `${path}/`))
  let leftBytes = charts.reduce((left, chart) => left - bytesOf(chart.files), limitBytes)
  for (const { path, content } of files) {
    if (folders.some((folder) => path.startsWith(folder))) continue
    const leave = (why: string): number => unread.push({ place: path, text: '', why })
    if (/\.(tgz|tar\.gz)$/.test(path)) {
      const chart = await archivedChart(path, Buffer.from(content), leftBytes).catch((error: unknown) => {
        if (error instanceof Problem) leave(error.message)
        else throw error
      })
      if (chart) charts.push(chart)
      leftBytes -= bytesOf(chart?.files ?? [])
      continue
    }
    if (/\.(xlsx|xls|ods|numbers)$/i.test(path)) {
      leave('Export the spreadsheet as CSV.')
      continue
    }
    const text = content.length > textLimitBytes ? undefined : textOf(content)
    if (text === undefined) leave('It is no text, or larger than 2 MB.')
    else {
      try {
        readText(path, text)
      } catch (error) {
        // Beyond a limit of its reader, or of the stack.
        if (!(error instanceof RangeError)) throw error
        leave(`It has ${error.message}.`)
      }
    }
  }
  return { charts, values, releases, hosts, unread }

  function readText(path: string, text: string): void {
    if (/(^|\/)helmfile[^/]*\.ya?ml(\.gotmpl)?$|(^|\/)helmfile\.d\//.test(path)) {
      const read = readHelmfile(path, text)
      releases.push(...read.releases)
      unread.push(...read.unread)
    } else if (/\.(sh|bash)$/.test(path) || /^#!.*\b(ba|da|k|z)?sh\b/.test(text)) {
      const read = readScript(path, text)
      releases.push(...read.releases)
      unread.push(...read.unread)
    } else if (/\.(csv|tsv|txt|psv)$/i.test(path)) {
      const read = readHostList(path, text)
      hosts.push(...read.hosts)
      unread.push(...read.unread)
    } else if (/\.(ya?ml|json)$/.test(path)) {
      const read = valuesIn(text)
      if (typeof read === 'string') unread.push({ place: path, text: '', why: read })
      else values.set(path, read)
    } else unread.push({ place: path, text: '', why: 'Its kind is unknown.' })
  }
}

function textOf(content: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}

/** The values, or why they are none. */
export function valuesIn(text: string): JsonObject | string {
  let value: unknown
  try {
    value = parseYaml(text) ?? {}
  } catch {
    return text.includes('{{') ? 'It contains templates, which are not evaluated.' : 'It is not valid YAML.'
  }
  const parsed = JsonObject.safeParse(value)
  if (!parsed.success) return 'It contains no values.'
  if ('apiVersion' in parsed.data && 'kind' in parsed.data) return 'It is a Kubernetes manifest, not values of a chart.'
  return parsed.data
}

function chartFolders(files: readonly VendorFile[], unread: Unread[]): VendorChart[] {
  const folders = files
    .filter(({ path }) => posix.basename(path) === 'Chart.yaml')
    .map(({ path }) => (path === 'Chart.yaml' ? '' : posix.dirname(path)))
  const tops = folders.filter((folder) => !folders.some((other) => other !== folder && isBelow(folder, other)))
  return tops.flatMap((folder) => {
    const chart = chartOf(folder, filesIn(files, folder))
    if (typeof chart === 'string') {
      unread.push({ place: folder, text: 'Chart.yaml', why: chart })
      return []
    }
    const complete = withDependencies(files, folder, chart.files)
    if (complete !== undefined) return [{ ...chart, files: complete }]
    const most = `${chartLimits.files} files or ${chartLimits.totalBytes / 1_048_576} MiB`
    unread.push({ place: folder, text: 'Chart.yaml', why: `With its dependencies it has more than ${most}.` })
    return []
  })
}

const isBelow = (path: string, folder: string): boolean => folder === '' || path.startsWith(`${folder}/`)

const filesIn = (files: readonly VendorFile[], folder: string): ChartFile[] =>
  files
    .filter(({ path }) => isBelow(path, folder))
    .map(({ path, content }) => ({
      path: folder === '' ? path : path.slice(folder.length + 1),
      // The same memory: a chart can name itself as a dependency many times.
      content: Buffer.from(content.buffer, content.byteOffset, content.byteLength),
    }))

/** As `chartFiles` does it for a folder of a profile. Undefined beyond the limits of a chart. */
function withDependencies(
  files: readonly VendorFile[],
  folder: string,
  own: readonly ChartFile[],
): ChartFile[] | undefined {
  const all = [...own]
  let bytes = bytesOf(own)
  const { dependencies = [] } = metadataOf(own) ?? {}
  for (const { name, repository = '' } of dependencies) {
    if (!repository.startsWith('file://') || all.some(({ path }) => path.startsWith(`charts/${name}/`))) continue
    const from = posix.join(folder, repository.slice('file://'.length))
    const more = filesIn(files, from)
    bytes += bytesOf(more)
    if (all.length + more.length > chartLimits.files || bytes > chartLimits.totalBytes) return undefined
    all.push(...more.map(({ path, content }) => ({ path: `charts/${name}/${path}`, content })))
  }
  return all.sort((a, b) => (a.path < b.path ? -1 : 1))
}

async function archivedChart(path: string, archive: Buffer, limitBytes: number): Promise<VendorChart> {
  await checkArchive(path, archive)
  const files = await archiveFiles(archive)
  if (bytesOf(files) > limitBytes)
    throw new Problem('FILE_INVALID', 'All charts together have too many bytes. Name fewer files at once.')
  const chart = chartOf(path, files)
  if (typeof chart === 'string') throw new Problem('FILE_INVALID', chart)
  return chart
}

export function metadataOf(files: readonly ChartFile[]): z.infer<typeof ChartYaml> | undefined {
  try {
    const text = files.find(({ path }) => path === 'Chart.yaml')?.content.toString('utf8') ?? ''
    return ChartYaml.safeParse(parseYaml(text)).data
  } catch {
    return undefined
  }
}

/** The chart of these files, or why they are none. */
export function chartOf(path: string, files: readonly ChartFile[]): VendorChart | string {
  const metadata = metadataOf(files)
  if (metadata === undefined) return 'Its Chart.yaml has no name and version.'
  const text = files.find((file) => file.path === 'values.yaml')?.content.toString('utf8') ?? ''
  const values = text.trim() === '' ? {} : valuesIn(text)
  if (typeof values === 'string') return `values.yaml of the chart: ${values}`
  const { name, version, kubeVersion, type } = metadata
  return { path, name, version, kubeVersion, isLibrary: type === 'library', values, files }
}

/** The chart that a release names, by its path or its name. Pure. */
export function chartNamed(
  charts: readonly VendorChart[],
  { chart, version }: Pick<VendorRelease, 'chart' | 'version'>,
): VendorChart | undefined {
  const steps = chart.split('/').filter((step) => step !== '' && step !== '.' && step !== '..')
  const byPath = charts.filter(({ path }) => endsWith(path.split('/'), steps))
  if (byPath.length > 0) return byPath.length === 1 ? byPath[0] : undefined
  const last = steps.at(-1) ?? ''
  const byName = charts.filter((each) => {
    if (each.name !== last && posix.basename(each.path) !== last) return false
    return version === undefined || each.version.replace(/^v/, '') === version.replace(/^v/, '')
  })
  return byName.length === 1 ? byName[0] : undefined
}

/** The file that a script names: the one whose path ends with the same steps. Pure. */
export function fileNamed<File>(
  files: ReadonlyMap<string, File>,
  named: string,
): [path: string, file: File] | undefined {
  const steps = named.split('/').filter((step) => step !== '' && step !== '.' && step !== '..')
  const found = [...files].filter(([path]) => endsWith(path.split('/'), steps))
  return found.length === 1 ? found[0] : undefined
}

const endsWith = (path: readonly string[], steps: readonly string[]): boolean =>
  steps.length > 0 &&
  steps.length <= path.length &&
  steps.every((step, index) => path[path.length - steps.length + index] === step)
