import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'

/** Asks Loki's HTTP API, such as `/loki/api/v1/labels`; the answer is JSON. Throws LOG_ENGINE_UNAVAILABLE, LOG_ENGINE_REFUSED. */
export type Ask = (
  path: string,
  query: Readonly<Record<string, string | number>>,
  signal: AbortSignal,
) => Promise<unknown>

/** A line as Loki has it. Its time is that of the container's runtime, in ns since 1970. */
export interface Entry {
  readonly ns: bigint
  readonly line: string
  /** Of its stream. */
  readonly labels: Readonly<Record<string, string>>
}

/** From the first up to the second, without the second. */
export interface EngineRange {
  readonly fromMs: number
  readonly toMs: number
}

const Labels = z.record(z.string(), z.string())
/** https://grafana.com/docs/loki/latest/reference/loki-http-api/#query-logs-within-a-range-of-time */
const Lines = z.object({
  data: z.object({
    resultType: z.literal('streams'),
    result: z.array(
      z.object({
        stream: Labels,
        values: z.array(z.tuple([z.string().regex(/^\d{1,19}$/), z.string()]).rest(z.unknown())),
      }),
    ),
  }),
})
const LabelNames = z.object({ data: z.array(z.string()).optional() })
const Series = z.object({ data: z.array(Labels).optional() })

/** Loki's own default for the lines of an answer (`max_entries_limit_per_query`). */
const pageLines = 5_000
/** A page of long lines is asked for again with fewer; below this it is not divided. */
const leastPageLines = 20

/** Throws LOG_ENGINE_UNAVAILABLE for what is not Loki. */
export const labelNames = async (ask: Ask, range: EngineRange, signal: AbortSignal): Promise<string[]> =>
  read(LabelNames, await ask('/loki/api/v1/labels', nanoseconds(range), signal)).data ?? []

/** The label sets of streams that had lines in the range. Throws LOG_ENGINE_UNAVAILABLE, LOG_ENGINE_REFUSED. */
export async function seriesOf(
  ask: Ask,
  selector: string,
  range: EngineRange,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>[]> {
  const query = { 'match[]': selector, ...nanoseconds(range) }
  return read(Series, await ask('/loki/api/v1/series', query, signal)).data ?? []
}

/** In nanoseconds since 1970, from the first up to the second, without the second. */
export interface NsRange {
  readonly fromNs: bigint
  readonly toNs: bigint
}

export type Direction = 'forward' | 'backward'

/** What Loki has of a range, from its beginning in this direction. */
export interface Page {
  /** The oldest first. */
  readonly entries: readonly Entry[]
  /** What of the range is left; undefined for nothing. */
  readonly rest: NsRange | undefined
}

/** Reads lines page by page, and remembers how many of them this Loki gives at once. */
export class LokiPages {
  readonly #ask: Ask
  #most = pageLines

  constructor(ask: Ask) {
    this.#ask = ask
  }

  /**
   * One page of the lines that a query chooses, of `limit` lines at most. Of the last nanosecond of a full page nothing is given:
   * further lines of it can be left, and it is part of the rest. Throws LOG_ENGINE_UNAVAILABLE, LOG_ENGINE_REFUSED.
   */
  async read(
    logql: string,
    { fromNs, toNs }: NsRange,
    { direction, limit: wanted = pageLines }: { readonly direction: Direction; readonly limit?: number },
    signal: AbortSignal,
  ): Promise<Page> {
    for (let limit = Math.min(wanted, this.#most); ; ) {
      const query = { query: logql, start: String(fromNs), end: String(toNs), limit, direction }
      const answer = await this.#ask('/loki/api/v1/query_range', query, signal).catch((error: unknown) => {
        if (!isTooLarge(error) || limit / 2 < leastPageLines) throw error
        return undefined
      })
      if (answer === undefined) {
        limit = Math.floor(limit / 2)
        this.#most = limit
        continue
      }
      const page = entriesOf(read(Lines, answer))
      if (page.length < limit) return { entries: page, rest: undefined }
      const isForward = direction === 'forward'
      const edge = page.at(isForward ? -1 : 0)?.ns ?? fromNs
      const entries = page.filter(({ ns }) => ns !== edge)
      if (entries.length > 0) return { entries, rest: isForward ? { fromNs: edge, toNs } : { fromNs, toNs: edge + 1n } }
      if (limit === this.#most)
        throw new Problem(
          'LOG_ENGINE_REFUSED',
          `Loki has more than ${limit} lines of one nanosecond, and gives no more at once.`,
        )
      limit = this.#most
    }
  }
}

/** All lines of the streams that the selector chooses, page by page, the oldest first. Throws as `LokiPages`. */
export async function* linesOf(
  pages: LokiPages,
  selector: string,
  range: NsRange,
  signal: AbortSignal,
): AsyncGenerator<readonly Entry[]> {
  let rest: NsRange | undefined = range
  while (rest !== undefined) {
    const page: Page = await pages.read(selector, rest, { direction: 'forward' }, signal)
    if (page.entries.length > 0) yield page.entries
    rest = page.rest
  }
}

/** Pure. */
export const nsRange = ({ fromMs, toMs }: EngineRange): NsRange => ({ fromNs: nsOf(fromMs), toNs: nsOf(toMs) })

/** Pure. */
const nsOf = (ms: number): bigint => BigInt(Math.trunc(ms)) * 1_000_000n

/** The longest answer that is read has a limit, and so has Loki's page. */
const isTooLarge = (error: unknown): boolean =>
  error instanceof Problem &&
  (error.code === 'ANSWER_TOO_LARGE' || /max entries limit|received message larger than max/.test(error.evidence))

function entriesOf({ data }: z.infer<typeof Lines>): Entry[] {
  return data.result
    .flatMap(({ stream: labels, values }) => values.map(([ns, line]): Entry => ({ ns: BigInt(ns), line, labels })))
    .sort((a, b) => (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0))
}

/** A value in a label matcher of LogQL: a Go string. Pure. */
export const quoted = (value: string): string => JSON.stringify(value)

const nanoseconds = ({ fromMs, toMs }: EngineRange): { start: string; end: string } => ({
  start: `${fromMs}000000`,
  end: `${toMs}000000`,
})

function read<Shape extends z.ZodType>(shape: Shape, answer: unknown): z.infer<Shape> {
  const parsed = shape.safeParse(answer)
  if (parsed.success) return parsed.data
  throw new Problem(
    'LOG_ENGINE_UNAVAILABLE',
    'The service does not answer as Loki does.',
    JSON.stringify(answer)?.slice(0, 300) ?? '',
  )
}
