import { randomBytes, randomUUID } from 'node:crypto'
import { newColumns } from '../../main/logs/parse/columns.ts'
import { parseRecord } from '../../main/logs/parse/parse.ts'
import { splitRecords } from '../../main/logs/parse/split.ts'
import { type Benchmark, median, type Row } from './benchmark.ts'

const lineCount = 50_000
const chunkBytes = 1024 * 1024
const samples = 5

const hex = (bytes: number): string => randomBytes(bytes).toString('hex')
const at = (index: number): string => new Date(1_773_480_413_000 + index * 7).toISOString()
const clock = (index: number): string => at(index).slice(11, 19)

/** Lines of about 200 bytes with ids of high entropy. */
const formats: Readonly<Record<string, (index: number) => string>> = {
  'Ballerina logfmt': (index) =>
    `time=${at(index)} level=${index % 9 === 0 ? 'WARN' : 'INFO'} module=acme/orders message="order ${index} accepted" orderId="${randomUUID()}" traceId="${hex(16)}" amount=${index % 100}.5`,
  'Ballerina JSON': (index) =>
    `{"time":"${at(index)}","level":"INFO","module":"acme/orders","message":"order ${index} accepted","orderId":"${randomUUID()}","traceId":"${hex(16)}"}`,
  'Micro Integrator': (index) =>
    `[2026-03-14 ${clock(index)},442]  INFO {LogMediator} - {api:Parcels} MessageID: urn:uuid:${randomUUID()}, Direction: request, correlation_id: ${randomUUID()}`,
  'JSON, time last': (index) =>
    `{"level":"info","caller":"x/y.go:${index % 100}","msg":"reconciled object ${index}","id":"${randomUUID()}","trace_id":"${hex(16)}","ts":${1_773_480_413 + index}.125}`,
  'access log': (index) =>
    `10.0.${index % 256}.7 - - [14/Mar/2026:${clock(index)} +0000] "GET /orders/${randomUUID()} HTTP/1.1" 200 ${index % 9_000} "-" "Mozilla/5.0 (X11; Linux x86_64)"`,
  plain: (index) => `no logger at all ${randomUUID()} and goes on for a while ${randomUUID()} ${index}`,
}

/**
 * Question: what does it cost to split a log into records and to read the time and the level of each?
 * Conditions: chunks of 1 MiB in memory, one thread. The goal is a third of the processor time that an import of 600,000
 * lines a second has on two cores.
 * Bias: the comparison, which only finds the line breaks, is a lower bound for any reader.
 */
export const logsParse: Benchmark = {
  name: 'logs-parse',
  question: 'How long does a line of a log take to be split off and read?',
  async run(signal) {
    const makers = Object.values(formats)
    const all = {
      ...formats,
      'all of them mixed': (index: number) => makers[index % makers.length]?.(index) ?? '',
    }
    const rows: Row[] = []
    for (const [name, line] of Object.entries(all)) {
      signal.throwIfAborted()
      const log = Buffer.from(`${Array.from({ length: lineCount }, (_, index) => line(index)).join('\n')}\n`)
      const metric = `time a line, ${name}, ${Math.round(log.length / lineCount)} bytes, median of ${samples}`
      const ours = { subject: 'Hangar, time and level', goal: 1_100, take: () => split(log) }
      const whole = { subject: 'Hangar, all fields', take: () => parseAll(log) }
      const floor = { subject: 'line breaks alone', take: () => breaks(log) }
      for (const { take, ...row } of [ours, whole, floor]) {
        rows.push({ metric, unit: 'ns', value: nsALine(take), ...row })
      }
    }
    return rows
  },
}

function nsALine(take: () => void): number {
  take() // compiles
  const spent = Array.from({ length: samples }, () => {
    const startedMs = performance.now()
    take()
    return ((performance.now() - startedMs) * 1e6) / lineCount
  })
  return median(spent)
}

const columns = newColumns()

function split(log: Buffer, each?: (chunk: Buffer) => void): void {
  for (let start = 0; start < log.length; ) {
    const chunk = log.subarray(start, start + chunkBytes)
    const used = splitRecords(chunk, 'auto', start + chunkBytes >= log.length, columns)
    each?.(chunk)
    start += used
  }
}

function parseAll(log: Buffer): void {
  split(log, (chunk) => {
    for (let row = 0; row < columns.count; row += 1) {
      parseRecord(chunk.subarray(columns.starts[row], columns.ends[row]), 'auto')
    }
  })
}

function breaks(log: Buffer): void {
  for (let start = 0; start !== -1 && start < log.length; ) {
    const end = log.indexOf(0x0a, start)
    start = end === -1 ? -1 : end + 1
  }
}
