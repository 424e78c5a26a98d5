import { isUtf8 } from 'node:buffer'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { Problem } from '../../preload/contract/problem.ts'
import { LogFormat } from '../../preload/contract/profiles.ts'
import { parseRecord } from '../logs/parse/parse.ts'
import { type ReadRecord, readLog } from '../logs/parse/read-log.ts'
import { type ExitCode, formOf, type OptionValues, type Terminal, text } from './command.ts'
import { unreadable } from './input.ts'
import { visibleJsonLine, withoutColours } from './print.ts'

const chunkBytes = 256 * 1024

/**
 * `hangar logs parse [FILE|-]`: how the lines of a log are read, a record at a time, as they arrive. Nothing is stored, and
 * neither a plane nor a cluster is needed. Throws FILE_UNREADABLE, INPUT_INVALID.
 */
export async function parseLogs(
  terminal: Terminal,
  file: string | undefined,
  options: OptionValues,
  signal: AbortSignal,
): Promise<ExitCode> {
  const format = formatOf(text(options, 'format'))
  const chunks =
    file === undefined || file === '-' ? terminal.stdin : createReadStream(file, { highWaterMark: chunkBytes })
  const print = formOf(options) === 'table' ? tableRow : jsonLine
  try {
    for await (const records of readLog(chunks, { format, kubelet: options.kubelet === true }, signal)) {
      for (const record of records) {
        // A slow reader of a pipe holds the whole chain back.
        if (!terminal.stdout.write(print(record, format))) await once(terminal.stdout, 'drain', { signal })
      }
    }
  } catch (error) {
    throw (file !== undefined && unreadable(file, error)) || error
  }
  return 0
}

/** Throws INPUT_INVALID. */
export function formatOf(name: string | undefined): LogFormat {
  const format = LogFormat.safeParse(name ?? 'auto')
  if (format.success) return format.data
  throw new Problem('INPUT_INVALID', `"${name}" is not a format: ${[...LogFormat.values].join(', ')}.`)
}

/** What is printed of a record; `otel.scope.name` is OpenTelemetry's name of a module where a record is flat. */
function describe({ raw, lines, readMs }: ReadRecord, parser: LogFormat) {
  const { atMs, level, module, message, fields, traceId, spanId, format } = parseRecord(raw, parser)
  const ms = atMs ?? readMs
  const time = ms === undefined ? null : new Date(ms).toISOString()
  const timeSource = atMs !== undefined ? 'line' : readMs !== undefined ? 'kubelet' : 'none'
  const scope = module === '' ? [] : [['otel.scope.name', module] as const]
  const text = isUtf8(raw) ? { raw: raw.toString() } : { rawBase64: raw.toString('base64') }
  return {
    time,
    timeSource,
    level,
    module,
    message,
    fields: [...fields, ...scope],
    traceId: traceId ?? null,
    spanId: spanId ?? null,
    format,
    lines,
    ...text,
  }
}

const jsonLine = (record: ReadRecord, format: LogFormat): string => visibleJsonLine(describe(record, format))

function tableRow(record: ReadRecord, format: LogFormat): string {
  const { time, level, message, fields, format: found } = describe(record, format)
  const values = fields.map(([name, value]) => ` ${name}=${JSON.stringify(value)}`).join('')
  return `${time ?? '-'} ${(level ?? '').padEnd(5)} ${found}: ${withoutColours(message)}${values}\n`
}
