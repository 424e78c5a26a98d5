import type { ImportedValues } from '../../preload/contract/planes.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { JsonObject } from '../../preload/contract/words.ts'
import { placeText } from '../lib/yaml-places.ts'

/**
 * The settings of a values file (YAML or JSON) that a profile has. `schema`: of the profile's settings. Messages never quote
 * values: the file can have secrets. Throws FILE_INVALID. Pure.
 */
export function importValues(name: string, text: string, schema: JsonObject): ImportedValues {
  const { settings, rest } = partsOf(documentOf(name, text))
  const taken: string[] = []
  const unknown = [...rest]
  const walk = (given: JsonObject, level: unknown, path: readonly string[]): JsonObject => {
    const known = propertiesOf(level)
    return Object.fromEntries(
      Object.entries(given).flatMap(([key, value]) => {
        const at = [...path, key]
        if (!Object.hasOwn(known, key)) {
          unknown.push(at.join('.'))
          return []
        }
        if (isObject(value) && Object.keys(propertiesOf(known[key])).length > 0)
          return [[key, walk(value, known[key], at)]]
        taken.push(at.join('.'))
        return [[key, value]]
      }),
    )
  }
  return { settings: walk(settings, schema, []), taken, unknown }
}

/** The file of `--values` has `settings` beside `overrides`; the settings alone are one too. */
function partsOf(document: JsonObject): { readonly settings: JsonObject; readonly rest: readonly string[] } {
  const { settings, ...rest } = document
  const isValuesFile = isObject(settings) && Object.keys(rest).every((key) => key === 'overrides')
  return isValuesFile ? { settings, rest: Object.keys(rest) } : { settings: document, rest: [] }
}

function documentOf(name: string, text: string): JsonObject {
  const placed = placeText(text)
  const [fault] = placed.errors
  if (fault !== undefined) {
    const { line } = placed.placeOfOffset(fault.offset)
    throw new Problem('FILE_INVALID', `${name}, line ${line}: this is not valid YAML or JSON (${fault.code}).`)
  }
  const parsed = JsonObject.safeParse(contentOf(name, placed))
  if (!parsed.success) throw new Problem('FILE_INVALID', `${name}: expected settings with their values.`)
  return parsed.data
}

function contentOf(name: string, placed: ReturnType<typeof placeText>): unknown {
  try {
    return placed.value()
  } catch {
    throw new Problem('FILE_INVALID', `${name}: an alias expands to too much data, or refers to nothing.`)
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const propertiesOf = (schema: unknown): JsonObject =>
  isObject(schema) && isObject(schema.properties) ? schema.properties : {}
