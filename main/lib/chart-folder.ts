import { createHash } from 'node:crypto'
import { lstat, mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { Problem } from '../../preload/contract/problem.ts'
import { containedPath, readRegularFile } from './contained-file.ts'
import { parseYaml } from './yaml-documents.ts'

/** A file of a chart. */
export interface ChartFile {
  /** Within the chart, with `/`. */
  readonly path: string
  readonly content: Buffer
}

/** Helm itself refuses files over 5 MiB. A chart is in memory while it is read. */
export const chartLimits = { files: 5_000, fileBytes: 5 * 1_048_576, totalBytes: 32 * 1_048_576, depth: 16 } as const

/** A name becomes a folder below `charts/`. */
const ChartName = z.string().regex(/^[A-Za-z0-9][\w.-]*$/)
const ChartYaml = z.looseObject({
  dependencies: z.array(z.looseObject({ name: ChartName, repository: z.string().optional() })).default([]),
})

/**
 * The files of the chart folder that a file in `folder` names, sorted by path. A dependency with a `file://` repository is
 * included below `charts/`, as `helm dependency build` would put it there, unless the folder already contains it. Everything
 * is inside `root`: only regular files, and no symbolic link. Throws FILE_INVALID, FILE_UNREADABLE.
 */
export async function chartFiles(root: string, folder: string, path: string): Promise<ChartFile[]> {
  const chart = await containedPath(root, folder, path)
  const reading = new Reading()
  const files = await reading.folder(chart)
  for (const { name, repository = '' } of dependenciesOf(files, path)) {
    if (!repository.startsWith('file://') || files.some((file) => file.path.startsWith(`charts/${name}/`))) continue
    const source = await containedPath(root, chart, repository.slice('file://'.length))
    for (const file of await reading.folder(source)) files.push({ ...file, path: `charts/${name}/${file.path}` })
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Not part of what a vendor delivers. */
const skippedFolders: ReadonlySet<string> = new Set(['.git', '.github', 'node_modules'])

/** The files of any folder, within the limits of one chart: regular files, and no symbolic link. Throws FILE_INVALID, FILE_UNREADABLE. */
export const folderFiles = (folder: string): Promise<ChartFile[]> => new Reading(skippedFolders).folder(folder)

/** SHA-256 over path and content of every file, hexadecimal. */
export function digestOfFiles(files: readonly ChartFile[]): string {
  const hash = createHash('sha256')
  for (const { path, content } of files) hash.update(`${path}\0${content.length}\0`).update(content)
  return hash.digest('hex')
}

/** Writes a chart with its dependencies into a folder, so that it is complete. */
export async function writeChart(files: readonly ChartFile[], target: string): Promise<void> {
  for (const { path, content } of files) {
    const file = join(target, path)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeFile(file, content, { mode: 0o600 })
  }
}

/** Reads folders within the limits of one chart. */
class Reading {
  readonly #skipped: ReadonlySet<string>
  #files = 0
  #bytes = 0

  constructor(skipped: ReadonlySet<string> = new Set()) {
    this.#skipped = skipped
  }

  async folder(top: string): Promise<ChartFile[]> {
    const files: ChartFile[] = []
    await this.#read(top, top, 0, files)
    return files
  }

  async #read(top: string, folder: string, depth: number, files: ChartFile[]): Promise<void> {
    if (depth > chartLimits.depth) throw invalid(folder, `is nested deeper than ${chartLimits.depth} folders`)
    const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
      throw new Problem('FILE_UNREADABLE', `The chart ${folder} cannot be read (${cause.code ?? ''}).`, '', { cause })
    })
    for (const name of names.toSorted()) {
      const source = join(folder, name)
      const stats = await lstat(source)
      if (stats.isDirectory() && this.#skipped.has(name)) continue
      if (stats.isDirectory()) await this.#read(top, source, depth + 1, files)
      else {
        this.#files += 1
        if (this.#files > chartLimits.files) throw invalid(top, `has more than ${chartLimits.files} files`)
        const content = await readRegularFile(source, chartLimits.fileBytes)
        this.#bytes += content.length
        if (this.#bytes > chartLimits.totalBytes)
          throw invalid(top, `has more than ${chartLimits.totalBytes / 1_048_576} MiB`)
        files.push({ path: relative(top, source).replaceAll('\\', '/'), content })
      }
    }
  }
}

const invalid = (folder: string, why: string): Problem => new Problem('FILE_INVALID', `The chart ${folder} ${why}.`)

/** Helm itself reports a Chart.yaml that is not YAML. */
function dependenciesOf(files: readonly ChartFile[], path: string): z.infer<typeof ChartYaml>['dependencies'] {
  const text = files.find((file) => file.path === 'Chart.yaml')?.content.toString('utf8') ?? ''
  let value: unknown
  try {
    value = parseYaml(text)
  } catch {
    return []
  }
  const parsed = ChartYaml.safeParse(value ?? {})
  if (parsed.success) return parsed.data.dependencies
  throw new Problem('FILE_INVALID', `The Chart.yaml of ${path} has invalid dependencies.`)
}
