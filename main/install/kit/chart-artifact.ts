import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { archiveFiles } from '../../lib/chart-archive.ts'
import type { ChartFile } from '../../lib/chart-folder.ts'
import { tarEnd, tarHeader, tarPadding } from '../../lib/tar.ts'
import { parseYaml } from '../../lib/yaml-documents.ts'
import { sha256 } from '../digest.ts'
import { mergeValues } from '../plan/values.ts'

const gzipped = promisify(gzip)

/** The .tgz of a chart folder, without times, so that the same files make the same bytes. */
export async function packChart(name: string, files: readonly ChartFile[]): Promise<Buffer> {
  const parts = files.flatMap(({ path, content }) => [
    tarHeader(`${name}/${path}`, content.length),
    content,
    Buffer.alloc(tarPadding(content.length)),
  ])
  const archive = await gzipped(Buffer.concat([...parts, tarEnd]))
  // The byte of the operating system (RFC 1952): unknown, so that each writes the same.
  archive[9] = 255
  return archive
}

/** A chart as helm pushes it to a registry. https://helm.sh/docs/topics/registries/#helm-chart-manifest */
export interface ChartArtifact {
  readonly mediaType: string
  readonly manifest: Buffer
  readonly config: Buffer
  readonly archive: Buffer
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json'

/** Pure. `metadata`: what its Chart.yaml says. */
export function chartArtifact(
  { name, version }: { readonly name: string; readonly version: string },
  metadata: unknown,
  archive: Buffer,
): ChartArtifact {
  const config = Buffer.from(JSON.stringify(metadata))
  const descriptor = (mediaType: string, content: Buffer) => ({
    mediaType,
    digest: `sha256:${sha256(content)}`,
    size: content.length,
  })
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: descriptor('application/vnd.cncf.helm.config.v1+json', config),
      layers: [descriptor('application/vnd.cncf.helm.chart.content.v1.tar+gzip', archive)],
      annotations: { 'org.opencontainers.image.title': name, 'org.opencontainers.image.version': version },
    }),
  )
  return { mediaType: manifestType, manifest, config, archive }
}

/** A tag has no `+`: helm writes `_` for it. */
export const chartTag = (version: string): string => version.replaceAll('+', '_')

export const chartMetadata = (files: readonly ChartFile[]): unknown => yamlOf(files, 'Chart.yaml')

/**
 * The default values of a chart as helm uses them, with those of the charts inside it below their name or alias. Values of a
 * chart that is packed inside another one are read too.
 */
export async function chartDefaults(files: readonly ChartFile[], depth = 0): Promise<JsonObject> {
  const own = objectOf(yamlOf(files, 'values.yaml'))
  if (depth > subchartDepth) return own
  let defaults: JsonObject = {}
  for (const [folder, inner] of await subcharts(files)) {
    const values = await chartDefaults(inner, depth + 1)
    for (const key of namesOf(files, folder, inner)) defaults = mergeValues(defaults, { [key]: values })
  }
  return mergeValues(defaults, own)
}

const subchartDepth = 5

async function subcharts(files: readonly ChartFile[]): Promise<Map<string, readonly ChartFile[]>> {
  const found = new Map<string, ChartFile[]>()
  for (const { path, content } of files) {
    const [top, name = '', ...rest] = path.split('/')
    if (top !== 'charts' || name === '') continue
    if (rest.length > 0) found.set(name, [...(found.get(name) ?? []), { path: rest.join('/'), content }])
    else if (name.endsWith('.tgz')) found.set(name, await archiveFiles(content).catch(() => []))
  }
  return found
}

/** The keys of the values that a chart inside another one gets: its aliases, or its name. */
function namesOf(parent: readonly ChartFile[], folder: string, inner: readonly ChartFile[]): string[] {
  const { name } = objectOf(chartMetadata(inner))
  const own = typeof name === 'string' ? name : folder
  const { dependencies } = objectOf(chartMetadata(parent))
  const aliases = (Array.isArray(dependencies) ? dependencies : []).flatMap((each) => {
    const { name: of, alias } = objectOf(each)
    return of === own && typeof alias === 'string' ? [alias] : []
  })
  return aliases.length > 0 ? aliases : [own]
}

function yamlOf(files: readonly ChartFile[], path: string): unknown {
  const text = files.find((file) => file.path === path)?.content.toString('utf8')
  return text === undefined ? undefined : parseYaml(text)
}

const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {} // YAML's values are JSON's
