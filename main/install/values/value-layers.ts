import type { ReleaseValue, ValueSource } from '../../../preload/contract/install.ts'
import type { CredentialSpec, Release } from '../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { sameJson } from '../../lib/rules/same-json.ts'
import { holdsSecret, isSecretName } from '../../lib/rules/secret-name.ts'
import { type Json, referencesOf, settingAt, substituteValue, wholeReference } from '../../lib/rules/substitution.ts'
import { isObject } from '../plan/values.ts'
import { possibleSecrets } from '../redact-values.ts'
import type { ChartDefaults } from './chart-defaults.ts'

/** What the values of a release are merged from. */
export interface ValueLayers {
  readonly release: Pick<Release, 'name' | 'namespace' | 'values'>
  /** Undefined: the chart could not be read. */
  readonly chart: ChartDefaults | undefined
  /** Of the plane, completed with `defaults`. */
  readonly settings: JsonObject
  /** Of the profile's schema. */
  readonly defaults: JsonObject
  readonly overrides: JsonObject
  readonly credentials: readonly CredentialSpec[]
}

/** What one layer gives at a path. `raw`: with its references to settings. */
interface Given {
  readonly layer: 'chart' | 'profile' | 'override'
  readonly value: Json
  readonly raw: Json
}

/**
 * Each value that a release gets, with the layer that it comes from and what it replaces there, sorted by path. The layers are merged
 * as helm merges them: mappings key by key, anything else whole. An override that may be a secret, and a setting with the name of one,
 * is not repeated. Pure.
 */
export function valuesWithOrigin(layers: ValueLayers): ReleaseValue[] {
  const { chart, release, settings, overrides } = layers
  const given: Given[] = [
    ...(chart === undefined ? [] : [{ layer: 'chart' as const, value: chart.values, raw: chart.values }]),
    { layer: 'profile', value: substituteValue(release.values, settings), raw: release.values },
    { layer: 'override', value: overrides, raw: overrides },
  ]
  return leaves([], given, layers)
}

function leaves(path: readonly string[], given: readonly Given[], layers: ValueLayers): ReleaseValue[] {
  const lastPlain = given.findLastIndex(({ value }) => !isObject(value))
  const mappings = given.slice(lastPlain + 1)
  const keys = new Set(mappings.flatMap(({ value }) => (isObject(value) ? Object.keys(value) : [])))
  if (keys.size > 0) return [...keys].toSorted().flatMap((key) => leaves([...path, key], below(mappings, key), layers))
  const [last, ...replaced] = given.toReversed()
  // The values of a release that has none at all.
  if (last === undefined || path.length === 0) return []
  const credential = credentialOf(last.value, layers)
  return [
    {
      path: [...path],
      ...sourceOf(path, last, layers),
      ...(credential !== undefined && { credential }),
      replaces: replaced.map((each) => sourceOf(path, each, layers)),
    },
  ]
}

/** What each layer gives for a key. Below a setting that is taken whole, references are to its parts. */
function below(given: readonly Given[], key: string): Given[] {
  return given.flatMap(({ layer, value, raw }) => {
    if (!isObject(value) || !Object.hasOwn(value, key)) return []
    const inner = value[key]
    return inner === undefined ? [] : [{ layer, value: inner, raw: rawBelow(raw, key) ?? inner }]
  })
}

function rawBelow(raw: Json, key: string): Json | undefined {
  if (isObject(raw)) return raw[key]
  const whole = typeof raw === 'string' ? wholeReference(raw) : undefined
  if (whole === undefined) return undefined
  return /^[\w-]+$/.test(key) ? `\${${whole}.${key}}` : raw
}

function sourceOf(path: readonly string[], given: Given, layers: ValueLayers): ValueSource {
  const { layer, value, raw } = given
  const names = layer === 'profile' ? referencesIn(raw) : []
  const settings = names.map((name) => ({
    name,
    isDefault: sameJson(settingAt(layers.settings, name), settingAt(layers.defaults, name)),
  }))
  const hidden = layer === 'override' ? maySecret(path, value) : isSecretSetting(path, names, value)
  const place = layer === 'chart' ? layers.chart?.placeOf(path) : undefined
  return {
    origin: names.length > 0 ? 'setting' : layer,
    value: hidden ? null : value,
    hidden,
    ...(place !== undefined && { place }),
    settings,
  }
}

const referencesIn = (raw: Json): string[] => {
  if (typeof raw === 'string') return referencesOf(raw)
  if (typeof raw !== 'object' || raw === null) return []
  return [...new Set(Object.values(raw).flatMap((inner) => (inner === undefined ? [] : referencesIn(inner))))]
}

const maySecret = (path: readonly string[], value: Json): boolean =>
  hasContent(value) && (path.some(isSecretName) || possibleSecrets(value, path.at(-1)).length > 0)

/** Settings are no place for secrets; one that has the name of a secret can be one by mistake. */
const isSecretSetting = (path: readonly string[], names: readonly string[], value: Json): boolean =>
  names.length > 0 &&
  [path.at(-1), ...names.map((name) => name.split('.').at(-1))].some((name) => holdsSecret(name ?? '', value))

const hasContent = (value: Json): boolean => value !== null && value !== '' && typeof value !== 'boolean'

/** The credential of the profile whose Secret a value names. */
const credentialOf = (value: Json, { credentials, release }: ValueLayers): string | undefined =>
  credentials.find(({ secret }) => secret.name === value && secret.namespaces.includes(release.namespace))?.id
