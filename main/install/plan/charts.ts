import { createHash } from 'node:crypto'
import { access, copyFile, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { parse } from 'yaml'
import { Problem } from '../../../preload/contract/problem.ts'
import type { Chart } from '../../../preload/contract/profiles.ts'
import { makePrivateFolder } from '../../lib/files.ts'
import type { Helm } from '../helm/helm.ts'

/** A chart as a .tgz in Hangar's own folder, named by its content: what was planned is what is installed. */
export interface LocalChart {
  readonly file: string
  /** SHA-256, hexadecimal: of the .tgz, or of a chart folder's files. */
  readonly digest: string
  readonly name: string
  readonly version: string
}

const filesLimit = 5_000
/** As with other clients of registries: one on the loopback address is spoken to without TLS. */
const onThisComputer = /^oci:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\//

/** Path and content of every file of a folder, in an order that does not depend on the disk. */
async function digestOfFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  if (files.length > filesLimit) throw new Problem('FILE_INVALID', `${folder} has more than ${filesLimit} files.`)
  const hash = createHash('sha256')
  for (const file of files.sort()) {
    const content = await readFile(file)
    hash.update(`${relative(folder, file).replaceAll('\\', '/')}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

const digestOfFile = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex')

/** The one .tgz that helm wrote into an empty folder. */
async function onlyArchive(folder: string): Promise<string> {
  const [name] = (await readdir(folder)).filter((entry) => entry.endsWith('.tgz'))
  if (name === undefined) throw new Problem('HELM_FAILED', 'helm wrote no chart archive.')
  return join(folder, name)
}

async function describe(helm: Helm, file: string, digest: string, signal: AbortSignal): Promise<LocalChart> {
  const about: unknown = parse(await helm.local(['show', 'chart', file], signal))
  const text = (key: string) => String(Reflect.get(Object(about), key) ?? '')
  return { file, digest, name: text('name'), version: text('version') }
}

/** `folder` is the profile's. Throws FILE_UNREADABLE, or HELM_FAILED where the chart is not one. */
export async function fetchChart(
  chart: Chart,
  { helm, folder, home }: { readonly helm: Helm; readonly folder: string; readonly home: string },
  signal: AbortSignal,
): Promise<LocalChart> {
  const store = join(home, 'helm', 'charts')
  await makePrivateFolder(store)
  const work = await mkdtemp(join(store, '.draft-'))
  const keep = async (archive: string, digest: string): Promise<LocalChart> => {
    const file = join(store, `${digest}.tgz`)
    await rename(archive, file)
    return describe(helm, file, digest, signal)
  }
  try {
    if ('path' in chart) {
      const source = resolve(folder, chart.path)
      const found = await stat(source).catch((cause) => {
        throw new Problem('FILE_UNREADABLE', `The chart ${source} cannot be read.`, '', { cause })
      })
      const digest = found.isDirectory() ? await digestOfFolder(source) : await digestOfFile(source)
      const known = await storedChart(digest, { helm, home }, signal)
      if (known) return known
      if (found.isDirectory()) await helm.local(['package', source, '--destination', work], signal)
      else await copyFile(source, join(work, 'chart.tgz'))
      return await keep(await onlyArchive(work), digest)
    }
    const place =
      'oci' in chart
        ? [chart.digest ? `${chart.oci}@${chart.digest}` : chart.oci]
        : [chart.name, '--repo', chart.repository]
    const plain = 'oci' in chart && onThisComputer.test(chart.oci) ? ['--plain-http'] : []
    await helm.local(['pull', ...place, '--version', chart.version, ...plain, '--destination', work], signal)
    const archive = await onlyArchive(work)
    return await keep(archive, await digestOfFile(archive))
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** The chart of that digest, where it was fetched before: a resumed operation needs no registry. */
export async function storedChart(
  digest: string,
  { helm, home }: { readonly helm: Helm; readonly home: string },
  signal: AbortSignal,
): Promise<LocalChart | undefined> {
  const file = join(home, 'helm', 'charts', `${digest}.tgz`)
  const there = await access(file).then(
    () => true,
    () => false,
  )
  return there ? describe(helm, file, digest, signal) : undefined
}
