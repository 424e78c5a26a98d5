import { type ParsedEvent, toEpochMs, toLevel } from './event.ts'
import { readLogfmt } from './logfmt.ts'

const standardKeys: ReadonlySet<string> = new Set(['time', 'level', 'module', 'message', 'traceId', 'spanId'])

/**
 * A line of Ballerina's logger in its default format: time, level, module, message, then the call's own keys.
 * If a key occurs twice the later value counts, as in the logger itself; both stay in the raw text.
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
    atMs: toEpochMs(byKey.get('time')),
    level,
    levelSource: 'field',
    module: byKey.get('module') ?? '',
    message: byKey.get('message') ?? '',
    fields: [...byKey].filter(([key]) => !standardKeys.has(key)),
    traceId: byKey.get('traceId'),
    spanId: byKey.get('spanId'),
  }
}
