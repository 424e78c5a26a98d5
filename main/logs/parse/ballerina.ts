import { type ParsedEvent, toLevel, toMoment } from './event.ts'
import { readLogfmt } from './logfmt.ts'

const known: ReadonlySet<string> = new Set(['time', 'level', 'module', 'message', 'traceId', 'spanId'])

/**
 * A line of Ballerina's logger in its default form: time, level, module, message, then what the call gave.
 * Of a key that occurs twice the later one holds, as the logger itself has it; both stay in the raw text.
 */
export function parseBallerina(text: string): ParsedEvent | undefined {
  if (!text.startsWith('time=')) return undefined
  const pairs = readLogfmt(text.split('\n', 1)[0] ?? '')
  if (pairs === undefined) return undefined
  const byKey = new Map(pairs)
  const level = toLevel(byKey.get('level'))
  if (level === null || !byKey.has('message')) return undefined
  return {
    format: 'ballerina-logfmt',
    atMs: toMoment(byKey.get('time')),
    level,
    levelSource: 'field',
    module: byKey.get('module') ?? '',
    message: byKey.get('message') ?? '',
    fields: [...byKey].filter(([key]) => !known.has(key)),
    traceId: byKey.get('traceId'),
    spanId: byKey.get('spanId'),
  }
}
