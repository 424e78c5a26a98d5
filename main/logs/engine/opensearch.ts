import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'
import type { Requirement } from '../query/requirement.ts'
import {
  type Direction,
  type EngineLines,
  type EngineRange,
  type Entry,
  type LineFilter,
  type NsRange,
  type OpenEngine,
  type Origin,
  type Page,
  type PageRequest,
  pageLines,
} from './engine.ts'
import {
  type FieldsByName,
  type Layout,
  layoutFields,
  layoutOf,
  lineIn,
  originIn,
  valueAt,
} from './opensearch-layout.ts'
import { type Dsl, documentsOf, textFilterOf, timeRange } from './opensearch-query.ts'

/** A request of OpenSearch's HTTP API; with a body too it is a GET, for which the permission `get` is enough. */
export interface OpenSearchRequest {
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: Dsl
}

/** The answer is JSON. Throws LOG_ENGINE_UNAVAILABLE, LOG_ENGINE_REFUSED. */
export type AskOpenSearch = (request: OpenSearchRequest, signal: AbortSignal) => Promise<unknown>

const FieldCapabilities = z.object({
  indices: z.array(z.string()),
  fields: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({ searchable: z.boolean(), aggregatable: z.boolean(), indices: z.array(z.string()).optional() }),
    ),
  ),
})
/** What every search says of itself. */
const Completeness = z.object({
  timed_out: z.boolean().optional(),
  _shards: z.object({ total: z.int(), successful: z.int(), failures: z.unknown().optional() }),
})
const Hit = z.object({
  _source: z.record(z.string(), z.unknown()),
  fields: z.record(z.string(), z.array(z.unknown())),
  sort: z.array(z.unknown()),
})
const Hits = z.object({
  hits: z.object({ hits: z.array(Hit) }).optional(),
})
const Containers = z.object({
  aggregations: z.object({
    containers: z.object({
      after_key: z.record(z.string(), z.unknown()).optional(),
      buckets: z.array(z.object({ key: z.object({ namespace: z.string(), pod: z.string(), container: z.string() }) })),
    }),
  }),
})
const FieldMappings = z.record(
  z.string(),
  z.object({ mappings: z.record(z.string(), z.object({ mapping: z.record(z.string(), z.looseObject({})) })) }),
)
const Settings = z.record(z.string(), z.unknown())

/** OpenSearch's own default for what one answer may have (`index.max_result_window`). */
const windowLines = 10_000
/** A page of long lines is asked for again with fewer; below this it is not divided. */
const leastPageLines = 20
/** Of one millisecond: they are read at once. */
const tieLines = 100_000
const bucketsAtOnce = 1_000
const containersLimit = 50_000
/** OpenSearch gives up before the request does. */
const searchTimeout = '50s'
const nsPerMs = 1_000_000n

/** What the indices of a pattern have. Throws as `OpenEngine`. */
export const openOpenSearch =
  (ask: AskOpenSearch, index: string): OpenEngine =>
  async (namespaces, range, signal) => {
    const path = `/${index.split(',').map(encodeURIComponent).join(',')}`
    const query = { fields: layoutFields.join(',') }
    const { indices, fields } = read(FieldCapabilities, await ask({ path: `${path}/_field_caps`, query }, signal))
    if (indices.length === 0)
      throw new Problem('LOG_ENGINE_REFUSED', `OpenSearch has no index ${index}. Name those of the logs: --index.`)
    // A new index has no documents, and no fields.
    if (Object.keys(fields).length === 0) return undefined
    const layout = layoutOf(fields satisfies FieldsByName)
    const search = new Search(ask, path)
    const origins = await originsOf(search, layout, namespaces, range, signal)
    return origins.length === 0 ? undefined : new OpenSearchLines(search, layout, origins)
  }

/** Asks for documents, and takes no answer that leaves any out. */
class Search {
  readonly #ask: AskOpenSearch
  readonly #path: string

  constructor(ask: AskOpenSearch, path: string) {
    this.#ask = ask
    this.#path = path
  }

  async of<Answer>(shape: z.ZodType<Answer>, body: Dsl, signal: AbortSignal): Promise<Answer> {
    const request = {
      path: `${this.#path}/_search`,
      query: { allow_partial_search_results: false },
      body: { ...body, timeout: searchTimeout, track_total_hits: false },
    }
    const answer = await this.#ask(request, signal)
    const { timed_out: isCut, _shards: shards } = read(Completeness, answer)
    if (isCut === true)
      throw new Problem(
        'LOG_ENGINE_REFUSED',
        'OpenSearch did not finish the search in time. Choose a shorter time range, a source or a pod.',
        'The search timed out (timed_out), and its answer is not complete.',
      )
    // Shards without a node are in neither `failed` nor `successful`.
    if (shards.successful < shards.total)
      throw new Problem(
        'LOG_ENGINE_REFUSED',
        `OpenSearch could not read ${shards.total - shards.successful} of ${shards.total} shards, so lines would be missing.`,
        JSON.stringify(shards.failures ?? null).slice(0, 1_000),
      )
    return read(shape, answer)
  }

  get(path: string, query: OpenSearchRequest['query'], signal: AbortSignal): Promise<unknown> {
    return this.#ask({ path: `${this.#path}${path}`, query }, signal)
  }
}

async function originsOf(
  search: Search,
  { exact, time }: Layout,
  namespaces: readonly string[],
  { fromMs, toMs }: EngineRange,
  signal: AbortSignal,
): Promise<readonly Origin[]> {
  const sources = Object.entries(exact).map(([name, field]) => ({ [name]: { terms: { field } } }))
  const query = { bool: { filter: [timeRange(time, fromMs, toMs), { terms: { [exact.namespace]: namespaces } }] } }
  const origins: Origin[] = []
  for (let after: Dsl | undefined; ; ) {
    const composite = { size: bucketsAtOnce, sources, ...(after !== undefined && { after }) }
    const body = { size: 0, query, aggs: { containers: { composite } } }
    const { containers } = (await search.of(Containers, body, signal)).aggregations
    origins.push(...containers.buckets.map(({ key }) => key))
    after = containers.after_key
    if (after === undefined || containers.buckets.length < bucketsAtOnce) return origins
    if (origins.length >= containersLimit)
      throw new Problem(
        'LOG_ENGINE_REFUSED',
        `OpenSearch has lines of more than ${containersLimit} containers. Choose a shorter time range.`,
      )
  }
}

/** A document as a line. `order` is of its writing, within a millisecond. */
interface Document {
  readonly atMs: number
  readonly nsInMs: number
  readonly sequence: number
  readonly entry: Entry
}

class OpenSearchLines implements EngineLines {
  readonly origins: readonly Origin[]
  /** Collectors write milliseconds as a rule, and a `date` keeps no more. */
  readonly resolutionNs = nsPerMs
  readonly keepsOrder = true
  readonly #search: Search
  readonly #layout: Layout
  /** How many documents this OpenSearch gives at once. */
  #most = windowLines

  constructor(search: Search, layout: Layout, origins: readonly Origin[]) {
    this.#search = search
    this.#layout = layout
    this.origins = origins
  }

  async filterFor(requirement: Requirement, signal: AbortSignal): Promise<LineFilter | undefined> {
    const expression = this.#layout.isTextSearchable ? textFilterOf(requirement, this.#layout) : undefined
    if (expression === undefined) return undefined
    const canChoose = (await this.#keepsLetters(signal)) && (await this.#permitsWildcards(signal))
    return canChoose ? { expression } : undefined
  }

  /** Whether the text is indexed whole, or with the standard analyzer as it is. Users who may only search cannot ask. */
  async #keepsLetters(signal: AbortSignal): Promise<boolean> {
    const { text } = this.#layout
    try {
      const [mappings, settings] = await Promise.all([
        this.#search.get(`/_mapping/field/${encodeURIComponent(text)}`, {}, signal),
        this.#search.get('/_settings/index.analysis.*', { flat_settings: true }, signal),
      ])
      const isPlain = Object.values(read(FieldMappings, mappings))
        .flatMap((index) => Object.values(index.mappings))
        .every(({ mapping }) => Object.values(mapping).every(keepsLetters))
      return isPlain && Object.keys(read(Settings, settings)).length === 0
    } catch (error) {
      if (error instanceof Problem && error.code === 'LOG_ENGINE_REFUSED') return false
      throw error
    }
  }

  /**
   * `search.allow_expensive_queries` can forbid the search within words. A cheap one shows it, without a range of time: where nothing
   * is in the range, OpenSearch does not get as far.
   */
  async #permitsWildcards(signal: AbortSignal): Promise<boolean> {
    try {
      const query = { wildcard: { [this.#layout.text]: { value: 'hangar?' } } }
      await this.#search.of(Hits, { size: 0, terminate_after: 1, query }, signal)
      return true
    } catch (error) {
      if (error instanceof Problem && /expensive/.test(error.evidence)) return false
      throw error
    }
  }

  /** Of the last millisecond of a full page nothing is given: further lines of it can be left, and it is part of the rest. */
  async page(
    { containers, filter, direction, limit: wanted = pageLines }: PageRequest,
    { fromNs, toNs }: NsRange,
    signal: AbortSignal,
  ): Promise<Page> {
    const range = { fromMs: Number(fromNs / nsPerMs), toMs: Number((toNs + nsPerMs - 1n) / nsPerMs) }
    const order = direction === 'forward' ? 'asc' : 'desc'
    const { documents, isFull } = await this.#documents(
      this.#queryOf(containers, filter, range),
      [{ [this.#layout.time]: order }, { _seq_no: order }],
      wanted,
      signal,
    )
    if (!isFull) return { entries: inOrder(documents), rest: undefined }
    const edgeMs = documents.at(-1)?.atMs ?? range.fromMs
    const before = documents.filter(({ atMs }) => atMs !== edgeMs)
    if (before.length > 0) return { entries: inOrder(before), rest: restFrom(edgeMs, range, direction) }
    const all = await this.#ofMillisecond(
      this.#queryOf(containers, filter, { fromMs: edgeMs, toMs: edgeMs + 1 }),
      signal,
    )
    const next = direction === 'forward' ? edgeMs + 1 : edgeMs - 1
    return { entries: inOrder(all), rest: restFrom(next, range, direction) }
  }

  #queryOf(containers: readonly Origin[], filter: LineFilter | undefined, range: EngineRange): readonly unknown[] {
    const documents = documentsOf(this.#layout, containers, range)
    return filter === undefined ? documents : [...documents, filter.expression]
  }

  /**
   * Further pages by the number that a document has in its shard: documents of several shards can have the same one, and they come
   * together. A point in time is not needed, for which the permission `create` would be.
   */
  async #ofMillisecond(query: readonly unknown[], signal: AbortSignal): Promise<Document[]> {
    const all: Document[] = []
    for (let from = 0; ; ) {
      const filter = [...query, { range: { _seq_no: { gte: from } } }]
      const { documents, isFull } = await this.#documents(filter, [{ _seq_no: 'asc' }], windowLines, signal)
      if (!isFull) return [...all, ...documents]
      const edge = documents.at(-1)?.sequence ?? from
      all.push(...documents.filter(({ sequence }) => sequence !== edge))
      if (edge === from || all.length > tieLines)
        throw new Problem(
          'LOG_ENGINE_REFUSED',
          `OpenSearch has more than ${all.length} lines of one millisecond: more than can be put in order.`,
        )
      from = edge
    }
  }

  async #documents(
    filter: readonly unknown[],
    sort: readonly Dsl[],
    wanted: number,
    signal: AbortSignal,
  ): Promise<{ readonly documents: Document[]; readonly isFull: boolean }> {
    const { time } = this.#layout
    for (let size = Math.min(wanted, this.#most); ; ) {
      const body = {
        size,
        query: { bool: { filter } },
        sort,
        docvalue_fields: [{ field: time, format: 'strict_date_optional_time_nanos' }],
        _source: { excludes: ['kubernetes.labels', 'kubernetes.annotations'] },
      }
      const answer = await this.#search.of(Hits, body, signal).catch((error: unknown) => {
        if (!isTooLarge(error) || size / 2 < leastPageLines) throw error
        return undefined
      })
      if (answer !== undefined) {
        const hits = answer.hits?.hits ?? []
        return { documents: hits.map((hit) => documentOf(hit, this.#layout)), isFull: hits.length >= size }
      }
      size = Math.floor(size / 2)
      this.#most = size
    }
  }
}

/** Of a text field's mapping: whether all letters and digits of a text are in its words. Pure. */
function keepsLetters(field: Readonly<Record<string, unknown>>): boolean {
  if (field.type === 'wildcard' || field.type === 'keyword') return field.normalizer === undefined
  return ['analyzer', 'search_analyzer'].every((name) => field[name] === undefined || field[name] === 'standard')
}

function restFrom(ms: number, { fromMs, toMs }: EngineRange, direction: Direction): NsRange | undefined {
  const rest = direction === 'forward' ? { fromMs: ms, toMs } : { fromMs, toMs: ms + 1 }
  if (rest.fromMs >= rest.toMs) return undefined
  return { fromNs: BigInt(rest.fromMs) * nsPerMs, toNs: BigInt(rest.toMs) * nsPerMs }
}

/** In the order of their writing: by a finer time where the document has one, else as the index took them. Pure. */
const inOrder = (documents: readonly Document[]): Entry[] =>
  documents
    .toSorted((a, b) => a.atMs - b.atMs || a.nsInMs - b.nsInMs || a.sequence - b.sequence)
    .map(({ entry }) => entry)

function documentOf({ _source: source, fields, sort }: z.infer<typeof Hit>, layout: Layout): Document {
  const time = fields[layout.time]?.[0]
  const sequence = sort.at(-1)
  const atMs = typeof time === 'string' ? Date.parse(time) : Number.NaN
  const origin = originIn(source, layout)
  if (typeof time !== 'string' || !Number.isSafeInteger(atMs) || typeof sequence !== 'number' || origin === undefined)
    throw new Problem(
      'LOG_ENGINE_UNAVAILABLE',
      'OpenSearch gives a document without a time, or without what it is from.',
      JSON.stringify(source).slice(0, 300),
    )
  const nsInMs = nanosecondsOf(time) || nanosecondsOf(valueAt(source, layout.time))
  const entry: Entry = { ns: BigInt(atMs) * nsPerMs, line: lineIn(source, layout), origin }
  return { atMs, nsInMs, sequence, entry }
}

/** Within its millisecond. */
function nanosecondsOf(time: unknown): number {
  const [, digits] = typeof time === 'string' ? (/\.\d{3}(\d{1,6})/.exec(time) ?? []) : []
  return digits === undefined ? 0 : Number(digits.padEnd(6, '0'))
}

/** The longest answer that is read has a limit, and so have the index's window and the server's memory. */
const isTooLarge = (error: unknown): boolean =>
  error instanceof Problem &&
  (error.code === 'ANSWER_TOO_LARGE' || /Result window is too large|circuit_breaking_exception/.test(error.evidence))

function read<Answer>(shape: z.ZodType<Answer>, answer: unknown): Answer {
  const parsed = shape.safeParse(answer)
  if (parsed.success) return parsed.data
  throw new Problem(
    'LOG_ENGINE_UNAVAILABLE',
    'The service does not answer as OpenSearch does.',
    JSON.stringify(answer)?.slice(0, 300) ?? '',
  )
}
