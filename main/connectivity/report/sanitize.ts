import { redact } from '../../lib/rules/redaction.ts'

/**
 * Characters that XML 1.0 and terminals do not allow (C0 except tab and line feed, C1, non-characters), and Unicode's
 * directional overrides, which change how a text is displayed.
 */
const unsafeCharacters =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]/g

/** Redacts secrets and replaces unsafe characters. */
export const cleanText = (text: string): string =>
  redact(text.replaceAll('\r\n', '\n')).toWellFormed().replace(unsafeCharacters, '·')

/**
 * Applies `cleanText` to every text in a value, at any depth. Evidence is redacted where it is made; this covers all other texts:
 * titles, notes, reports that an older version saved.
 */
export function clean<T>(value: T): T {
  return walk(value) as T // only texts change, not the type
}

function walk(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (Array.isArray(value)) return value.map(walk)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each)]))
}
