import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'
import { JsonObject } from '../../../preload/contract/words.ts'
import type { ChartFile } from '../../lib/chart-folder.ts'
import { parseYaml } from '../../lib/yaml-documents.ts'
import { type PlacedText, placeText } from '../../lib/yaml-places.ts'
import { mergeValues } from '../plan/values.ts'

/** Where a chart has a default. `file`: within the chart. `line`: from 1. */
interface DefaultPlace {
  readonly file: string
  readonly line: number
}

export interface ChartDefaults {
  readonly values: JsonObject
  /** Of a value that `values` has; undefined for one that no file of the chart has. */
  placeOf(path: readonly string[]): DefaultPlace | undefined
}

/** The values of one chart and of those below it. */
interface ValuesFile {
  /** Keys below which the parent chart has the values of this one. */
  readonly under: readonly string[]
  readonly file: string
  readonly values: JsonObject
  readonly text: PlacedText
}

const ChartYaml = z.looseObject({
  name: z.string().default(''),
  version: z.string().default(''),
  dependencies: z.array(z.looseObject({ name: z.string(), alias: z.string().optional() })).default([]),
})

/** Charts in charts in charts. */
const nestingLimit = 8

/**
 * The defaults of a chart: its `values.yaml` over those of the charts in `charts/`. Conditions, tags and `import-values` of dependencies
 * are not applied. Throws FILE_INVALID. Pure.
 */
export function chartDefaults(files: readonly ChartFile[]): ChartDefaults {
  const found = valuesFiles(files, '', [], 0)
  const values = found.reduceRight<JsonObject>((merged, file) => mergeValues(merged, nested(file)), {})
  return {
    values,
    placeOf(path) {
      // The parent's file is first, as its values win.
      const from = found.find(
        ({ under, values: own }) =>
          under.every((key, index) => path[index] === key) && has(own, path.slice(under.length)),
      )
      if (from === undefined || path.length === from.under.length) return undefined
      const inFile = path.slice(from.under.length)
      const key = inFile.at(-1) ?? ''
      return { file: from.file, line: from.text.placeOfKey(inFile.slice(0, -1), key).line }
    },
  }
}

/** `agent-1.2.0`; empty if the files have no readable Chart.yaml. Pure. */
export function chartTitle(files: readonly ChartFile[]): string {
  const { name = '', version = '' } = chartYaml(files, '') ?? {}
  return name === '' ? '' : `${name}-${version}`
}

const textIn = (files: readonly ChartFile[], path: string): string | undefined =>
  files.find((file) => file.path === path)?.content.toString('utf8')

const chartYaml = (files: readonly ChartFile[], folder: string): z.infer<typeof ChartYaml> | undefined =>
  ChartYaml.safeParse(parsed(textIn(files, `${folder}Chart.yaml`) ?? '')).data

function valuesFiles(
  files: readonly ChartFile[],
  folder: string,
  under: readonly string[],
  depth: number,
): ValuesFile[] {
  const own = textIn(files, `${folder}values.yaml`)
  const dependencies = chartYaml(files, folder)?.dependencies ?? []
  const charts = `${folder}charts/`
  const names = new Set(
    files.flatMap(({ path }) => {
      const [name, ...rest] = path.startsWith(charts) ? path.slice(charts.length).split('/') : []
      return name !== undefined && rest.join('/') === 'Chart.yaml' ? [name] : []
    }),
  )
  const inner =
    depth >= nestingLimit
      ? []
      : [...names].toSorted().flatMap((name) => {
          const aliases = dependencies.filter((each) => each.name === name).map(({ alias }) => alias ?? name)
          return (aliases.length === 0 ? [name] : aliases).flatMap((key) =>
            valuesFiles(files, `${charts}${name}/`, [...under, key], depth + 1),
          )
        })
  return own === undefined ? inner : [valuesFile(`${folder}values.yaml`, own, under), ...inner]
}

function valuesFile(file: string, content: string, under: readonly string[]): ValuesFile {
  const text = placeText(content)
  const values = JsonObject.safeParse(text.errors.length > 0 ? undefined : (text.value() ?? {}))
  if (!values.success) throw new Problem('FILE_INVALID', `The chart's ${file} is not a mapping in YAML.`)
  return { file, under, values: values.data, text }
}

const nested = ({ under, values }: ValuesFile): JsonObject =>
  under.reduceRight<JsonObject>((inner, key) => ({ [key]: inner }), values)

const has = (values: JsonObject, path: readonly string[]): boolean => {
  let at: unknown = values
  for (const key of path) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, key)) return false
    at = at[key as keyof typeof at]
  }
  return true
}

function parsed(text: string): unknown {
  try {
    return parseYaml(text)
  } catch {
    return undefined
  }
}
