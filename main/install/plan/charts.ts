import { createHash } from 'node:crypto'
import { access, chmod, copyFile, readdir, readFile, rename, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Problem } from '../../../preload/contract/problem.ts'
import type { Chart } from '../../../preload/contract/profiles.ts'
import { type ChartFile, chartFiles, copyChart } from '../../lib/chart-folder.ts'
import { makePrivateFolder, openTemporary } from '../../lib/files.ts'
import { parseYaml } from '../../lib/yaml-documents.ts'
import type { Helm } from '../helm/helm.ts'

/** A chart as a .tgz in the state folder, named by its digest, so that an install uses exactly the planned chart. */
export interface LocalChart {
  readonly file: string
  /** SHA-256, hexadecimal: of the .tgz, or over the files of a chart folder. */
  readonly digest: string
  readonly name: string
  readonly version: string
}

/** As other registry clients do, Hangar uses plain HTTP for a registry on the loopback address. */
const onLoopback = /^oci:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\//

/** SHA-256 over path and content of every file. */
async function digestOfFiles(files: readonly ChartFile[]): Promise<string> {
  const hash = createHash('sha256')
  for (const { path, source } of files) {
    const content = await readFile(source)
    hash.update(`${path}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

const digestOfFile = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex')

/** The .tgz that helm wrote into an empty folder. */
async function onlyArchive(folder: string): Promise<string> {
  const [name] = (await readdir(folder)).filter((entry) => entry.endsWith('.tgz'))
  if (name === undefined) throw new Problem('HELM_FAILED', 'helm wrote no chart archive.')
  return join(folder, name)
}

async function describe(helm: Helm, file: string, digest: string, signal: AbortSignal): Promise<LocalChart> {
  const metadata: unknown = parseYaml(await helm.local(['show', 'chart', file], signal))
  const text = (key: string) => String(Reflect.get(Object(metadata), key) ?? '')
  return { file, digest, name: text('name'), version: text('version') }
}

/** `folder`: of the profile. Throws FILE_UNREADABLE, or HELM_FAILED if it is not a chart. */
export async function fetchChart(
  chart: Chart,
  { helm, folder, home }: { readonly helm: Helm; readonly folder: string; readonly home: string },
  signal: AbortSignal,
): Promise<LocalChart> {
  const store = join(home, 'helm', 'charts')
  await makePrivateFolder(store)
  const { path: work, remove } = await openTemporary(join(home, 'tmp'))
  const save = async (archive: string, digest: string): Promise<LocalChart> => {
    const file = join(store, `${digest}.tgz`)
    await chmod(archive, 0o600)
    await rename(archive, file)
    return describe(helm, file, digest, signal)
  }
  try {
    if ('path' in chart) {
      const source = resolve(folder, chart.path)
      const stats = await stat(source).catch((cause) => {
        throw new Problem('FILE_UNREADABLE', `The chart ${source} cannot be read.`, '', { cause })
      })
      const digest = stats.isDirectory() ? await digestOfFiles(await chartFiles(source)) : await digestOfFile(source)
      const stored = await storedChart(digest, { helm, home }, signal)
      if (stored) return stored
      if (stats.isDirectory()) {
        const complete = join(work, 'chart')
        await copyChart(source, complete)
        await helm.local(['package', complete, '--destination', work], signal)
      } else await copyFile(source, join(work, 'chart.tgz'))
      return await save(await onlyArchive(work), digest)
    }
    const reference =
      'oci' in chart
        ? [chart.digest ? `${chart.oci}@${chart.digest}` : chart.oci]
        : [chart.name, '--repo', chart.repository]
    const scheme = 'oci' in chart && onLoopback.test(chart.oci) ? ['--plain-http'] : []
    await helm.local(['pull', ...reference, '--version', chart.version, ...scheme, '--destination', work], signal)
    const archive = await onlyArchive(work)
    return await save(archive, await digestOfFile(archive))
  } finally {
    await remove()
  }
}

/** The chart with that digest, if it was fetched before: a resumed operation needs no registry. */
export async function storedChart(
  digest: string,
  { helm, home }: { readonly helm: Helm; readonly home: string },
  signal: AbortSignal,
): Promise<LocalChart | undefined> {
  const file = join(home, 'helm', 'charts', `${digest}.tgz`)
  const exists = await access(file).then(
    () => true,
    () => false,
  )
  return exists ? describe(helm, file, digest, signal) : undefined
}
