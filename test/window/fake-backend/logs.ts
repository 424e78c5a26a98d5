import type { Level, LogQuery, LogRecord, LogStatus } from '../../../preload/contract/logs.ts'
import { ago } from './clock.ts'

const trace = `java.net.ConnectException: Connection refused: no further information
	at java.base/sun.nio.ch.Net.pollConnect(Native Method)
	at org.apache.synapse.transport.passthru.TargetHandler.connected(TargetHandler.java:128)
	at org.apache.http.impl.nio.reactor.DefaultConnectingIOReactor.processEvent(DefaultConnectingIOReactor.java:173)`

interface Line {
  readonly level: Level | null
  readonly source: string
  readonly module: string
  readonly message: string
  readonly format: LogRecord['format']
}

const lines: readonly Line[] = [
  { level: 'INFO', source: 'orders', module: 'acme/orders', message: 'order accepted', format: 'ballerina-logfmt' },
  {
    level: 'INFO',
    source: 'orders',
    module: 'acme/orders',
    message: 'payment requested from the bank of the customer',
    format: 'ballerina-json',
  },
  { level: 'DEBUG', source: 'gateway', module: 'router', message: 'route matched /orders/{id}', format: 'json' },
  {
    level: 'WARN',
    source: 'orders',
    module: 'acme/orders',
    message: 'slow answer from the inventory, 1,840 ms',
    format: 'ballerina-logfmt',
  },
  {
    level: 'ERROR',
    source: 'invoices',
    module: 'TargetHandler',
    message: `Connection refused to sap.internal:8443\n${trace}`,
    format: 'micro-integrator',
  },
  { level: null, source: 'agent', module: '', message: 'heartbeat sent', format: 'plain' },
]

export function record(index: number, at: string): LogRecord {
  const line = lines[index % lines.length] ?? lines[0]
  const id = String(1_000_000_000 - index).padStart(12, '0')
  const pod = `${line?.source ?? 'orders'}-7d9f8c6b5-ax2kq`
  if (line === undefined || index === 37) {
    return {
      id,
      at,
      atSource: 'kubelet',
      level: null,
      levelSource: 'none',
      source: 'orders',
      pod,
      container: 'main',
      module: '',
      message: 'No logs collected for 4 min 12 s: Hangar was closed.',
      format: 'gap',
      fields: [],
      raw: '',
    }
  }
  return {
    id,
    at,
    atSource: line.format === 'plain' ? 'kubelet' : 'line',
    level: line.level,
    levelSource: line.level === null ? 'none' : 'field',
    source: line.source,
    pod,
    container: 'main',
    module: line.module,
    message: line.message,
    format: line.format,
    fields: [
      ['orderId', String(4_200 + index)],
      ['amount', '129.50'],
    ],
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    raw: `time=${at} level=${line.level ?? ''} module=${line.module} message="${line.message}" orderId=${4_200 + index}`,
  }
}

/** Newest first, four seconds apart. */
const records: readonly LogRecord[] = Array.from({ length: 2_400 }, (_, index) => record(index, ago(index * 4)))

export function matching({ text = '', levels = [], sources = [], from, to, before }: LogQuery): readonly LogRecord[] {
  const words =
    text
      .toLowerCase()
      .match(/"[^"]*"|\S+/g)
      ?.map((word) => word.replaceAll('"', '')) ?? []
  const start = before === undefined ? 0 : records.findIndex(({ id }) => id === before) + 1
  return records
    .slice(start)
    .filter(
      ({ raw, level, source, at }) =>
        words.every((word) => raw.toLowerCase().includes(word)) &&
        (levels.length === 0 || (level !== null && levels.includes(level))) &&
        (sources.length === 0 || sources.includes(source)) &&
        (from === undefined || at >= from) &&
        (to === undefined || at < to),
    )
}

export const logStatus: LogStatus = {
  schemaVersion: 1,
  records: 184_220,
  rawBytes: 61_400_000,
  storedBytes: 5_210_000,
  oldest: ago(9_600),
  newest: ago(0),
  protection: 'keychain',
  collecting: true,
  sources: ['orders', 'invoices', 'gateway', 'agent'].map((id) => ({ id, title: id, records: 40_000, newest: ago(2) })),
}
