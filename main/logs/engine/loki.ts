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
  /** Tells the streams of a container apart, such as stdout and stderr. */
  readonly stream: string
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

/**
 * All lines of the streams that the selector chooses, page by page, the oldest first. Lines of one nanosecond are given once
 * although a page can end among them. Throws LOG_ENGINE_UNAVAILABLE, LOG_ENGINE_REFUSED.
 */
export async function* linesOf(
  ask: Ask,
  selector: string,
  range: EngineRange,
  signal: AbortSignal,
): AsyncGenerator<readonly Entry[]> {
  const { start, end } = nanoseconds(range)
  let from = BigInt(start)
  /** What was given of the time `from`. */
  let given: readonly Entry[] = []
  let limit = pageLines
  for (;;) {
    const query = { query: selector, start: String(from), end, limit, direction: 'forward' }
    const answer = await ask('/loki/api/v1/query_range', query, signal).catch((error: unknown) => {
      if (!isTooLarge(error) || limit / 2 < leastPageLines) throw error
      return undefined
    })
    if (answer === undefined) {
      limit = Math.floor(limit / 2)
      continue
    }
    const page = entriesOf(read(Lines, answer))
    const added = without(page, given)
    if (added.length > 0) yield added
    if (page.length < limit) return
    const last = page.at(-1)?.ns ?? from
    if (added.length === 0)
      throw new Problem(
        'LOG_ENGINE_REFUSED',
        `Loki has more than ${limit} lines of one nanosecond, and gives no more at once.`,
      )
    given = page.filter(({ ns }) => ns === last)
    from = last
  }
}

/** The longest answer that is read has a limit, and so has Loki's page. */
const isTooLarge = (error: unknown): boolean =>
  error instanceof Problem &&
  (error.code === 'ANSWER_TOO_LARGE' || /max entries limit|received message larger than max/.test(error.evidence))

function entriesOf({ data }: z.infer<typeof Lines>): Entry[] {
  return data.result
    .flatMap(({ stream, values }) => {
      const name = JSON.stringify(stream)
      return values.map(([ns, line]): Entry => ({ ns: BigInt(ns), line, stream: name }))
    })
    .sort((a, b) => (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0))
}

/** The page without as many of its first entries as were given before. */
function without(page: readonly Entry[], given: readonly Entry[]): readonly Entry[] {
  if (given.length === 0) return page
  const left = new Map<string, number>()
  const keyOf = ({ ns, line, stream }: Entry): string => `${ns} ${stream} ${line}`
  for (const entry of given) left.set(keyOf(entry), (left.get(keyOf(entry)) ?? 0) + 1)
  const givenNs = given[0]?.ns
  return page.filter((entry) => {
    if (entry.ns !== givenNs) return true
    const count = left.get(keyOf(entry)) ?? 0
    left.set(keyOf(entry), count - 1)
    return count <= 0
  })
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
