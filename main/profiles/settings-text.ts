import { type Document, isAlias, isMap, isScalar, stringify, visit } from 'yaml'
import type { SettingsFault } from '../../preload/contract/profiles.ts'
import { JsonObject } from '../../preload/contract/words.ts'
import { sameJson } from '../lib/rules/same-json.ts'
import { hasPrivateKey, isSecretName } from '../lib/rules/secret-name.ts'
import { documentValue, parseDocuments } from '../lib/yaml-documents.ts'
import { type PlacedText, placeText } from '../lib/yaml-places.ts'
import { firstOfLines, yamlWords } from '../lib/yaml-words.ts'
import { isObject, type SettingFault, schemaAt } from './settings-schema.ts'

/** Settings as YAML, read. `settings` is undefined where they cannot be taken. */
export interface ReadSettings {
  readonly settings?: JsonObject
  readonly faults: readonly SettingsFault[]
  /** Adds the place in the text to faults of the schema. */
  place(faults: readonly SettingFault[]): SettingsFault[]
}

/**
 * Reads the YAML of a plane's settings. A text that is no mapping, or has a secret in it, is not taken: secrets belong in the vault.
 * Messages never quote values. Pure.
 */
export function readSettingsText(text: string, schema: JsonObject): ReadSettings {
  const placed = placeText(text)
  const place = (faults: readonly SettingFault[]): SettingsFault[] =>
    faults.map(({ setting, sentence }) => ({
      ...placed.placeOf(setting === '' ? [] : setting.split('.')),
      field: setting,
      message: sentence,
    }))
  const failed = (faults: readonly SettingsFault[]): ReadSettings => ({ faults, place })
  if (placed.errors.length > 0) {
    const errors = placed.errors.map((error) => ({ ...placed.placeOfOffset(error.offset), error }))
    return failed(
      firstOfLines(errors).map(({ line, column, error }) => ({ line, column, field: '', message: yamlWords(error) })),
    )
  }
  const value = contentOf(placed)
  const settings = JsonObject.safeParse(value ?? {})
  if (!settings.success)
    return failed([{ line: 1, column: 1, field: '', message: 'settings are a mapping: one "name: value" a line' }])
  const secrets = secretsIn(settings.data, schema).map((path) => ({
    ...placed.placeOf(path),
    field: path.join('.'),
    message: 'a secret is no setting: type it under "Credentials", which stores it in the vault',
  }))
  return secrets.length > 0 ? failed(secrets) : { settings: settings.data, faults: [], place }
}

function contentOf(placed: PlacedText): unknown {
  try {
    return placed.value()
  } catch {
    // Aliases that expand to too much.
    return []
  }
}

/** Paths of texts that are private keys, or have the name of a secret that the profile does not ask for. */
function secretsIn(settings: JsonObject, schema: JsonObject): string[][] {
  const walk = (value: unknown, path: readonly string[]): string[][] => {
    if (typeof value === 'object' && value !== null)
      return Object.entries(value).flatMap(([key, inner]) => walk(inner, [...path, key]))
    if (typeof value !== 'string' || value === '') return []
    const name = path.findLast((step) => !/^\d+$/.test(step)) ?? ''
    const isAsked = schemaAt(schema, path.join('.'))?.type !== undefined
    return hasPrivateKey(value) || (isSecretName(name) && !isAsked) ? [[...path]] : []
  }
  return walk(settings, [])
}

/**
 * A text with these settings: the given one with what differs changed, so that its comments stay; a new one where that is not
 * possible. Pure.
 */
export function writeSettingsText(text: string, settings: JsonObject): string {
  const { documents, errors } = parseDocuments(text)
  const [document, second] = documents
  if (document === undefined || second !== undefined || errors.length > 0 || hasAliases(document))
    return fresh(settings)
  if (document.contents === null) return Object.keys(settings).length === 0 ? text : withComment(document, settings)
  // Settings are a mapping: nothing can be put into another value.
  if (!isMap(document.contents)) return fresh(settings)
  patch(document, [], document.toJS(), settings)
  return sameJson(documentValue(document), settings) ? document.toString({ lineWidth: 0 }) : fresh(settings)
}

const fresh = (settings: JsonObject): string =>
  Object.keys(settings).length === 0 ? '' : stringify(settings, { lineWidth: 0 })

const withComment = ({ comment, commentBefore }: Document, settings: JsonObject): string =>
  [commentBefore, comment]
    .flatMap((each) => (each ? each.split('\n').map((line) => `#${line}\n`) : []))
    .concat(fresh(settings))
    .join('')

function hasAliases(document: Document): boolean {
  let found = false
  visit(document, (_key, node) => {
    if (!isAlias(node)) return undefined
    found = true
    return visit.BREAK
  })
  return found
}

function patch(document: Document, path: readonly string[], before: unknown, after: JsonObject): void {
  const known = isObject(before) ? before : {}
  for (const key of Object.keys(known)) if (!Object.hasOwn(after, key)) document.deleteIn([...path, key])
  for (const [key, value] of Object.entries(after)) {
    const at = [...path, key]
    const had = known[key]
    if (sameJson(had, value)) continue
    const node: unknown = document.getIn(at, true)
    if (isObject(had) && isObject(value) && isMap(node)) patch(document, at, had, value)
    else if (isScalar(node) && (typeof value !== 'object' || value === null)) node.value = value
    else document.setIn(at, document.createNode(value))
  }
}
