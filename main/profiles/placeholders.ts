import type { JsonObject } from '../../preload/contract/words.ts'

export type Json = JsonObject[string]

/** `${path.to.setting}`; `$${` stands for `${` itself. */
const reference = /\$(\$\{)|\$\{([\w.-]+)\}/g
/** What opens as a reference and is none: unclosed, empty, or with other characters in it. */
const broken = /(?<!\$)\$\{(?![\w.-]+\})/

/** The settings that a text refers to, in order. */
export function referencesOf(text: string): string[] {
  return [...text.matchAll(reference)].flatMap(([, , path]) => (path === undefined ? [] : [path]))
}

export const isBroken = (text: string): boolean => broken.test(text)

/** The value at `a.b.c`; undefined where there is none. */
function lookUp(settings: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = settings
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, step))
      return undefined
    value = value[step]
  }
  return value
}

/**
 * Puts settings into the texts of a value, however deep. A text that is one reference and nothing else becomes the
 * setting itself, whatever its type. A text that refers to an empty setting is empty as a whole (half a host is none),
 * but in a path (`/…`) only that part is empty.
 */
export function substitute(value: Json, settings: JsonObject): Json {
  if (typeof value === 'string') return substituteText(value, settings)
  if (Array.isArray(value)) return value.map((item) => substitute(item, settings))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, settings)]))
}

function substituteText(text: string, settings: JsonObject): Json {
  const whole = /^\$\{([\w.-]+)\}$/.exec(text)
  if (whole !== null) return lookUp(settings, whole[1] ?? '') ?? ''
  let empty = false
  const filled = text.replace(reference, (_all, escaped: string | undefined, path: string) => {
    if (escaped !== undefined) return escaped
    const found = lookUp(settings, path)
    const piece =
      typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? String(found) : ''
    empty ||= piece === ''
    return piece
  })
  return empty && !text.startsWith('/') ? '' : filled
}
