import { visibleText } from '../../../preload/visible-text.ts'
import { redact } from '../../lib/rules/redaction.ts'

/** Redacts secrets, and shows hidden characters as marks: some are not allowed in XML, or change how a text is displayed. */
export const cleanText = (text: string): string => visibleText(redact(text.replaceAll('\r\n', '\n')))

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
