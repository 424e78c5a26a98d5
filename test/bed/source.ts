import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { basename, dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parse } from 'yaml'
import { z } from 'zod'
import { chartFiles } from '../../main/lib/chart-folder.ts'
import { apiOf } from './access.ts'
import type { KubeObject } from './api.ts'
import type { Bed } from './bed.ts'
import { type TarEntry, tar } from './tar.ts'

/** A chart folder as Helm packs it. The same folder gives the same bytes. */
export type PackedChart = {
  readonly name: string
  readonly version: string
  readonly archive: Buffer
  /** `sha256:` and 64 hex digits, of the archive. */
  readonly digest: string
}

const ChartYaml = z.looseObject({ name: z.string(), version: z.string() })

/** Packs one chart folder, with its `file://` dependencies, as `helm package` does. */
export const packChart = async (folder: string): Promise<PackedChart> => {
  const { name, version } = ChartYaml.parse(parse(await readFile(join(folder, 'Chart.yaml'), 'utf8')))
  const charts = dirname(folder)
  const files = await chartFiles(charts, charts, basename(folder))
  const entries = files.map(({ path, content }): TarEntry => ({ path: `${name}/${path}`, data: content }))
  const archive = gzipSync(tar(entries))
  return { name, version, archive, digest: `sha256:${createHash('sha256').update(archive).digest('hex')}` }
}

/** The chart an object asks for: the last part of an OCIRepository's URL, or a HelmChart's chart. */
export const requestedChart = ({ kind, spec }: KubeObject): string => {
  const named = kind === 'HelmChart' ? spec?.chart : spec?.url
  return basename(typeof named === 'string' ? named : '')
}

/** The status that Flux's source-controller would write. `at` is when, RFC 3339. */
export const statusFor = (object: KubeObject, chart: PackedChart | undefined, base: string, at: string): object => {
  const observedGeneration = object.metadata.generation ?? 1
  const condition = (status: string, reason: string, message: string) => [
    { type: 'Ready', status, reason, message, lastTransitionTime: at, observedGeneration },
  ]
  if (!chart) {
    const conditions = condition('False', 'OCIArtifactPullFailed', `no chart named ${requestedChart(object)} here`)
    return { observedGeneration, artifact: null, conditions }
  }
  const { name, version, digest, archive } = chart
  const path = `${name}-${version}.tgz`
  // Of an OCI artifact the revision carries the digest; of a chart it is its version alone.
  const revision = object.kind === 'HelmChart' ? version : `${version}@${digest}`
  return {
    observedGeneration,
    url: `${base}/${path}`,
    artifact: { url: `${base}/${path}`, path, revision, digest, size: archive.length, lastUpdateTime: at },
    conditions: condition('True', 'Succeeded', `stored artifact for revision '${revision}'`),
  }
}

const group = '/apis/source.toolkit.fluxcd.io/v1'
const kinds = [
  { kind: 'OCIRepository', plural: 'ocirepositories' },
  { kind: 'HelmChart', plural: 'helmcharts' },
] as const

export type Sources = {
  /** Where pods get the charts. */
  readonly url: string
  readonly charts: readonly PackedChart[]
  close(): Promise<void>
}

/**
 * A fake of Flux's source-controller, whose modules do not build. It serves every chart below `chartsFolder` from this
 * computer and writes the artifact of each OCIRepository and HelmChart that names one, from which the real
 * helm-controller installs. Not included: it pulls nothing, verifies no signature, and serves the local version for any
 * version requested. The bed must have Flux's definitions (`flux: 'crds'`).
 */
export const serveSources = async (bed: Bed, chartsFolder: string, signal: AbortSignal): Promise<Sources> => {
  const api = await apiOf(bed)
  const folders = (await readdir(chartsFolder, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  const charts = await Promise.all(folders.map(({ name }) => packChart(join(chartsFolder, name))))
  const files = new Map(charts.map((chart) => [`/${chart.name}-${chart.version}.tgz`, chart.archive]))
  const server = createServer(({ url = '' }, response) => {
    const archive = files.get(url)
    response.writeHead(archive ? 200 : 404, { 'content-type': 'application/gzip' }).end(archive)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, bed.hostAddress, resolve)
  })
  const address = server.address()
  const url = `http://${bed.hostAddress}:${typeof address === 'object' ? address?.port : 0}`

  const stop = new AbortController()
  const until = AbortSignal.any([signal, stop.signal])
  const serve = async ({ kind, plural }: (typeof kinds)[number]): Promise<void> => {
    /** Generation last handled, by uid: its own writes arrive as changes too. */
    const handled = new Map<string, number>()
    for await (const { kind: change, object } of api.follow(`${group}/${plural}`, until)) {
      const { uid = '', name, namespace, generation = 0 } = object.metadata
      if (change === 'deleted') handled.delete(uid)
      if (change === 'deleted' || handled.get(uid) === generation) continue
      const requested = { ...object, kind }
      const chart = charts.find(({ name }) => name === requestedChart(requested))
      const status = statusFor(requested, chart, url, new Date().toISOString())
      const path = `${group}/namespaces/${namespace}/${plural}/${name}/status`
      const written = await api.patch(path, { status }, until).then(
        () => true,
        () => false, // deleted meanwhile, or the server is unreachable: the next change or list has it again
      )
      if (written) handled.set(uid, generation)
    }
  }
  const serving = Promise.all(kinds.map(serve)).catch((error) => {
    if (!until.aborted) console.error('The fake source-controller ended:', error)
  })
  const close = async (): Promise<void> => {
    stop.abort()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await serving
  }
  signal.addEventListener('abort', () => void close(), { once: true })
  return { url, charts, close }
}
