import type { ExportFormat, Level, LogRecord } from '../../../preload/contract/logs.ts'
import { exactText, visibleJson, visibleText } from '../../../preload/visible-text.ts'
import { inertCell } from '../../lib/rules/spreadsheet.ts'

/** How records become the text of a file. Each part can stand for itself, so that a file is written as it is found. */
export interface Formatter {
  readonly head: string
  format(records: readonly LogRecord[]): string
}

/** The text without colours, and with marks for what a terminal would execute or hide. */
const shownText = (text: string): string => visibleText(text.replace(/\u001b\[[\d;]*m/g, ''))

const textLine = ({ at, source, pod, container, raw, format, message }: LogRecord): string =>
  `${at} ${exactText([source, pod, container].filter((part) => part !== '').join('/'))} ${shownText(format === 'gap' ? `GAP: ${message}` : raw)}\n`

const columns = [
  'time',
  'level',
  'source',
  'pod',
  'container',
  'module',
  'message',
  'traceId',
  'spanId',
  'fields',
  'raw',
]

/** RFC 4180. Semicolons and tabs separate cells in a spreadsheet of another language. */
function cell(text: string): string {
  const shown = shownText(text)
  const inert = inertCell(shown)
  return /[",;\t\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}

function csvRow({
  at,
  level,
  source,
  pod,
  container,
  module,
  message,
  traceId,
  spanId,
  fields,
  raw,
}: LogRecord): string {
  const cells = [at, level ?? '', source, pod, container, module, message, traceId ?? '', spanId ?? '']
  return `${[...cells, fields.length === 0 ? '' : JSON.stringify(fields), raw].map(cell).join(',')}\r\n`
}

/** https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
const severity: Readonly<Record<Level, number>> = { TRACE: 1, DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17, FATAL: 21 }

const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } })
const present = (key: string, value: string) => (value === '' ? [] : [attribute(key, value)])

/** Whole milliseconds, in nanoseconds as OTLP's JSON writes 64-bit numbers: as text. */
const nanoseconds = (at: string): string => `${Date.parse(at)}000000`

const hex = (id: string | undefined, length: number): string | undefined =>
  id !== undefined && id.length === length && /^[0-9a-f]+$/i.test(id) ? id.toLowerCase() : undefined

function otlpRecord({ at, level, message, raw, module, fields, traceId, spanId }: LogRecord) {
  const [trace, span] = [hex(traceId, 32), hex(spanId, 16)]
  return {
    timeUnixNano: nanoseconds(at),
    observedTimeUnixNano: nanoseconds(at),
    ...(level !== null && { severityNumber: severity[level], severityText: level }),
    body: { stringValue: message },
    attributes: [
      ...present('otel.scope.name', module),
      ...fields.map(([name, value]) => attribute(name, value)),
      ...present('log.record.original', raw),
    ],
    ...(trace !== undefined && { traceId: trace }),
    ...(span !== undefined && { spanId: span }),
  }
}

/** One request a line, as OpenTelemetry's file exporter writes it: https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/ */
function otlpLine(records: readonly LogRecord[]): string {
  const byOrigin = Map.groupBy(records, ({ source, pod, container }) => JSON.stringify([source, pod, container]))
  const resourceLogs = [...byOrigin.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { source, pod, container } = first
    return {
      resource: {
        attributes: [
          ...present('service.name', source),
          ...present('k8s.pod.name', pod),
          ...present('k8s.container.name', container),
        ],
      },
      scopeLogs: [{ scope: {}, logRecords: group.map(otlpRecord) }],
    }
  })
  return `${visibleJson(JSON.stringify({ resourceLogs }))}\n`
}

const eachRecord =
  (print: (record: LogRecord) => string): Formatter['format'] =>
  (records) =>
    records.map(print).join('')

export const formatters: Readonly<Record<ExportFormat, Formatter>> = {
  text: { head: '', format: eachRecord(textLine) },
  ndjson: { head: '', format: eachRecord((record) => `${visibleJson(JSON.stringify(record))}\n`) },
  csv: { head: `${columns.join(',')}\r\n`, format: eachRecord(csvRow) },
  'otlp-json': { head: '', format: otlpLine },
}
