import type { JsonObject } from '../../../preload/contract/words.ts'
import { exceedsJsonLimits } from '../../lib/json-limits.ts'
import { holdsSecret } from '../../lib/rules/secret-name.ts'
import type { Json } from '../../lib/rules/substitution.ts'

/** What a profile gives a chart, with references, beside what the release in the cluster has. */
export interface ReleaseValues {
  readonly template: JsonObject
  readonly actual: JsonObject
}

/** A bundle of all public root certificates has 220 kB. */
const settingLimitBytes = 262_144
/** What the form of a plane can show. */
const settingLimits = { values: 10_000, depth: 50 }

/**
 * The settings that these values were made from: the inverse of `substituteValue`, as far as there is one. A setting that two
 * values contradict is left out, and so is one that may be a secret or is too large: settings are not sealed, and a tenant can
 * write a release. Nothing else of the values is used. Pure.
 */
export function inferSettings(releases: readonly ReleaseValues[]): JsonObject {
  const found = Map.groupBy(
    releases.flatMap(({ template, actual }) => pairsIn(template, actual)),
    ([path]) => path,
  )
  const settings: JsonObject = {}
  for (const [path, pairs] of found) {
    const [first] = pairs
    const isConsistent = new Set(pairs.map(([, value]) => JSON.stringify(value))).size === 1
    if (first !== undefined && isConsistent && isSetting(path, first[1])) setAt(settings, path.split('.'), first[1])
  }
  return settings
}

function isSetting(path: string, value: Json): boolean {
  const text = Buffer.from(JSON.stringify(value))
  const isSmall = text.length <= settingLimitBytes && !exceedsJsonLimits(text, settingLimits)
  return isSmall && !holdsSecret(path.split('.').at(-1) ?? '', value)
}

/** The path of a setting, and its value. */
type Pair = readonly [path: string, value: Json]

function pairsIn(template: Json, actual: Json | undefined): Pair[] {
  if (actual === undefined || actual === null || template === null) return []
  if (typeof template === 'string') return pairsInText(template, actual)
  if (Array.isArray(template))
    return Array.isArray(actual) ? template.flatMap((item, index) => pairsIn(item, actual[index])) : []
  if (typeof template !== 'object' || typeof actual !== 'object' || Array.isArray(actual)) return []
  return Object.entries(template).flatMap(([key, value]) =>
    Object.hasOwn(actual, key) ? pairsIn(value, actual[key]) : [],
  )
}

const whole = /^\$\{([\w.-]+)\}$/
const parts = /\$\{([\w.-]+)\}/
/** Parts of an address, of which a setting is one: a text that splits in another way has another form. */
const separators = /[\s/:@]/

function pairsInText(template: string, actual: Json): Pair[] {
  const [, path] = whole.exec(template) ?? []
  if (path !== undefined) return actual === '' ? [] : [[path, actual]]
  if (typeof actual !== 'string' || template.includes('$${')) return []
  // Literal texts at even places, names of settings between them.
  const [start = '', ...rest] = template.split(parts)
  if (!actual.startsWith(start)) return []
  const pairs: Pair[] = []
  let at = start.length
  for (let index = 0; index + 1 < rest.length; index += 2) {
    const [name = '', literal = ''] = rest.slice(index, index + 2)
    const isLast = index + 2 === rest.length
    // Two settings side by side cannot be distinguished.
    if (literal === '' && !isLast) return []
    const end = isLast ? actual.length - literal.length : actual.indexOf(literal, at)
    const value = actual.slice(at, end)
    if (end <= at || !actual.startsWith(literal, end) || separators.test(value)) return []
    pairs.push([name, /^\d{1,5}$/.test(value) ? Number(value) : value])
    at = end + literal.length
  }
  return pairs
}

function setAt(settings: JsonObject, [first = '', ...rest]: readonly string[], value: Json): void {
  if (first === '__proto__') return
  if (rest.length === 0) {
    settings[first] = value
    return
  }
  const inner = Object.hasOwn(settings, first) ? settings[first] : undefined
  const next = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : {}
  settings[first] = next
  setAt(next, rest, value)
}
