import type { LogEngine, LogRecord, SurroundingLines } from '../../preload/contract/logs.ts'
import { isAbort, toReport } from '../lib/problem.ts'
import { toQuery } from './query.ts'
import { phrase } from './queryText.ts'
import type { LogsClient, LogsStore, Related, RelatedTo } from './state.ts'

/** Lines that each step loads before and after; the core gives up to 1,000. */
const stepLines = 100
const maxLines = 1_000

const loading = (to: RelatedTo, selected: string | undefined): Related => ({
  to,
  records: [],
  matching: new Set(),
  phase: 'loading',
  problem: undefined,
  selected: to.kind === 'around' ? to.record : selected,
  moreBefore: false,
  moreAfter: false,
})

export interface RelatedLoader {
  /** `selected`: the record from which it is opened. */
  open(to: RelatedTo, selected?: string): void
  loadMore(where: 'before' | 'after'): void
  close(): void
  stop(): void
}

/** Loads the lines that are related to one, beside the results. */
export function createRelated(client: LogsClient, store: LogsStore): RelatedLoader {
  let controller = new AbortController()
  const lines = { before: stepLines, after: stepLines }

  async function load(to: RelatedTo): Promise<void> {
    controller.abort()
    controller = new AbortController()
    const { signal } = controller
    const { planeId, filter, engine } = store.getState()
    if (planeId === undefined) return
    const { text, levels, sources, from, to: until } = toQuery(planeId, filter, Date.now())
    try {
      const found =
        to.kind === 'around'
          ? await client.logs.around(
              {
                planeId,
                record: to.record,
                ...lines,
                query: { text, levels, sources, ...(from && { from }) },
                ...(engine && { engine }),
              },
              { signal },
            )
          : await withId(client, { planeId, engine, id: to.id, limit: lines.after * 2, from, to: until }, signal)
      patch({ ...found, matching: new Set(found.matching), phase: 'done', problem: undefined })
    } catch (error) {
      if (!isAbort(error, signal)) patch({ phase: 'done', problem: toReport(error) })
    }
  }

  function patch(part: Partial<Related>): void {
    const { related } = store.getState()
    if (related !== undefined) store.setState({ related: { ...related, ...part } })
  }

  return {
    open(to, selected) {
      lines.before = stepLines
      lines.after = stepLines
      store.setState({ related: loading(to, selected) })
      void load(to)
    },
    loadMore(where) {
      const { related } = store.getState()
      const isMore = where === 'before' ? related?.moreBefore : related?.moreAfter
      if (related?.phase !== 'done' || isMore !== true || lines[where] >= maxLines) return
      lines[where] = Math.min(maxLines, lines[where] * 3)
      patch({ phase: 'loading' })
      void load(related.to)
    },
    close() {
      controller.abort()
      store.setState({ related: undefined })
    },
    stop: () => controller.abort(),
  }
}

interface IdSearch {
  readonly planeId: string
  readonly engine: LogEngine | undefined
  readonly id: string
  readonly limit: number
  /** Of the query; an engine is asked for no other time. */
  readonly from: string | undefined
  readonly to: string | undefined
}

/** The lines of all sources that name the id, in any field. */
async function withId(
  client: LogsClient,
  { planeId, engine, id, limit, from, to }: IdSearch,
  signal: AbortSignal,
): Promise<SurroundingLines> {
  const records: LogRecord[] = []
  let moreAfter = false
  const query = { planeId, text: phrase(id), order: 'oldest', limit: Math.min(limit, maxLines) } as const
  const events =
    engine === undefined
      ? await client.logs.search(query, { signal })
      : await client.logs.searchEngine({ ...query, engine, ...(from && { from }), ...(to && { to }) }, { signal })
  for await (const event of events) {
    if (event.kind === 'records') records.push(...event.records)
    else if (event.kind === 'done') moreAfter = event.more
  }
  return { records, matching: [], moreBefore: false, moreAfter }
}

const correlation = /^(?:x-)?(?:correlation|request|activity)[_.-]?id$/i

/** The ids under which other sources may have logged the same work: of the trace, then of the request. Pure. */
export function sharedIds({ traceId, fields }: LogRecord): readonly string[] {
  const ids = fields.flatMap(([name, value]) => (correlation.test(name) && value.length >= 4 ? [value] : []))
  return [...new Set([...(traceId === undefined ? [] : [traceId]), ...ids])]
}
