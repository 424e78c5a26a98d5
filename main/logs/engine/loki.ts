import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'
import type { Requirement } from '../query/requirement.ts'
import {
  type EngineLines,
  type EngineRange,
  type Entry,
  type LineFilter,
  type NsRange,
  type OpenEngine,
  type Origin,
  originKey,
  type Page,
  type PageRequest,
  pageLines,
} from './engine.ts'
import { lineFilterOf, type OriginLabels, selectorOf, streamSelector } from './logql.ts'

/** Asks Loki's HTTP API, such as `/loki/api/v1/labels`; the answer is JSON. Throws LOG_ENGINE_UNAVAILABLE, LOG_ENGINE_REFUSED. */
export type Ask = (
  path: string,
  query: Readonly<Record<string, string | number>>,
  signal: AbortSignal,
) => Promise<unknown>

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

/** A page of long lines is asked for again with fewer; below this it is not divided. */
const leastPageLines = 20

/** Promtail and Alloy; OpenTelemetry (https://grafana.com/docs/loki/latest/send-data/otel/); Fluent Bit. */
const conventions: readonly OriginLabels[] = [
  { namespace: 'namespace', pod: 'pod', container: 'container' },
  { namespace: 'k8s_namespace_name', pod: 'k8s_pod_name', container: 'k8s_container_name' },
  { namespace: 'namespace_name', pod: 'pod_name', container: 'container_name' },
  { namespace: 'kubernetes_namespace_name', pod: 'kubernetes_pod_name', container: 'kubernetes_container_name' },
]

/** Undefined where Loki has none of the usual labels. Pure. */
export const originLabels = (names: readonly string[]): OriginLabels | undefined =>
  conventions.find((labels) => Object.values(labels).every((label) => names.includes(label)))

/** What a Loki has. Throws as `OpenEngine`. */
export const openLoki =
  (ask: Ask): OpenEngine =>
  async (namespaces, range, signal) => {
    const found = await labelNames(ask, range, signal)
    const names = originLabels(found)
    if (names === undefined) {
      if (found.length === 0) return undefined
      throw new Problem(
        'LOG_ENGINE_UNAVAILABLE',
        'The log engine does not label its lines with namespace, pod and container.',
        `Its labels: ${found.slice(0, 50).join(', ')}`,
      )
    }
    const origins = new Map<string, Origin>()
    for (const namespace of namespaces)
      for (const labels of await seriesOf(ask, selectorOf({ [names.namespace]: namespace }), range, signal)) {
        const origin = originOf(labels, names)
        origins.set(originKey(origin), origin)
      }
    return new LokiLines(ask, names, [...origins.values()])
  }

/** Throws LOG_ENGINE_UNAVAILABLE for what is not Loki. */
const labelNames = async (ask: Ask, range: EngineRange, signal: AbortSignal): Promise<string[]> =>
  read(LabelNames, await ask('/loki/api/v1/labels', nanoseconds(range), signal)).data ?? []

/** The label sets of streams that had lines in the range. Throws LOG_ENGINE_UNAVAILABLE, LOG_ENGINE_REFUSED. */
async function seriesOf(
  ask: Ask,
  selector: string,
  range: EngineRange,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>[]> {
  const query = { 'match[]': selector, ...nanoseconds(range) }
  return read(Series, await ask('/loki/api/v1/series', query, signal)).data ?? []
}

class LokiLines implements EngineLines {
  readonly origins: readonly Origin[]
  readonly resolutionNs = 1n
  /** Measured: Loki v3.5.0 does not keep the order of lines of one nanosecond. */
  readonly keepsOrder = false
  readonly #ask: Ask
  readonly #names: OriginLabels
  /** How many lines this Loki gives at once. */
  #most = pageLines

  constructor(ask: Ask, names: OriginLabels, origins: readonly Origin[]) {
    this.#ask = ask
    this.#names = names
    this.origins = origins
  }

  async filterFor(requirement: Requirement): Promise<LineFilter | undefined> {
    const expression = lineFilterOf(requirement)
    return expression === undefined ? undefined : { expression }
  }

  /** Of the last nanosecond of a full page nothing is given: further lines of it can be left, and it is part of the rest. */
  async page(
    { containers, filter, direction, limit: wanted = pageLines }: PageRequest,
    { fromNs, toNs }: NsRange,
    signal: AbortSignal,
  ): Promise<Page> {
    const selector = streamSelector(this.#names, containers)
    const logql = filter === undefined ? selector : `${selector} ${filter.expression}`
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
      const page = entriesOf(read(Lines, answer), this.#names)
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

/** The longest answer that is read has a limit, and so has Loki's page. */
const isTooLarge = (error: unknown): boolean =>
  error instanceof Problem &&
  (error.code === 'ANSWER_TOO_LARGE' || /max entries limit|received message larger than max/.test(error.evidence))

function entriesOf({ data }: z.infer<typeof Lines>, names: OriginLabels): Entry[] {
  return data.result
    .flatMap(({ stream, values }) => {
      const origin = originOf(stream, names)
      return values.map(([ns, line]): Entry => ({ ns: BigInt(ns), line, origin }))
    })
    .sort((a, b) => (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0))
}

/** Pure. */
const originOf = (labels: Readonly<Record<string, string>>, names: OriginLabels): Origin => ({
  namespace: labels[names.namespace] ?? '',
  pod: labels[names.pod] ?? '',
  container: labels[names.container] ?? '',
})

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
