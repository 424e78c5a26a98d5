import { stringify } from 'yaml'
import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'
import { JsonObject } from '../../../preload/contract/words.ts'
import { type ChartFile, chartLimits } from '../../lib/chart-folder.ts'
import { isRelativePath } from '../../lib/contained-file.ts'

const File = z.looseObject({ name: z.string(), data: z.string().nullish() })

/**
 * The chart in helm's record (pkg/chart/v2/chart.go). Contents are base64. Charts inside of it have no field there: helm does not
 * record them.
 */
const RecordedChart = z.looseObject({
  metadata: z.looseObject({
    name: z.string().regex(/^[A-Za-z0-9][\w.-]*$/),
    version: z.string().min(1).max(200),
    dependencies: z.array(z.looseObject({ name: z.string(), alias: z.string().optional() })).nullish(),
  }),
  templates: z.array(File).nullish(),
  files: z.array(File).nullish(),
  values: JsonObject.nullish(),
  schema: z.string().nullish(),
})

export interface ChartOfRecord {
  readonly name: string
  readonly version: string
  readonly files: readonly ChartFile[]
  /** Names of charts inside of it. */
  readonly missing: readonly string[]
}

/**
 * The chart of a record as files, as helm would load them. `manifest`: of the record; it names the charts whose templates it has.
 * Pure. Throws FILE_INVALID.
 */
export function chartOfRecord(chart: unknown, manifest: string): ChartOfRecord {
  const parsed = RecordedChart.safeParse(chart)
  if (!parsed.success) throw new Problem('FILE_INVALID', 'Helm’s record has no chart with a name and a version.')
  const { metadata, templates, files, values, schema } = parsed.data
  const content = (data: string | null | undefined): Buffer => Buffer.from(data ?? '', 'base64')
  const recorded = [...(templates ?? []), ...(files ?? [])].map(({ name, data }) => ({
    path: name,
    content: content(data),
  }))
  const own = new Set(['Chart.yaml', 'values.yaml', 'values.schema.json'])
  const all = [
    { path: 'Chart.yaml', content: yaml(withoutState(metadata)) },
    { path: 'values.yaml', content: yaml(values ?? {}) },
    ...(schema ? [{ path: 'values.schema.json', content: content(schema) }] : []),
    ...recorded.filter(({ path }) => !own.has(path)),
  ].toSorted((a, b) => (a.path < b.path ? -1 : 1))
  refuseBadFiles(all)
  const named = (metadata.dependencies ?? []).map(({ name, alias }) => alias ?? name)
  return {
    name: metadata.name,
    version: metadata.version,
    files: all,
    missing: [...new Set([...named, ...innerCharts(manifest, metadata.name)])],
  }
}

/** Helm notes there which dependencies were enabled. */
const withoutState = ({ dependencies, ...metadata }: z.infer<typeof RecordedChart>['metadata']): JsonObject =>
  JsonObject.parse({
    ...metadata,
    ...(dependencies?.length ? { dependencies: dependencies.map(({ enabled: _, ...each }) => each) } : {}),
  })

/** Helm reads YAML 1.1, where a plain `on` is a boolean and `012` is 10. */
const yaml = (value: JsonObject): Buffer =>
  Buffer.from(
    stringify(value, {
      defaultStringType: 'QUOTE_DOUBLE',
      defaultKeyType: 'QUOTE_DOUBLE',
      aliasDuplicateObjects: false,
      lineWidth: 0,
    }),
  )

const innerLimit = 50

/** Helm writes `# Source: CHART/charts/INNER/templates/FILE` above each object. */
function innerCharts(manifest: string, name: string): string[] {
  const start = `# Source: ${name}/charts/`
  const inner = manifest
    .split('\n')
    .filter((line) => line.startsWith(start))
    .map((line) => line.slice(start.length).split('/')[0] ?? '')
  return [...new Set(inner)].filter((each) => /^[\w.-]+$/.test(each)).slice(0, innerLimit)
}

function refuseBadFiles(files: readonly ChartFile[]): void {
  const invalid = (why: string): Problem => new Problem('FILE_INVALID', `The chart of helm’s record ${why}.`)
  if (files.length > chartLimits.files) throw invalid(`has more than ${chartLimits.files} files`)
  for (const { path, content } of files) {
    const shown = JSON.stringify(path.slice(0, 200))
    if (!isRelativePath(path) || path.split('/').includes('..'))
      throw invalid(`contains a path outside of its folder: ${shown}`)
    if (content.length > chartLimits.fileBytes)
      throw invalid(`contains a file of more than ${chartLimits.fileBytes / 1_048_576} MiB: ${shown}`)
  }
  if (new Set(files.map(({ path }) => path)).size < files.length) throw invalid('contains a file twice')
}
