import type { LogFormat } from '../../../preload/contract/profiles.ts'
import type { Details, ParsedEvent } from './event.ts'
import { withIdentifiers } from './identifiers.ts'
import { parseJson } from './json-record.ts'
import { levels } from './level.ts'
import { Line, textStart } from './line.ts'
import { parseLogfmt } from './logfmt-record.ts'
import { readRecord } from './record-head.ts'
import { splitStack } from './stack.ts'
import { parseAccess, parseKlog, parseSyslog, parseText } from './text-record.ts'

const head = new Line()

/**
 * Parses one record, of any bytes. Never throws; the caller stores the raw bytes whatever this returns. Time and level are
 * those that `splitRecords` gives.
 */
export function parseRecord(record: Buffer, format: LogFormat): ParsedEvent {
  if (format === 'plain') {
    return { ...plain(record, 0), level: null, levelSource: 'none' }
  }
  const bytes = readRecord(record, head)
  const { kind, level, moment, time } = head
  const start = textStart(bytes, 0, bytes.length)
  const details = withIdentifiers(detailsOf(bytes, start), bytes.toString('utf8', start))
  const isField = kind === 'json' || kind === 'logfmt'
  return {
    ...details,
    atMs: time === 'zoned' ? moment.ms : undefined,
    level: levels[level] ?? null,
    levelSource: level === 0 ? 'none' : isField ? 'field' : 'prefix',
  }
}

export const parseEvent = (format: LogFormat, text: string): ParsedEvent => parseRecord(Buffer.from(text), format)

function detailsOf(bytes: Buffer, start: number): Details {
  switch (head.kind) {
    case 'json':
      return parseJson(bytes, start)
    case 'logfmt':
      return parseLogfmt(bytes, start)
    case 'carbon':
    case 'text':
      return parseText(bytes, start, head)
    case 'klog':
      return parseKlog(bytes, head)
    case 'access':
      return parseAccess(bytes, start)
    case 'syslog':
      return parseSyslog(bytes, start)
    case 'level':
      return { ...plain(bytes, start), format: 'text' }
    case 'plain':
      return plain(bytes, start)
  }
}

const plain = (bytes: Buffer, start: number): Details => ({
  format: 'plain',
  module: '',
  ...splitStack(bytes.toString('utf8', start)),
})
