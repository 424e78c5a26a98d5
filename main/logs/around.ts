import type { LogQuery, LogRecord, SurroundingLines } from '../../preload/contract/logs.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { idAfter } from './store/record.ts'
import type { Found } from './store/search.ts'

export interface AroundInput {
  readonly planeId: string
  readonly record: string
  readonly before: number
  readonly after: number
  /** Marks the lines that match; of the sources, only that of the record counts. */
  readonly query: Pick<LogQuery, 'text' | 'levels' | 'sources' | 'from' | 'to'>
}

type Search = (query: LogQuery, signal: AbortSignal) => AsyncIterable<Found>

/**
 * The lines of the record's container around it, oldest first, whatever the query asks for. Without lines if the record
 * is not stored any more. Throws QUERY_INVALID.
 */
export async function linesAround(search: Search, input: AroundInput, signal: AbortSignal): Promise<SurroundingLines> {
  const { planeId, record: id, query } = input
  const untilRecord = idAfter(id)
  if (untilRecord === undefined) throw new Problem('QUERY_INVALID', `"${id}" is not the id of a record.`)
  const found = await take(search, { planeId, before: untilRecord, limit: 1 }, signal)
  const record = found.records[0]
  if (record?.id !== id) return { records: [], matching: [], moreBefore: false, moreAfter: false }
  const { source, pod, container } = record
  const origin = { planeId, sources: [source], pods: [pod], containers: [container] }
  const [older, newer] = [
    await take(search, { ...origin, before: id, limit: input.before }, signal),
    await take(search, { ...origin, after: id, limit: input.after, order: 'oldest' }, signal),
  ]
  const records = [...older.records.toReversed(), record, ...newer.records]
  return {
    records,
    matching: await matchingIds(search, { ...query, ...origin }, query.sources ?? [], records, signal),
    moreBefore: older.more,
    moreAfter: newer.more,
  }
}

async function matchingIds(
  search: Search,
  query: LogQuery,
  sources: readonly string[],
  records: readonly LogRecord[],
  signal: AbortSignal,
): Promise<string[]> {
  const [first, last] = [records[0], records.at(-1)]
  if (first === undefined || last === undefined) return []
  if (sources.length > 0 && !sources.includes(first.source)) return []
  const range = { before: idAfter(last.id), limit: Math.min(records.length, pageRecords) }
  const shown = new Set(records.map(({ id }) => id))
  const matching = await take(search, { ...query, ...range }, signal)
  return matching.records.flatMap(({ id }) => (shown.has(id) ? [id] : []))
}

/** The largest page of a search. */
const pageRecords = 1_000

async function take(search: Search, query: LogQuery, signal: AbortSignal) {
  const records: LogRecord[] = []
  let more = false
  if (query.limit === 0) return { records, more: true }
  for await (const event of search(query, signal)) {
    if (event.kind === 'records') records.push(...event.records)
    else more = event.more
  }
  return { records, more }
}
