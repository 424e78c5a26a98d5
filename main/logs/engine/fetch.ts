import { createHash } from 'node:crypto'
import type { EngineFetchEvent } from '../../../preload/contract/logs.ts'
import { Problem, reportProblem } from '../../../preload/contract/problem.ts'
import { Importer, readPosition } from '../import/importer.ts'
import { PackPool } from '../import/pack-pool.ts'
import { splitLog } from '../import/split-log.ts'
import type { LogStore } from '../store/store.ts'
import { assignContainers, type EngineContainer, type EngineSources, namespacesOf } from './containers.ts'
import {
  type EngineLines,
  type EngineRange,
  type Entry,
  linesOf,
  nsRange,
  type OpenEngine,
  originKey,
} from './engine.ts'

export interface FetchInput extends EngineRange, EngineSources {
  /** Names the engine in the store's marks. */
  readonly engine: string
}

type Store = Pick<LogStore, 'mark' | 'appendBlocks' | 'search'>

const dayMs = 86_400_000
/** A line arrives in the engine this much later at most. A part that ended longer ago is not asked for again. */
const arrivalMs = 10 * 60_000
/** A line's own time differs from the time at which the runtime read it by this much at most, in what is compared. */
const clockMs = 5 * 60_000
const progressMs = 250

type Done = Extract<EngineFetchEvent, { kind: 'done' }>

/** After so many parts that the engine refuses one after the other, the fetch ends: it would refuse the others too. */
const refusedInARow = 3

/**
 * Stores what an engine has of the sources' containers in a range of time, container by container and day by day, in the order
 * of the lines. What the store has already is not stored again, so a call that was interrupted continues. A part that the engine
 * refuses is named at the end. Throws LOG_ENGINE_UNAVAILABLE, LOG_ENGINE_REFUSED where it refuses all of them, what the store
 * throws, and the abort reason: what is stored stays.
 */
export async function* fetchLogs(
  input: FetchInput,
  open: OpenEngine,
  store: Store,
  signal: AbortSignal,
): AsyncGenerator<EngineFetchEvent> {
  const lines = await open(namespacesOf(input.sources), input, signal)
  const { containers, others } = assignContainers(lines?.origins ?? [], input)
  const parts = containers.flatMap((container) => daysOf(input).map((range) => ({ container, range })))
  const failed: Done['failed'] = []
  let [done, records, known, refused] = [0, 0, 0, 0]
  const counts = () => ({ parts: done, totalParts: parts.length, records, known })
  yield { kind: 'progress', ...counts() }
  const pool = new PackPool()
  try {
    for (const { container, range } of parts) {
      if (lines === undefined) break
      let shownMs = performance.now()
      const [recordsBefore, knownBefore] = [records, known]
      try {
        for await (const read of fetchPart(input.engine, container, range, { lines, store, pool }, signal)) {
          records = recordsBefore + read.records
          known = knownBefore + read.known
          if (performance.now() - shownMs < progressMs) continue
          shownMs = performance.now()
          yield { kind: 'progress', ...counts() }
        }
        done += 1
        refused = 0
      } catch (error) {
        refused += 1
        failed.push(failedPart(container, range, error))
        if (!isRefusal(error) || refused >= refusedInARow || failed.length === parts.length) throw error
      }
      yield { kind: 'progress', ...counts() }
    }
  } finally {
    await pool.close()
  }
  const withLines = new Set(containers.map(({ source }) => source.id))
  const withoutLines = input.sources.map(({ id }) => id).filter((id) => !withLines.has(id))
  const oldest = await oldestStored(store, input, signal)
  yield { kind: 'done', ...counts(), others: [...others], withoutLines, failed, oldest }
}

const isRefusal = (error: unknown): boolean => error instanceof Problem && error.code === 'LOG_ENGINE_REFUSED'

/** Pure. */
const failedPart = (from: EngineContainer, { fromMs, toMs }: EngineRange, error: unknown): Done['failed'][number] => ({
  container: originKey(from),
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
  problem: reportProblem(error),
})

/** The time of the first line of the sources in the range that is stored, collected ones among them; null without any. */
async function oldestStored(
  store: Store,
  { sources, fromMs, toMs }: FetchInput,
  signal: AbortSignal,
): Promise<string | null> {
  const query = {
    planeId: '',
    sources: sources.map(({ id }) => id),
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    order: 'oldest' as const,
    limit: 1,
  }
  for await (const found of store.search(query, signal))
    if (found.kind === 'records' && found.records[0] !== undefined) return found.records[0].at
  return null
}

/** The days of UTC that the range touches, each as far as it is in the range. Pure. */
export function daysOf({ fromMs, toMs }: EngineRange): EngineRange[] {
  const days: EngineRange[] = []
  for (let from = fromMs; from < toMs; ) {
    const to = Math.min(toMs, (Math.floor(from / dayMs) + 1) * dayMs)
    days.push({ fromMs: from, toMs: to })
    from = to
  }
  return days
}

interface Counts {
  readonly records: number
  readonly known: number
}

async function* fetchPart(
  engine: string,
  from: EngineContainer,
  range: EngineRange,
  { lines, store, pool }: { readonly lines: EngineLines; readonly store: Store; readonly pool: PackPool },
  signal: AbortSignal,
): AsyncGenerator<Counts> {
  const { source, pod, container } = from
  const askedMs = Date.now()
  const isSettled = askedMs - range.toMs >= arrivalMs
  const name = `engine:${JSON.stringify([engine, source.id, originKey(from), range.fromMs, range.toMs, isSettled ? 0 : askedMs])}`
  if (isSettled && readPosition(store.mark(name)).isDone) return
  const origin = { source: source.id, pod, container, parser: source.format }
  const known = await KnownRecords.of(store, origin, range, signal)
  const ports = {
    store: store.appendBlocks.bind(store),
    pack: pool.pack.bind(pool),
    isKnown: known.take.bind(known),
  }
  const importer = new Importer(name, readPosition(undefined), ports, signal)
  importer.begin(origin, range.fromMs)
  for await (const batch of splitLog(stampedLines(lines, from, range, signal), {
    format: source.format,
    kubelet: true,
  })) {
    await importer.add(batch)
    yield { records: importer.records, known: known.taken }
  }
  await importer.end()
  yield { records: importer.records, known: known.taken }
}

/** The lines of a container as the kubelet gives them: each with its time. */
async function* stampedLines(
  lines: EngineLines,
  container: EngineContainer,
  range: EngineRange,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  for await (const entries of linesOf(lines, container, nsRange(range), signal))
    yield Buffer.from(entries.map(stamped).join(''))
}

/** An engine can keep an event of several lines as one. Pure. */
export function stamped({ ns, line }: Entry): string {
  const second = new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19)
  const time = `${second}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`
  return line
    .replace(/\n$/, '')
    .split('\n')
    .map((each) => `${time} ${each}\n`)
    .join('')
}

/** Records of a container that the store has already, with how often. */
class KnownRecords {
  readonly #left = new Map<string, number>()
  taken = 0

  static async of(
    store: Store,
    { source, pod, container }: { readonly source: string; readonly pod: string; readonly container: string },
    { fromMs, toMs }: EngineRange,
    signal: AbortSignal,
  ): Promise<KnownRecords> {
    const known = new KnownRecords()
    const query = {
      planeId: '',
      sources: [source],
      pods: [pod],
      containers: [container],
      from: new Date(fromMs - clockMs).toISOString(),
      to: new Date(toMs + clockMs).toISOString(),
      order: 'oldest' as const,
      limit: Number.MAX_SAFE_INTEGER,
    }
    for await (const found of store.search(query, signal)) {
      if (found.kind !== 'records') continue
      for (const { at, raw } of found.records) known.#add(Date.parse(at), Buffer.from(raw))
    }
    return known
  }

  #add(atMs: number, raw: Uint8Array): void {
    const key = keyOf(atMs, raw)
    this.#left.set(key, (this.#left.get(key) ?? 0) + 1)
  }

  /** Whether the store has this record; each of its own counts once. */
  take(atMs: number, raw: Uint8Array): boolean {
    if (this.#left.size === 0) return false
    const key = keyOf(atMs, raw)
    const left = this.#left.get(key) ?? 0
    if (left === 0) return false
    this.#left.set(key, left - 1)
    this.taken += 1
    return true
  }
}

/** Short, as a day of a container can have a million records. */
const keyOf = (atMs: number, raw: Uint8Array): string =>
  `${atMs.toString(36)} ${createHash('sha1').update(raw).digest('base64').slice(0, 16)}`
