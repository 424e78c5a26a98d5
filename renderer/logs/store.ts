import { createStore, type StoreApi } from 'zustand/vanilla'
import type { LogRecord, LogStatus } from '../../preload/contract/logs.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { Client } from '../lib/client.ts'
import { follow } from '../lib/follow.ts'
import { attempt, problemOf } from '../lib/outcome.ts'
import { isAbort, toReport } from '../lib/problem.ts'
import { emptyQuestion, histogramSpan, loadedLines, type Question, toQuery, withNewest } from './query.ts'

export interface Bucket {
  readonly from: string
  readonly counts: Readonly<Record<string, number>>
}

interface SearchProgress {
  readonly elapsedMs: number
  readonly blocksRead: number
  readonly blocksSkipped: number
}

export interface LogsState {
  readonly planeId: string | undefined
  readonly status: LogStatus | undefined
  readonly question: Question
  /** Newest first. */
  readonly records: readonly LogRecord[]
  readonly phase: 'idle' | 'searching' | 'older' | 'done'
  readonly looked: SearchProgress | undefined
  /** Are there older ones that match? */
  readonly more: boolean
  readonly problem: ProblemReport | undefined
  readonly histogram: readonly Bucket[]
  readonly selected: string | undefined
  readonly following: boolean
  /** Arrived while the list was scrolled away from its newest end. */
  readonly held: readonly LogRecord[]
  readonly atNewest: boolean
  enter(planeId: string, signal: AbortSignal): Promise<void>
  ask(part: Partial<Question>): void
  older(): Promise<void>
  select(id: string | undefined): void
  setFollowing(on: 'yes' | 'no'): void
  /** The list says where it is: at the newest line, or scrolled away from it. */
  scrolled(where: 'newest' | 'away'): void
  showHeld(): void
  collect(): Promise<ProblemReport | undefined>
  purge(): Promise<ProblemReport | undefined>
}

export type LogsStore = StoreApi<LogsState>

/** Typing goes on for about so long between two letters. */
const askAfterMs = 200
const statusEveryMs = 3_000
/** Columns of the histogram: about 10 px each in a window of common width. */
const histogramSteps = 80
/** Lines kept aside while scrolled away; past it the oldest of them are found by scrolling down instead. */
const heldLines = 5_000

const blank = {
  records: [],
  phase: 'idle',
  looked: undefined,
  more: false,
  problem: undefined,
  histogram: [],
  selected: undefined,
  held: [],
  atNewest: true,
} as const

export const createLogsStore = (client: Pick<Client, 'logs'>): LogsStore =>
  createStore<LogsState>()((set, get) => {
    let searching = new AbortController()
    let tailing = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined

    async function readStatus(planeId: string) {
      const status = await attempt(() => client.logs.status({ planeId }))
      if (get().planeId !== planeId) return
      set(status.ok ? { status: status.value } : { problem: status.problem })
    }

    async function readHistogram(planeId: string, signal: AbortSignal) {
      const { question, status } = get()
      const span = histogramSpan(question.range, status, Date.now())
      if (span === undefined) return set({ histogram: [] })
      const input = { planeId, ...span, sources: [...question.sources], steps: histogramSteps }
      const counted = await attempt(() => client.logs.histogram(input, { signal }))
      // Without it the lines are as good as with it; a failure that matters shows in the search itself.
      if (!signal.aborted) set({ histogram: counted.ok ? counted.value : [] })
    }

    /** Reads one page. `before`: the record to go on after. */
    async function page(planeId: string, before: string | undefined, signal: AbortSignal) {
      let fresh = before === undefined
      const query = { ...toQuery(planeId, get().question, Date.now()), ...(before !== undefined && { before }) }
      try {
        for await (const event of await client.logs.search(query, { signal })) {
          if (signal.aborted) return
          if (event.kind === 'records') {
            // The old lines stay until there are new ones, so that typing does not make the list blink.
            const kept = fresh ? [] : get().records
            fresh = false
            set({ records: [...kept, ...event.records].slice(0, loadedLines) })
          } else {
            const { elapsedMs, blocksRead, blocksSkipped, more } = event
            set({
              phase: 'done',
              more,
              looked: { elapsedMs, blocksRead, blocksSkipped },
              ...(fresh && { records: [] }),
            })
          }
        }
        if (!signal.aborted) set({ phase: 'done' })
      } catch (error) {
        if (!isAbort(error, signal)) set({ phase: 'done', problem: toReport(error) })
      }
    }

    function tail(planeId: string) {
      tailing.abort()
      tailing = new AbortController()
      const { signal } = tailing
      void follow(
        (inner) => client.logs.follow(toQuery(planeId, get().question, Date.now()), { signal: inner }),
        ({ records: arrived }) =>
          set(({ records, held, atNewest }) =>
            atNewest
              ? { records: withNewest(records, arrived) }
              : { held: withNewest(held, arrived).slice(0, heldLines) },
          ),
        signal,
      ).then((problem) => {
        if (problem !== undefined && !signal.aborted) set({ problem, following: false })
      })
    }

    async function search() {
      const { planeId, following } = get()
      if (planeId === undefined) return
      clearTimeout(timer)
      searching.abort()
      searching = new AbortController()
      const { signal } = searching
      set({ phase: 'searching', problem: undefined, held: [], atNewest: true })
      if (following) tail(planeId)
      await Promise.all([page(planeId, undefined, signal), readHistogram(planeId, signal)])
    }

    return {
      planeId: undefined,
      status: undefined,
      question: emptyQuestion,
      following: true,
      ...blank,
      async enter(planeId, signal) {
        if (get().planeId !== planeId) set({ planeId, status: undefined, question: emptyQuestion, ...blank })
        signal.addEventListener('abort', () => {
          searching.abort()
          tailing.abort()
          clearTimeout(timer)
        })
        await readStatus(planeId)
        if (signal.aborted) return
        void search()
        while (!signal.aborted) {
          await new Promise<void>((resolve) => {
            const pause = setTimeout(resolve, statusEveryMs)
            signal.addEventListener('abort', () => {
              clearTimeout(pause)
              resolve()
            })
          })
          if (!signal.aborted) await readStatus(planeId)
        }
      },
      ask(part) {
        set(({ question }) => ({ question: { ...question, ...part } }))
        clearTimeout(timer)
        timer = setTimeout(() => void search(), part.text === undefined ? 0 : askAfterMs)
      },
      async older() {
        const { planeId, phase, more, records } = get()
        const last = records.at(-1)
        if (planeId === undefined || phase !== 'done' || !more || last === undefined) return
        if (records.length >= loadedLines) return
        set({ phase: 'older' })
        await page(planeId, last.id, searching.signal)
      },
      select: (selected) => set({ selected }),
      setFollowing(on) {
        const { planeId } = get()
        set({ following: on === 'yes' })
        if (on === 'no') tailing.abort()
        else if (planeId !== undefined) void search()
      },
      scrolled(where) {
        if ((where === 'newest') === get().atNewest) return
        set({ atNewest: where === 'newest' })
        if (where === 'newest') get().showHeld()
      },
      showHeld() {
        set(({ records, held }) => ({ records: withNewest(records, held), held: [], atNewest: true }))
      },
      async collect() {
        const { planeId } = get()
        if (planeId === undefined) return undefined
        return problemOf(async () => {
          await client.logs.collect({ planeId })
          await readStatus(planeId)
        })
      },
      async purge() {
        const { planeId } = get()
        if (planeId === undefined) return undefined
        return problemOf(async () => {
          await client.logs.purge({ planeId })
          set({ ...blank, phase: 'done' })
          await readStatus(planeId)
        })
      },
    }
  })
