import type { JsonObject } from '../../../preload/contract/words.ts'

export type Json = JsonObject[string]

/** `${path.to.setting}`; `$${` is an escaped `${`. */
const reference = /\$(\$\{)|\$\{([\w.-]+)\}/g
/** Begins like a reference, but is not closed, is empty, or contains other characters. */
const malformed = /(?<!\$)\$\{(?![\w.-]+\})/

/** A text with its references replaced. */
export interface SubstitutedText {
  /** Without blanks at its start and end. */
  readonly text: string
  /** Paths of referenced settings that are absent, blank, or not a text, number or boolean. They are replaced by nothing. */
  readonly missing: readonly string[]
}

/** The path of the setting that is the whole text; undefined for any other text. */
export const wholeReference = (text: string): string | undefined => /^\$\{([\w.-]+)\}$/.exec(text)?.[1]

/** The paths of the settings that a text refers to, in order. */
export function referencesOf(text: string): string[] {
  return [...text.matchAll(reference)].flatMap(([, , path]) => (path === undefined ? [] : [path]))
}

export const hasMalformedReference = (text: string): boolean => malformed.test(text)

export function substituteText(text: string, settings: JsonObject): SubstitutedText {
  const { filled, missing } = fill(text, settings)
  return { text: filled.trim(), missing }
}

/**
 * Substitutes references in the texts of a value, at any depth. A text that is a single reference becomes the setting
 * itself, whatever its type. A text with a missing setting becomes empty, since a partial host name is useless; only in a
 * path (`/…`) the reference alone becomes empty.
 */
export function substituteValue(value: Json, settings: JsonObject): Json {
  if (Array.isArray(value)) return value.map((item) => substituteValue(item, settings))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substituteValue(item, settings)]))
  }
  if (typeof value !== 'string') return value
  const path = wholeReference(value)
  if (path !== undefined) return settingAt(settings, path) ?? ''
  const { filled, missing } = fill(value, settings)
  return missing.length > 0 && !value.startsWith('/') ? '' : filled
}

/** Each reference is replaced once: references in the settings themselves have no meaning. */
function fill(text: string, settings: JsonObject): { readonly filled: string; readonly missing: string[] } {
  const missing: string[] = []
  const filled = text.replace(reference, (_match, escaped: string | undefined, path: string) => {
    if (escaped !== undefined) return escaped
    const setting = settingAt(settings, path)
    const isText = typeof setting === 'string' && setting.trim() !== ''
    if (isText || typeof setting === 'number' || typeof setting === 'boolean') return String(setting)
    missing.push(path)
    return ''
  })
  return { filled, missing }
}

/** The setting at `a.b.c`; undefined if there is none. */
export function settingAt(settings: JsonObject, path: string): Json | undefined {
  let current: Json | undefined = settings
  for (const name of path.split('.')) {
    if (typeof current !== 'object' || current === null || Array.isArray(current) || !Object.hasOwn(current, name))
      return undefined
    current = current[name]
  }
  return current
}
