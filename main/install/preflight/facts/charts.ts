import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { archiveFiles, archiveLimitBytes } from '../../../lib/chart-archive.ts'
import type { ChartFile } from '../../../lib/chart-folder.ts'
import { inParallel } from '../../../lib/concurrency/in-parallel.ts'
import { readRegularFile } from '../../../lib/contained-file.ts'
import type { KubernetesObject } from '../../observe/kubernetes-object.ts'
import { readManifest } from '../../observe/read-manifest.ts'
import type { Desired, DesiredRelease } from '../../plan/desired.ts'
import type { Rendered } from '../../plan/install-session.ts'

const chartsAtOnce = 4
const compress = promisify(gzip)

/** A definition in a chart's `crds/`, which helm creates once and never changes. */
export interface ChartDefinition {
  readonly release: string
  readonly definition: KubernetesObject
}

/** The size of the Secret in which helm stores a release. */
export interface RecordSize {
  readonly release: string
  readonly bytes: number
}

const filesOf = async (release: DesiredRelease): Promise<ChartFile[]> =>
  archiveFiles(await readRegularFile(release.chart.file, archiveLimitBytes))

export async function chartDefinitions(desired: Desired): Promise<ChartDefinition[]> {
  const found = await inParallel(desired.releases, chartsAtOnce, async (release) => {
    const texts = (await filesOf(release))
      .filter(({ path }) => /^(charts\/[^/]+\/)*crds\/.*\.ya?ml$/.test(path))
      .map(({ content }) => content.toString('utf8'))
    const objects = await readManifest(texts.join('\n---\n'), `the crds/ of release ${release.name}`)
    return objects.map((definition) => ({ release: release.name, definition }))
  })
  return found.flat()
}

/** Files that helm parses into fields of their own, and those of dependencies, are not among the stored files. */
const isStored = (path: string): boolean =>
  !/^(Chart\.(yaml|lock)|values\.(yaml|schema\.json)|requirements\.(yaml|lock)|\.helmignore)$|^charts\//.test(path)

/**
 * Estimates the record as helm writes it: JSON of the chart, the values and the manifest, gzip at the best compression, then
 * base64 (helm's pkg/storage/driver/util.go). The manifest is written anew from its objects.
 */
export const recordSizes = (desired: Desired, rendered: Rendered): Promise<RecordSize[]> =>
  inParallel(
    desired.releases.filter(({ via }) => via === 'helm'),
    chartsAtOnce,
    async (release) => {
      const files = await filesOf(release)
      const stored = files
        .filter(({ path }) => isStored(path))
        .map(({ path, content }) => ({ name: path, data: content.toString('base64') }))
      const textOf = (name: string) => files.find(({ path }) => path === name)?.content.toString('utf8') ?? ''
      const record = {
        name: release.name,
        namespace: release.namespace,
        version: 1,
        chart: {
          metadata: textOf('Chart.yaml'),
          values: textOf('values.yaml'),
          schema: textOf('values.schema.json'),
          files: stored,
        },
        config: release.values,
        manifest: (rendered.get(release.name) ?? [])
          .map((object) => JSON.stringify(object, undefined, 1))
          .join('\n---\n'),
      }
      const zipped = await compress(JSON.stringify(record), { level: 9 })
      return { release: release.name, bytes: Math.ceil(zipped.length / 3) * 4 }
    },
  )
