import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Operation } from '../../preload/contract/operations.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { Changes } from '../lib/changes.ts'
import type { JournalRecord, OperationRunner, OperationStarter } from '../lib/operation.ts'
import { startAttempt } from './attempt.ts'
import { Entries, type Entry, unverified } from './entries.ts'
import { type JournalHeader, JournalWriter, readJournal, removeJournal } from './journal.ts'

/** Watchers are notified at most four times a second. */
const noticeEveryMs = 250
/** How often the journal of an operation of another process is read. */
const reloadEveryMs = 1_000

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

/** `key` authenticates the journals. */
export function createOperations(folder: string, key: () => Promise<Buffer>): Operations {
  const runners = new Map<Operation['kind'], OperationRunner>()
  const entries = new Entries(folder, key)
  const changes = new Changes()
  const onChange = (): void => changes.notify()
  let closing = false

  async function run(entry: Entry, writer: JournalWriter, history: readonly JournalRecord[]): Promise<void> {
    const runner = runners.get(entry.header.kind)
    if (runner === undefined) throw new Error(`No runner for ${entry.header.kind}`)
    await startAttempt({ entry, runner, writer, history, onChange, isClosing: () => closing })
  }

  return {
    register: (kind, runner) => {
      runners.set(kind, runner)
    },
    async start({ kind, planeId, title, input }) {
      const startedAt = new Date().toISOString()
      const header: JournalHeader = { schemaVersion: 1, id: randomUUID(), kind, planeId, title, startedAt, input }
      await entries.refuseConcurrent(header)
      const entry: Entry = { header, records: [], owner: 'this', live: new Map(), verified: true }
      entries.add(entry)
      await run(entry, await JournalWriter.create(folder, header, await key()), [])
      return entries.view(entry)
    },
    async list() {
      await entries.refresh()
      return entries
        .all()
        .map((entry) => entries.view(entry))
        .sort((a, b) => b.startedAt.localeCompare(a.startedAt))
    },
    async *watch(signal) {
      const reload = setInterval(() => void entries.refresh().then(onChange, () => undefined), reloadEveryMs)
      try {
        for await (const _ of changes.watch(noticeEveryMs, signal)) yield { operations: await this.list() }
      } finally {
        clearInterval(reload)
      }
    },
    async cancel(id) {
      const { running } = await entries.find(id)
      running?.abort.abort(new Problem('CANCELLED', 'Cancelled by the user.'))
      await running?.ended
    },
    async resume(id) {
      const entry = await entries.find(id)
      if (!entry.verified) throw unverified()
      const { offers, state, title } = entries.view(entry)
      if (!offers.includes('resume')) throw new Problem('OPERATION_NOT_RESUMABLE', `"${title}" is ${state}.`)
      await entries.refuseConcurrent(entry.header)
      const journal = await readJournal(folder, id, await key())
      // It may have been changed since it was listed.
      if (!journal.verified) throw unverified()
      entry.records = [...journal.records]
      await run(entry, await JournalWriter.reopen(folder, id, journal), journal.records)
      return entries.view(entry)
    },
    async forget(id) {
      const { offers, title } = entries.view(await entries.find(id))
      if (!offers.includes('forget')) throw new Problem('OPERATION_RUNNING', `"${title}" is running.`)
      await removeJournal(folder, id)
      entries.remove(id)
      onChange()
    },
    async ended(id, signal) {
      const entry = await entries.find(id)
      while (entry.owner === 'other' && entries.view(entries.current(entry)).state === 'running') {
        await delay(reloadEveryMs, undefined, { signal })
        await entries.refresh()
      }
      await entry.running?.ended
      return entries.view(entries.current(entry))
    },
    async close() {
      closing = true
      const running = entries.all().flatMap((entry) => entry.running ?? [])
      for (const { abort } of running) abort.abort(new Problem('CANCELLED', 'Hangar was closed.'))
      await Promise.allSettled(running.map(({ ended }) => ended))
    },
  }
}
