import type { JsonObject } from '../../../preload/contract/words.ts'
import type { Json } from '../../lib/rules/substitution.ts'

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Merges values as Helm does with a second `-f`: objects are merged, anything else is replaced. A null stays a null. */
export function mergeValues(base: JsonObject, overrides: JsonObject): JsonObject {
  const merged: JsonObject = { ...base }
  for (const [key, value] of Object.entries(overrides)) {
    const inherited = Object.hasOwn(base, key) ? base[key] : undefined
    merged[key] = isObject(inherited) && isObject(value) ? mergeValues(inherited, value) : value
  }
  return merged
}

/** Paths of all nulls. A null removes a chart's default, and not every API server preserves it. */
export function pathsOfNulls(value: Json, path = ''): string[] {
  if (value === null) return [path]
  if (typeof value !== 'object') return []
  const entries: [string, Json][] = Array.isArray(value)
    ? value.map((item, index) => [`${path}[${index}]`, item])
    : Object.entries(value).map(([key, item]) => [path === '' ? key : `${path}.${key}`, item])
  return entries.flatMap(([itemPath, item]) => pathsOfNulls(item, itemPath))
}
