import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LogRecord } from '../../../preload/contract/logs.ts'
import type { BlockTimes } from './block-index.ts'
import { matchingRows } from './block-search.ts'
import { Damage } from './damage.ts'
import type { Partition } from './partition.ts'
import { type CompiledQuery, matches } from './query.ts'
import { compare, type Position, type StoredRecord, toLogRecord } from './record.ts'

export interface SearchedPartition {
  readonly name: string
  readonly partition: Partition
}

export type Found =
  | { readonly kind: 'records'; readonly records: LogRecord[] }
  | {
      readonly kind: 'done'
      readonly blocksRead: number
      readonly blocksSkipped: number
      readonly elapsedMs: number
      readonly more: boolean
      readonly damaged?: number
    }

/** What differs between the two orders of a search. */
interface Direction {
  readonly compare: (a: Position, b: Position) => number
  /** The first time that a block can have in this order. */
  readonly edgeMs: (block: BlockTimes) => number
  readonly afterAllMs: number
  /** Whether no block whose first time is this can have an earlier record in this order. */
  readonly precedes: (atMs: number, edgeMs: number) => boolean
}

const directions: Readonly<Record<CompiledQuery['order'], Direction>> = {
  newest: {
    compare: (a, b) => compare(b, a),
    edgeMs: ({ maxMs }) => maxMs,
    afterAllMs: Number.NEGATIVE_INFINITY,
    precedes: (atMs, edgeMs) => atMs > edgeMs,
  },
  oldest: {
    compare,
    edgeMs: ({ minMs }) => minMs,
    afterAllMs: Number.POSITIVE_INFINITY,
    precedes: (atMs, edgeMs) => atMs < edgeMs,
  },
}

/**
 * Matching records in the order of the query, one batch per block that adds some; `done` at the end. Partitions are given
 * in that order and do not overlap. Blocks of one partition may overlap: a record is returned only when no unread block can
 * have one before it.
 * What is damaged is skipped and counted, with the `unopened` partitions. Throws the abort reason.
 */
export async function* searchPartitions(
  partitions: readonly SearchedPartition[],
  query: CompiledQuery,
  signal: AbortSignal,
  unopened = 0,
): AsyncGenerator<Found, void> {
  const startedMs = performance.now()
  const direction = directions[query.order]
  let left = query.limit
  const damage = new Damage()
  let [blocksRead, blocksSkipped, more] = [0, 0, false]
  for (const { partition } of partitions) {
    // Read together: a block sealed between the two reads would show records twice, or not at all.
    const read = damage.skip(() =>
      partition.consistently(() => ({
        ...partition.index.candidates(query.requirement, query.order, query.before?.atMs, query.after?.atMs),
        head: partition.head(),
      })),
    )
    if (read === undefined) continue
    const { candidates, skipped, head } = read
    let pending: StoredRecord[] = head.filter((record) => matches(query, record))
    blocksSkipped += skipped
    for (let index = 0; index <= candidates.length && left >= 0; index += 1) {
      await nextTurnUnlessAborted(signal)
      const unread = candidates[index]
      const edgeMs = unread === undefined ? direction.afterAllMs : direction.edgeMs(unread)
      const sorted = pending.sort(direction.compare)
      const ready = sorted.findIndex(({ atMs }) => !direction.precedes(atMs, edgeMs))
      const inOrder = ready === -1 ? sorted : sorted.slice(0, ready)
      pending = ready === -1 ? [] : sorted.slice(ready)
      if (inOrder.length > left) more = true
      const given = inOrder.slice(0, left)
      if (given.length > 0) yield { kind: 'records', records: given.map(toLogRecord) }
      left -= given.length
      const next = candidates[index]
      if (left === 0 && (more || next !== undefined || pending.length > 0)) {
        // There may be more. Finding out for certain would mean reading another block.
        more = true
        break
      }
      if (next === undefined) break
      pending.push(...(damage.skip(() => matchingRecords(partition, next.id, query)) ?? []))
      blocksRead += 1
    }
    if (left === 0) {
      more ||= partitions.at(-1)?.partition !== partition
      break
    }
  }
  const elapsedMs = performance.now() - startedMs
  const damaged = damage.parts + unopened
  yield { kind: 'done', blocksRead, blocksSkipped, elapsedMs, more, ...(damaged > 0 && { damaged }) }
}

/** Lets an abort message reach this thread. Throws the abort reason. */
export async function nextTurnUnlessAborted(signal: AbortSignal): Promise<void> {
  // Without a listener for each block: to add one takes as long as to find a word in it.
  await nextTurn()
  signal.throwIfAborted()
}

/** Records of a partition that are read in a range of time; none after this sequence number. */
interface ReadRange {
  readonly partition: Partition
  readonly seq: number
  readonly fromMs: number
  /** Not included. */
  readonly toMs: number
}

/** Visits the matching records of the range in any order, apart from what is damaged. Throws the abort reason. */
export async function eachMatch(
  { partition, seq: lastSeq, fromMs, toMs }: ReadRange,
  query: CompiledQuery,
  visit: (atMs: number, seq: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const damage = new Damage()
  const visitInRange = (atMs: number, seq: number): void => {
    if (atMs >= fromMs && atMs < toMs && seq <= lastSeq) visit(atMs, seq)
  }
  const read = damage.skip(() =>
    partition.consistently(() => ({
      ...partition.index.candidates(query.requirement, query.order, toMs - 1, fromMs),
      head: partition.head(),
    })),
  )
  for (const record of read?.head ?? []) if (matches(query, record)) visitInRange(record.atMs, record.seq)
  for (const { id } of read?.candidates ?? []) {
    await nextTurnUnlessAborted(signal)
    damage.skip(() => {
      for (const part of partition.block(id)) {
        for (const row of matchingRows(part, query)) visitInRange(part.columns.timesMs[row] ?? 0, part.seq(row))
      }
    })
  }
}

function matchingRecords(partition: Partition, id: number, query: CompiledQuery): StoredRecord[] {
  return partition.block(id).flatMap((part) => matchingRows(part, query).map((row) => part.record(row)))
}
