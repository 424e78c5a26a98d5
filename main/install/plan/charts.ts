import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Problem } from '../../../preload/contract/problem.ts'
import type { Chart } from '../../../preload/contract/profiles.ts'
import { archiveLimitBytes, type ChartMetadata, checkArchive } from '../../lib/chart-archive.ts'
import { type ChartFile, digestOfFiles, writeChart } from '../../lib/chart-folder.ts'
import { readRegularFile } from '../../lib/contained-file.ts'
import { exists, makePrivateFolder, openTemporary, writeAtomically } from '../../lib/files.ts'
import { type ChartFolders, readLocalChart } from '../../lib/local-chart.ts'
import { sha256 } from '../digest.ts'
import type { Helm } from '../helm/helm.ts'
import { checkPin } from './chart-pins.ts'

/** A chart as a .tgz in the state folder, named by its digest, so that an install uses exactly the planned chart. */
export interface LocalChart extends ChartMetadata {
  readonly file: string
  /** SHA-256, hexadecimal: of the .tgz, or over the files of a chart folder. */
  readonly digest: string
}

export interface ChartContext extends ChartFolders {
  readonly helm: Helm
  /** The state folder. */
  readonly home: string
}

type RemoteChart = Exclude<Chart, { path: string }>

/** As other registry clients do, Hangar uses plain HTTP for a registry on the loopback address. */
const onLoopback = /^oci:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\//

/**
 * Reads or downloads a chart, and stores it only once it is valid. Throws FILE_UNREADABLE, FILE_INVALID, CHART_CHANGED, or
 * HELM_FAILED if it cannot be downloaded.
 */
export async function fetchChart(chart: Chart, context: ChartContext, signal: AbortSignal): Promise<LocalChart> {
  const { home } = context
  if (!('path' in chart)) {
    const archive = await download(chart, context, signal)
    const metadata = await checkArchive(chart.version, archive)
    checkIdentity(chart, metadata)
    const digest = sha256(archive)
    await checkPin(home, chart, digest)
    return await store(home, archive, digest, metadata)
  }
  const source = await readLocalChart(context, chart.path)
  if (source.kind === 'archive') return await store(home, source.content, sha256(source.content), source.metadata)
  const digest = digestOfFiles(source.files)
  const stored = await storedChart(digest, home)
  if (stored !== undefined) return stored
  const archive = await pack(source.files, context, signal)
  return await store(home, archive, digest, await checkArchive(chart.path, archive))
}

/** The chart with that digest, if it was fetched before: a resumed operation needs no registry. */
export async function storedChart(digest: string, home: string): Promise<LocalChart | undefined> {
  const file = fileOf(home, digest)
  if (!(await exists(file))) return undefined
  return { file, digest, ...(await checkArchive(file, await readRegularFile(file, archiveLimitBytes))) }
}

const fileOf = (home: string, digest: string): string => join(home, 'helm', 'charts', `${digest}.tgz`)

async function store(home: string, archive: Buffer, digest: string, metadata: ChartMetadata): Promise<LocalChart> {
  const file = fileOf(home, digest)
  await makePrivateFolder(join(home, 'helm', 'charts'))
  await writeAtomically(file, archive)
  return { file, digest, ...metadata }
}

async function pack(files: readonly ChartFile[], { helm, home }: ChartContext, signal: AbortSignal): Promise<Buffer> {
  return await inDraft(home, async (draft) => {
    const complete = join(draft, 'chart')
    await writeChart(files, complete)
    await helm.local(['package', complete, '--destination', draft], signal)
  })
}

async function download(chart: RemoteChart, { helm, home }: ChartContext, signal: AbortSignal): Promise<Buffer> {
  const reference =
    'oci' in chart
      ? [chart.digest ? `${chart.oci}@${chart.digest}` : chart.oci]
      : [chart.name, '--repo', chart.repository]
  const scheme = 'oci' in chart && onLoopback.test(chart.oci) ? ['--plain-http'] : []
  return await inDraft(home, async (draft) => {
    await helm.download(['pull', ...reference, '--version', chart.version, ...scheme, '--destination', draft], signal)
  })
}

/** The archive that helm writes into a folder that is removed afterwards, or at the next start. */
async function inDraft(home: string, run: (draft: string) => Promise<void>): Promise<Buffer> {
  const draft = await openTemporary(join(home, 'tmp'))
  try {
    await run(draft.path)
    const [name] = (await readdir(draft.path)).filter((entry) => entry.endsWith('.tgz'))
    if (name === undefined) throw new Problem('HELM_FAILED', 'helm wrote no chart archive.')
    return await readRegularFile(join(draft.path, name), archiveLimitBytes)
  } finally {
    await draft.remove()
  }
}

/** The last part of an OCI reference is the chart's name (Helm, HIP 6). */
const chartName = (chart: RemoteChart): string => ('oci' in chart ? (chart.oci.split('/').at(-1) ?? '') : chart.name)

const withoutV = (version: string): string => version.replace(/^v/, '')

/** A server can answer with another chart than the one that was requested. */
function checkIdentity(chart: RemoteChart, { name, version }: ChartMetadata): void {
  const wanted = chartName(chart)
  if (name !== wanted || withoutV(version) !== withoutV(chart.version)) {
    throw new Problem('FILE_INVALID', `The chart ${wanted} ${chart.version} is ${name} ${version} in its archive.`)
  }
}
