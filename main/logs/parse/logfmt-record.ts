import type { Details, Field } from './event.ts'
import { maxFields } from './event.ts'
import { levelOfValue } from './level.ts'
import { keyRoles, role } from './line.ts'
import { LogfmtPairs } from './logfmt-pairs.ts'
import { newMoment, readTimeOrEpoch } from './time.ts'

/**
 * A logfmt record, from `start` on: Ballerina, logrus, slog and others. If a key occurs twice the later value counts, as in
 * Ballerina's logger; both stay in the raw text.
 */
export function parseLogfmt(bytes: Buffer, start: number): Details {
  const pairs = readPairs(bytes, start, bytes.length)
  const roles = new Map<number, string>()
  const fields: Field[] = []
  for (const [key, { value, role }] of pairs) {
    if (role === 0 || roles.has(role) || !isRead(role, value)) fields.push([key, value])
    else roles.set(role, value)
  }
  const isBallerina =
    pairs.has('module') && pairs.has('message') && bytes.toString('latin1', start, start + 4) === 'time'
  return {
    format: isBallerina ? 'ballerina-logfmt' : 'logfmt',
    module: roles.get(role.module) ?? '',
    message: roles.get(role.message) ?? bytes.toString('utf8', start).trimEnd(),
    fields,
    traceId: roles.get(role.trace),
    spanId: roles.get(role.span),
  }
}

/** A time or level that cannot be read stays a field. */
function isRead(found: number, value: string): boolean {
  const bytes = Buffer.from(value)
  if (found === role.time) return readTimeOrEpoch(bytes, 0, bytes.length, moment)
  return found !== role.level || levelOfValue(bytes, 0, bytes.length) !== 0
}
const moment = newMoment()

/** The pairs of a text by key; the later one of a key counts. */
export function readPairs(
  bytes: Buffer,
  start: number,
  end: number,
): Map<string, { readonly value: string; readonly role: number }> {
  const cursor = new LogfmtPairs().open(bytes, start, end)
  const pairs = new Map<string, { value: string; role: number }>()
  while (pairs.size < maxFields && cursor.next()) {
    const text = bytes.toString('utf8', cursor.start, cursor.end)
    pairs.set(bytes.toString('utf8', cursor.keyStart, cursor.keyEnd), {
      value: cursor.isString ? readEscapes(text) : text,
      role: keyRoles.value(bytes, cursor.keyStart, cursor.keyEnd),
    })
  }
  return pairs
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', "'": "'", '\\': '\\' }

/** Escapes of Ballerina's and Go's strings. */
export function readEscapes(text: string): string {
  return text.replace(
    /\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|(.))/gs,
    (whole, code: string | undefined, unit: string | undefined, letter: string | undefined) => {
      if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16))
      if (code === undefined) return escapes[letter ?? ''] ?? whole
      const point = Number.parseInt(code, 16)
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole
    },
  )
}
