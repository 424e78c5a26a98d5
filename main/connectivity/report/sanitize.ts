import { redact } from '../../lib/rules/redaction.ts'

/**
 * Neither XML 1.0 nor a terminal takes them (C0 but tab and line feed, C1, non-characters), or they let a text look other
 * than it is (the directional overrides of Unicode).
 */
const unfit =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]/g

/** A text as a document may hold it: secrets out, and nothing that a reader or a program would obey. */
export const cleanText = (text: string): string =>
  redact(text.replaceAll('\r\n', '\n')).toWellFormed().replace(unfit, '·')

/**
 * The same of every text in a value, however deep. Evidence is redacted where it arises; this is the second belt, for
 * what came by another way (a title, a note, a report that an older version kept).
 */
export function clean<T>(value: T): T {
  return walk(value) as T // the shape stays, only texts change
}

function walk(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (Array.isArray(value)) return value.map(walk)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each)]))
}
