import { copyFile, mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { z } from 'zod'
import { Problem } from '../../preload/contract/problem.ts'
import { parseYaml } from './yaml-documents.ts'

/** A file of a chart. */
export interface ChartFile {
  /** Within the chart, with `/`. */
  readonly path: string
  /** Where the file is on this computer. */
  readonly source: string
}

const filesLimit = 5_000

const ChartYaml = z.looseObject({
  dependencies: z.array(z.looseObject({ name: z.string(), repository: z.string().optional() })).default([]),
})

/**
 * The files of a chart folder, sorted by path. A dependency with a `file://` repository is included below `charts/`, as
 * `helm dependency build` would put it there, unless the folder already contains it. Throws FILE_INVALID.
 */
export async function chartFiles(folder: string): Promise<ChartFile[]> {
  const files = await filesBelow(folder)
  for (const { name, repository = '' } of await dependenciesOf(folder)) {
    if (!repository.startsWith('file://') || (await isFolder(join(folder, 'charts', name)))) continue
    const source = resolve(folder, repository.slice('file://'.length))
    for (const file of await filesBelow(source)) files.push({ ...file, path: `charts/${name}/${file.path}` })
  }
  if (files.length > filesLimit) throw new Problem('FILE_INVALID', `${folder} has more than ${filesLimit} files.`)
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Copies a chart with its dependencies, so that the copy is complete. */
export async function copyChart(folder: string, target: string): Promise<void> {
  for (const { path, source } of await chartFiles(folder)) {
    const file = join(target, path)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await copyFile(source, file)
  }
}

async function filesBelow(folder: string): Promise<ChartFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((source) => ({ path: relative(folder, source).replaceAll('\\', '/'), source }))
}

/** Helm itself reports an invalid Chart.yaml. */
async function dependenciesOf(folder: string): Promise<z.infer<typeof ChartYaml>['dependencies']> {
  const text = await readFile(join(folder, 'Chart.yaml'), 'utf8').catch(() => '')
  try {
    return ChartYaml.parse(parseYaml(text)).dependencies
  } catch {
    return []
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
