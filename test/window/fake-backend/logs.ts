import { fold, predicateOf, type Subject } from '../../../main/logs/query/evaluate.ts'
import { parseQuery } from '../../../main/logs/query/parse.ts'
import type {
  Level,
  LogAccess,
  LogPattern,
  LogPatterns,
  LogQuery,
  LogRecord,
  LogRetention,
  LogStatus,
  PlacedLines,
  SavedSearch,
  SourceCollection,
  SurroundingLines,
} from '../../../preload/contract/logs.ts'
import type { Client } from '../../../renderer/lib/client.ts'
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
    raw: `time=${at} level=${line.level ?? ''} module=${line.module} message="${line.message}" orderId=${4_200 + index} trace_id=4bf92f3577b34da6a3ce929d0e0e4736`,
  }
}

/** Newest first, four seconds apart. */
const records: LogRecord[] = Array.from({ length: 2_400 }, (_, index) => record(index, ago(index * 4)))

export function matching(query: LogQuery): readonly LogRecord[] {
  const { text = '', levels = [], sources = [], from, to, before, after, order = 'newest' } = query
  const holds = predicateOf(parseQuery(text, Date.now()))
  const inOrder = order === 'newest' ? records : records.toReversed()
  const last = order === 'newest' ? before : after
  const start = last === undefined ? 0 : inOrder.findIndex(({ id }) => id === last) + 1
  return inOrder.slice(start).filter((record) => {
    const { level, source, at } = record
    return (
      holds(subjectOf(record)) &&
      (levels.length === 0 || (level !== null && levels.includes(level))) &&
      (sources.length === 0 || sources.includes(source)) &&
      (from === undefined || at >= from) &&
      (to === undefined || at < to)
    )
  })
}

/** Stores lines that arrive. */
export const store = (arrived: readonly LogRecord[]): void => void records.unshift(...arrived.toReversed())

type PlaceInput = Parameters<Client['logs']['place']>[0]

export function placed({ target, limit = 200, ...query }: PlaceInput): PlacedLines {
  const found = matching(query)
  const isAt = ({ id, at }: LogRecord): boolean =>
    'record' in target
      ? id === target.record
      : 'time' in target && (query.order === 'oldest' ? at >= target.time : at <= target.time)
  const index = 'place' in target ? Math.min(target.place, Math.max(0, found.length - 1)) : found.findIndex(isAt)
  const place = index < 0 ? found.length : index
  return { place, count: found.length, isComplete: true, records: found.slice(place, place + limit) }
}

const subjectOf = ({
  at,
  level,
  source,
  pod,
  container,
  raw,
  module,
  message,
  traceId = '',
  fields,
}: LogRecord): Subject => ({
  atMs: Date.parse(at),
  level,
  source,
  pod,
  container,
  raw,
  folded: () => fold(raw),
  fields: () => [...fields, ['module', module], ['message', message], ['trace', traceId]],
})

type AroundInput = Parameters<Client['logs']['around']>[0]

export function surrounding({ record: id, before = 100, after = 100, query = {} }: AroundInput): SurroundingLines {
  const anchor = records.find((one) => one.id === id)
  const own = records.filter(({ pod }) => pod === anchor?.pod).toReversed()
  const at = own.findIndex((one) => one.id === id)
  const shown = at < 0 ? [] : own.slice(Math.max(0, at - before), at + after + 1)
  const found = new Set(matching({ planeId: '', ...query }).map((one) => one.id))
  return {
    records: shown,
    matching: shown.map((one) => one.id).filter((one) => found.has(one)),
    moreBefore: at > before,
    moreAfter: at >= 0 && at + after + 1 < own.length,
  }
}

const followed: SourceCollection = {
  state: 'following',
  containers: 3,
  following: 3,
  queued: 0,
  refused: 0,
  retrying: 0,
  missingPermissions: [],
  gaps: 0,
}
const troubled: Readonly<Record<string, Partial<SourceCollection>>> = {
  gateway: {
    state: 'refused',
    following: 0,
    refused: 3,
    missingPermissions: ['get pods/log'],
    problem: {
      code: 'CLUSTER_FORBIDDEN',
      message: 'The permission "get pods/log" is missing in the namespace gateway.',
      hint: 'Ask the cluster administrator for the named permission.',
      evidence: '',
    },
    since: ago(720),
  },
  agent: { gaps: 2 },
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
  sources: ['orders', 'invoices', 'gateway', 'agent'].map((id) => ({
    id,
    title: id,
    records: 40_000,
    newest: ago(2),
    collection: { ...followed, ...troubled[id] },
  })),
}

/** By the beginning of the message: what is reported of it, and how many lines are in the last steps. */
const changes: readonly (readonly [string, readonly [LogPattern['change'], number]])[] = [
  ['Connection', ['new', 5]],
  ['slow', ['risen', 2.4]],
  ['heartbeat', ['fallen', 0.2]],
]

/** Grouped by their message: these lines have no values in it. */
export function patternsOf(query: LogQuery, compared: 'compared' | 'alone'): Omit<LogPatterns, 'kind'> {
  const found = matching(query).filter(({ format }) => format !== 'gap')
  const [newest, oldest] = [found[0], found.at(-1)]
  const patterns = [...Map.groupBy(found, ({ message }) => message)].map(([message, own], index): LogPattern => {
    const share = (number: number) => Math.round((own.length / 24) * number)
    const [text = ''] = message.replaceAll(/[\d,]+/g, '<*>').split('\n')
    const [change, lateShare] = changes.find(([start]) => message.startsWith(start))?.[1] ?? ['steady', 1]
    return {
      text,
      level: own[0]?.level ?? null,
      sources: [...new Set(own.map(({ source }) => source))],
      count: own.length,
      ...(compared === 'compared' && { before: change === 'new' ? 0 : own.length }),
      counts: Array.from({ length: 24 }, (_, step) =>
        share((step > 18 ? lateShare : change === 'new' ? 0 : 1) * (0.8 + ((step * 7 + index) % 5) / 10)),
      ),
      change,
      oldest: own.at(-1)?.at ?? ago(0),
      newest: own[0]?.at ?? ago(0),
      example: message,
      phrase: {
        text: text.split('<*>')[0]?.trim() ?? '',
        isExact: !message.startsWith('payment'),
        lines: own.length + (message.startsWith('payment') ? 12 : 0),
      },
    }
  })
  const isRising = ({ change }: LogPattern) => change === 'new' || change === 'risen'
  return {
    lines: found.length,
    more: found.length > 1_000,
    from: oldest?.at ?? null,
    to: newest?.at ?? null,
    patterns: patterns.sort((a, b) => Number(isRising(b)) - Number(isRising(a)) || b.count - a.count),
    rest: 0,
    ...(compared === 'compared' && { compared: { lines: 1_840, more: false } }),
  }
}

export const savedSearches: SavedSearch[] = [
  {
    id: '7c1de0a4-57d6-4b0f-9f6f-5f0c8a0f1d11',
    name: 'Refused by SAP',
    text: 'level:error "Connection refused to sap.internal"',
    levels: [],
    sources: ['invoices'],
    range: { kind: 'last', ms: 86_400_000 },
    order: 'newest',
    savedAt: ago(7_200),
  },
]

export const retention: LogRetention = { days: 30, bytes: null, removed: null }

/** As if ten days were stored. */
export function expiredBy(days: number | null) {
  const count = days === null ? 0 : Math.max(0, 10 - days)
  return { days: count, records: count * 18_422, bytes: count * 521_000 }
}

export const accesses: readonly LogAccess[] = [
  {
    at: ago(120),
    user: 'sam',
    host: 'desktop',
    action: 'search',
    verified: true,
    asked: { text: 'refused', levels: ['ERROR'] },
  },
  {
    at: ago(4_000),
    user: 'sam',
    host: 'terminal',
    action: 'export',
    verified: true,
    asked: { text: 'level:error', format: 'csv', redact: true },
  },
  {
    at: ago(9_000),
    user: 'kim',
    host: 'terminal',
    action: 'search',
    verified: false,
    asked: { text: '"order 7" timeout', engine: 'logging/loki:3100', pods: ['orders-0'], from: ago(20_000) },
  },
  { at: ago(90_000), user: '', host: 'browser', action: 'purge', verified: true, asked: null },
]
