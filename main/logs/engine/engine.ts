import type { Requirement } from '../query/requirement.ts'

/** What a line is from. */
export interface Origin {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

/** A line as an engine has it. Its time is that of the container's runtime, in ns since 1970. */
export interface Entry {
  readonly ns: bigint
  readonly line: string
  readonly origin: Origin
}

/** From the first up to the second, without the second. */
export interface EngineRange {
  readonly fromMs: number
  readonly toMs: number
}

/** In nanoseconds since 1970, from the first up to the second, without the second. */
export interface NsRange {
  readonly fromNs: bigint
  readonly toNs: bigint
}

export type Direction = 'forward' | 'backward'

/** What an engine has of a range, from its beginning in this direction. */
export interface Page {
  /** The oldest first. All that the engine has of each time. */
  readonly entries: readonly Entry[]
  /** What of the range is left; undefined for nothing. */
  readonly rest: NsRange | undefined
}

/** Chooses lines; what it is made of is the engine's own. */
export type LineFilter = { readonly expression: unknown }

export interface PageRequest {
  readonly containers: readonly Origin[]
  /** Undefined: all lines. */
  readonly filter?: LineFilter | undefined
  readonly direction: Direction
  /** Lines at most. Further ones of the last time can come with them. */
  readonly limit?: number
}

/** What an engine has of some namespaces in a range of time. Each method throws LOG_ENGINE_UNAVAILABLE, LOG_ENGINE_REFUSED. */
export interface EngineLines {
  /** The containers that have lines. */
  readonly origins: readonly Origin[]
  /** Times of lines are multiples of it. */
  readonly resolutionNs: bigint
  /** Whether lines of one time and container come in the order in which they were written. */
  readonly keepsOrder: boolean
  /**
   * Chooses lines such that each record that fulfils the requirement has one of them. Undefined where any line can be of such a
   * record, or the engine cannot choose.
   */
  filterFor(requirement: Requirement, signal: AbortSignal): Promise<LineFilter | undefined>
  /** One page of the lines of these containers; those of others can be among them. */
  page(request: PageRequest, range: NsRange, signal: AbortSignal): Promise<Page>
}

/** Undefined where the engine has no line at all. Throws LOG_ENGINE_UNAVAILABLE, LOG_ENGINE_REFUSED. */
export type OpenEngine = (
  namespaces: readonly string[],
  range: EngineRange,
  signal: AbortSignal,
) => Promise<EngineLines | undefined>

/** Lines in a page, where the engine permits as many. */
export const pageLines = 5_000

/** All lines of a container, page by page, the oldest first. Throws as `EngineLines`. */
export async function* linesOf(
  lines: EngineLines,
  container: Origin,
  range: NsRange,
  signal: AbortSignal,
): AsyncGenerator<readonly Entry[]> {
  const request: PageRequest = { containers: [container], direction: 'forward' }
  let rest: NsRange | undefined = range
  while (rest !== undefined) {
    const page: Page = await lines.page(request, rest, signal)
    const own = page.entries.filter(({ origin }) => originKey(origin) === originKey(container))
    if (own.length > 0) yield own
    rest = page.rest
  }
}

/** As `NAMESPACE/POD/CONTAINER`: none of them has a slash. Pure. */
export const originKey = ({ namespace, pod, container }: Origin): string => `${namespace}/${pod}/${container}`

/** Pure. */
export const nsRange = ({ fromMs, toMs }: EngineRange): NsRange => ({ fromNs: nsOf(fromMs), toNs: nsOf(toMs) })

/** Pure. */
const nsOf = (ms: number): bigint => BigInt(Math.trunc(ms)) * 1_000_000n
