import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Operation } from '../../preload/contract/operations.ts'
import { Problem, reportProblem } from '../../preload/contract/problem.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { Changes } from '../lib/changes.ts'
import type { JournalRecord, OperationHandle, OperationRunner, OperationStarter } from '../lib/operation.ts'
import { processId } from '../lib/process-id.ts'
import { type JournalHeader, JournalWriter, listJournals, readJournal, removeJournal } from './journal.ts'
import { ownerOf } from './owner.ts'
import { type LiveStep, type Owner, toOperation } from './snapshot.ts'

/** Watchers are notified at most four times a second. */
const noticeEveryMs = 250
/** How often the journal of an operation of another process is read. */
const reloadEveryMs = 1_000

interface Entry {
  readonly header: JournalHeader
  records: JournalRecord[]
  owner: Owner
  readonly live: Map<string, LiveStep>
  /** Only while this process runs it. */
  running?: { readonly abort: AbortController; readonly ended: Promise<void> }
}

/** Running, ended and interrupted operations. Creating it only reads the journals. */
export interface Operations extends OperationStarter {
  list(): Promise<Operation[]>
  watch(signal: AbortSignal): AsyncGenerator<{ operations: Operation[] }>
  cancel(operationId: string): Promise<void>
  resume(operationId: string): Promise<Operation>
  forget(operationId: string): Promise<void>
  /** Resolves with the operation once it is no longer running. */
  ended(operationId: string, signal?: AbortSignal): Promise<Operation>
  /** Interrupts the operations of this process, without recording an end, so that they can be resumed. */
  close(): Promise<void>
}

export function createOperations(folder: string): Operations {
  const runners = new Map<Operation['kind'], OperationRunner>()
  const entries = new Map<string, Entry>()
  const changes = new Changes()
  let closing = false

  const toView = (entry: Entry): Operation => toOperation(entry.header, entry.records, entry.owner, entry.live)
  const changed = (): void => changes.notify()

  /** Reads journals that are new or whose operation another process runs. A damaged journal is skipped. */
  async function refresh(): Promise<void> {
    for (const id of await listJournals(folder)) {
      const existing = entries.get(id)
      if (existing !== undefined && existing.owner !== 'other') continue
      const journal = await readJournal(folder, id).catch(() => undefined)
      if (journal === undefined) continue
      // This process has an entry for each operation that it runs. Others with its process id have been closed.
      const owner = ownerOf(journal.records) === 'other' ? 'other' : 'nobody'
      const entry: Entry = { header: journal.header, records: [...journal.records], owner, live: new Map() }
      // If it was started while its journal was read, the entry of `start` is the current one.
      if (entries.get(id)?.owner !== 'this') entries.set(id, entry)
    }
  }

  const find = async (id: string): Promise<Entry> => {
    await refresh()
    const entry = entries.get(id)
    if (entry === undefined) throw new Problem('OPERATION_UNKNOWN', `There is no operation ${id}.`)
    return entry
  }

  async function refuseConcurrent({
    kind,
    planeId,
    id,
  }: Pick<JournalHeader, 'kind' | 'planeId' | 'id'>): Promise<void> {
    await refresh()
    for (const entry of entries.values()) {
      if (entry.header.planeId !== planeId || entry.header.id === id) continue
      if ((entry.header.kind === 'collect') !== (kind === 'collect')) continue
      if (toView(entry).state === 'running') {
        throw new Problem('OPERATION_RUNNING', `"${entry.header.title}" is running on this plane.`, entry.header.id)
      }
    }
  }

  async function run(entry: Entry, writer: JournalWriter, history: readonly JournalRecord[]): Promise<void> {
    const runner = runners.get(entry.header.kind)
    if (runner === undefined) throw new Error(`No runner for ${entry.header.kind}`)
    const abort = new AbortController()
    const append = async (event: string, step?: string, data?: JsonObject): Promise<void> => {
      const record: JournalRecord = { at: new Date().toISOString(), event, step, data }
      await writer.append(record)
      entry.records.push(record)
      changed()
    }
    entry.owner = 'this'
    await append('opened', undefined, { ...processId(process.pid) })
    const ended = runner(createHandle(entry, history, append, changed), abort.signal)
      .then(
        () => append('ended', undefined, { state: 'done' }),
        // An operation without a recorded end can be resumed later.
        (error: unknown) => (closing ? undefined : append('ended', undefined, endOf(error, abort.signal))),
      )
      .finally(async () => {
        entry.running = undefined
        entry.live.clear()
        if (closing) entry.owner = 'nobody'
        await writer.close()
        changed()
      })
    entry.running = { abort, ended }
    changed()
  }

  return {
    register: (kind, runner) => {
      runners.set(kind, runner)
    },
    async start({ kind, planeId, title, input }) {
      const header: JournalHeader = {
        schemaVersion: 1,
        id: randomUUID(),
        kind,
        planeId,
        title,
        startedAt: new Date().toISOString(),
        input,
      }
      await refuseConcurrent(header)
      const entry: Entry = { header, records: [], owner: 'this', live: new Map() }
      entries.set(header.id, entry)
      await run(entry, await JournalWriter.create(folder, header), [])
      return toView(entry)
    },
    async list() {
      await refresh()
      return [...entries.values()].map(toView).sort((a, b) => b.startedAt.localeCompare(a.startedAt))
    },
    async *watch(signal) {
      const reload = setInterval(() => void refresh().then(changed, () => undefined), reloadEveryMs)
      try {
        for await (const _ of changes.watch(noticeEveryMs, signal)) yield { operations: await this.list() }
      } finally {
        clearInterval(reload)
      }
    },
    async cancel(id) {
      const { running } = await find(id)
      running?.abort.abort(new Problem('CANCELLED', 'Cancelled by the user.'))
      await running?.ended
    },
    async resume(id) {
      const entry = await find(id)
      if (!toView(entry).offers.includes('resume')) {
        throw new Problem('OPERATION_NOT_RESUMABLE', `"${entry.header.title}" is ${toView(entry).state}.`)
      }
      await refuseConcurrent(entry.header)
      const journal = await readJournal(folder, id)
      entry.records = [...journal.records]
      await run(entry, await JournalWriter.reopen(folder, id, journal.wholeBytes), journal.records)
      return toView(entry)
    },
    async forget(id) {
      const entry = await find(id)
      if (!toView(entry).offers.includes('forget')) {
        throw new Problem('OPERATION_RUNNING', `"${entry.header.title}" is running.`)
      }
      await removeJournal(folder, id)
      entries.delete(id)
      changed()
    },
    async ended(id, signal) {
      const entry = await find(id)
      while (entry.owner === 'other' && toView(entries.get(id) ?? entry).state === 'running') {
        await delay(reloadEveryMs, undefined, { signal })
        await refresh()
      }
      await entry.running?.ended
      return toView(entries.get(id) ?? entry)
    },
    async close() {
      closing = true
      const running = [...entries.values()].flatMap((entry) => entry.running ?? [])
      for (const { abort } of running) abort.abort(new Problem('CANCELLED', 'Hangar was closed.'))
      await Promise.allSettled(running.map(({ ended }) => ended))
    },
  }
}

function endOf(error: unknown, signal: AbortSignal): JsonObject {
  const cancelled = signal.aborted || (error instanceof Problem && error.code === 'CANCELLED')
  return { state: cancelled ? 'cancelled' : 'failed', problem: { ...reportProblem(error) } }
}

function createHandle(
  entry: Entry,
  history: readonly JournalRecord[],
  append: (event: string, step?: string, data?: JsonObject) => Promise<void>,
  changed: () => void,
): OperationHandle {
  const update = (step: string, part: Partial<LiveStep>): void => {
    entry.live.set(step, { waitingOn: [], ...entry.live.get(step), ...part })
    changed()
  }
  return {
    id: entry.header.id,
    planeId: entry.header.planeId,
    input: entry.header.input,
    history,
    record: append,
    declareSteps: (steps) =>
      append('declared', undefined, Object.fromEntries(steps.map(({ id, title }) => [id, title]))),
    stepStarted: (step) => append('step-started', step),
    stepEnded: (step, state, message) =>
      append('step-ended', step, message === undefined ? { state } : { state, message }),
    waitingOn: (step, objects) => update(step, { waitingOn: objects }),
    message: (step, text) => update(step, { message: text }),
  }
}
