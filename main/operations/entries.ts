import type { Operation } from '../../preload/contract/operations.ts'
import { Problem, reportProblem } from '../../preload/contract/problem.ts'
import type { JournalRecord } from '../lib/operation.ts'
import { type StepDuration, stepDurations, type UsualDurations, usualDurations } from './durations.ts'
import { type JournalHeader, listJournals, readJournal } from './journal.ts'
import { ownerOf } from './owner.ts'
import { type LiveStep, type Owner, toOperation } from './snapshot.ts'

/** An operation in memory: its journal, its owner and, while this process runs it, its attempt. */
export interface Entry {
  readonly header: JournalHeader
  records: JournalRecord[]
  owner: Owner
  readonly live: Map<string, LiveStep>
  /** False: another installation wrote the journal, or it was changed. It is shown and not used. */
  readonly verified: boolean
  /** Only while this process runs it. */
  running?: { readonly abort: AbortController; readonly ended: Promise<void> }
}

function toView({ header, records, owner, live, verified }: Entry, usual?: UsualDurations): Operation {
  const view = toOperation(header, records, owner, live, usual)
  return verified ? view : { ...view, state: 'failed', problem: reportProblem(unverified()), offers: ['forget'] }
}

/**
 * Pure: the newer operation that took the place of an install or uninstall, by its plan of the same plane. Its own resume could
 * only undo the newer one, or find its plan stale.
 */
export function overtakenBy(
  { id, kind, planeId, startedAt }: Pick<JournalHeader, 'id' | 'kind' | 'planeId' | 'startedAt'>,
  others: readonly Pick<JournalHeader, 'id' | 'kind' | 'planeId' | 'startedAt'>[],
): string | undefined {
  if (kind === 'collect') return undefined
  return others
    .filter((other) => other.id !== id && other.kind !== 'collect' && other.planeId === planeId)
    .filter((other) => other.startedAt > startedAt)
    .toSorted((a, b) => a.startedAt.localeCompare(b.startedAt))
    .at(-1)?.id
}

/** Pure: an operation that ended before its end is closed once another one has taken its place. */
export function closeOvertaken(view: Operation, newer: string | undefined): Operation {
  if (newer === undefined || view.state === 'running' || view.state === 'done') return view
  const state = view.state === 'interrupted' ? 'cancelled' : view.state
  return { ...view, state, offers: ['forget'], overtakenBy: newer }
}

export const unverified = (): Problem =>
  new Problem('JOURNAL_UNVERIFIED', 'This installation did not write this record, or it was changed since.')

/** The operations of a folder of journals, of this process and of others. */
export class Entries {
  readonly #folder: string
  readonly #key: () => Promise<Buffer>
  readonly #byId = new Map<string, Entry>()
  /** A view is made several times a second, and an operation that has ended does not change. */
  readonly #durations = new WeakMap<Entry, { readonly records: number; readonly durations: readonly StepDuration[] }>()

  /** `key` authenticates the journals. */
  constructor(folder: string, key: () => Promise<Buffer>) {
    this.#folder = folder
    this.#key = key
  }

  /** Reads journals that are new or whose operation another process runs. A damaged journal is skipped. */
  async refresh(): Promise<void> {
    for (const id of await listJournals(this.#folder)) {
      const existing = this.#byId.get(id)
      if (existing !== undefined && existing.owner !== 'other') continue
      const journal = await readJournal(this.#folder, id, await this.#key()).catch(() => undefined)
      if (journal === undefined) continue
      // This process has an entry for each operation that it runs. Others with its process id have been closed.
      const { header, records, verified } = journal
      const owner = verified && ownerOf(records) === 'other' ? 'other' : 'nobody'
      const entry: Entry = { header, records: [...records], owner, live: new Map(), verified }
      // If it was started while its journal was read, the entry of `start` is the current one.
      if (this.#byId.get(id)?.owner !== 'this') this.#byId.set(id, entry)
    }
  }

  /** Throws OPERATION_UNKNOWN. */
  async find(id: string): Promise<Entry> {
    await this.refresh()
    const entry = this.#byId.get(id)
    if (entry === undefined) throw new Problem('OPERATION_UNKNOWN', `There is no operation ${id}.`)
    return entry
  }

  /** An operation to show, beside the others of its plane. */
  view(entry: Entry): Operation {
    const headers = this.all().flatMap(({ header, verified }) => (verified ? [header] : []))
    return closeOvertaken(toView(entry, this.#usual(entry)), overtakenBy(entry.header, headers))
  }

  /** From the other operations of the plane that have ended. */
  #usual({ header, records }: Entry): UsualDurations | undefined {
    if (header.kind === 'collect' || records.at(-1)?.event === 'ended') return undefined
    const earlier = this.all().filter(
      (each) => each.verified && each.header.planeId === header.planeId && each.header.id !== header.id,
    )
    return usualDurations(earlier.flatMap((each) => this.#durationsOf(each)))
  }

  #durationsOf(entry: Entry): readonly StepDuration[] {
    if (entry.header.kind === 'collect' || entry.records.at(-1)?.event !== 'ended') return []
    const known = this.#durations.get(entry)
    if (known?.records === entry.records.length) return known.durations
    const durations = stepDurations(entry.records)
    this.#durations.set(entry, { records: entry.records.length, durations })
    return durations
  }

  /** The entry as it is now: a refresh replaces the entries of other processes. */
  current(entry: Entry): Entry {
    return this.#byId.get(entry.header.id) ?? entry
  }

  all(): Entry[] {
    return [...this.#byId.values()]
  }

  add(entry: Entry): void {
    this.#byId.set(entry.header.id, entry)
  }

  remove(id: string): void {
    this.#byId.delete(id)
  }

  /** Throws OPERATION_RUNNING when another operation of the same group runs on the plane: collections, or all others. */
  async refuseConcurrent({ kind, planeId, id }: Pick<JournalHeader, 'kind' | 'planeId' | 'id'>): Promise<void> {
    await this.refresh()
    for (const entry of this.all()) {
      if (entry.header.planeId !== planeId || entry.header.id === id) continue
      if ((entry.header.kind === 'collect') !== (kind === 'collect')) continue
      if (toView(entry).state === 'running') {
        throw new Problem('OPERATION_RUNNING', `"${entry.header.title}" is running on this plane.`, entry.header.id)
      }
    }
  }
}
