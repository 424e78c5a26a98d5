import { createStore, type StoreApi } from 'zustand/vanilla'
import type {
  CheckEvent,
  EndpointRow,
  ProxyView,
  VantageOffer,
  VantageRequest,
} from '../../preload/contract/connectivity.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { createBatch } from '../lib/batch.ts'
import type { Client } from '../lib/client.ts'
import { keepForLong, recallForLong } from '../lib/keep.ts'
import { attempt } from '../lib/outcome.ts'
import { isAbort, toReport } from '../lib/problem.ts'
import {
  applyEvent,
  type Extent,
  emptyMatrix,
  failedEndpoints,
  failedVantages,
  type Matrix,
  matrixOf,
  settleStoppedRun,
} from './matrix/matrix.ts'
import { type Filter, noFilter } from './matrix/visibleRows.ts'
import { firstChoice, isChoice, requestsFor } from './vantages/vantages.ts'

/** Less than everything: these rows, from these vantages; what is left out stays as it is chosen. */
interface PartialRun {
  readonly endpoints?: readonly string[]
  readonly from?: readonly VantageRequest[]
}

export interface ConnectivityState {
  readonly planeId: string | undefined
  readonly rows: readonly EndpointRow[] | undefined
  readonly matrix: Matrix
  /** What stood before the run that is under way, or after the last: rows are ordered by it. */
  readonly stableMatrix: Matrix
  readonly running: boolean
  /** The last run was stopped before its end. */
  readonly stopped: boolean
  readonly problem: ProblemReport | undefined
  /** From where it can be checked; undefined until the cluster has been asked. */
  readonly offers: readonly VantageOffer[] | undefined
  readonly offersProblem: ProblemReport | undefined
  /** From where the next check of the whole table is made. */
  readonly chosenVantages: readonly VantageRequest[]
  /** Seconds for which lasting connections are held open; 0: not. */
  readonly holdSeconds: number
  readonly proxy: ProxyView | undefined
  readonly filter: Filter
  /** Rows and last report of a plane. */
  load(planeId: string): Promise<void>
  /** Asks the cluster again from where it can be checked. */
  loadOffers(): Promise<void>
  chooseVantages(requests: readonly VantageRequest[]): void
  setHoldSeconds(seconds: number): void
  setFilter(filter: Partial<Filter>): void
  /** Checks a part, or the whole table from what is chosen. */
  run(part?: PartialRun): Promise<void>
  /** Checks what failed, from where it failed. */
  runFailed(): Promise<void>
  /** At once for whoever looks; the core cleans up behind it. */
  stop(): void
}

export type ConnectivityStore = StoreApi<ConnectivityState>

/** What of the core this store asks for. */
export interface ConnectivityClient {
  readonly connectivity: Pick<Client['connectivity'], 'rows' | 'check' | 'last' | 'vantages' | 'proxy'>
}

const choiceName = (planeId: string) => `hangar.vantages.${planeId}`

const atStart = {
  rows: undefined,
  matrix: emptyMatrix,
  stableMatrix: emptyMatrix,
  running: false,
  stopped: false,
  problem: undefined,
  offers: undefined,
  offersProblem: undefined,
  chosenVantages: firstChoice(undefined, null),
  holdSeconds: 0,
  proxy: undefined,
  filter: noFilter,
} as const satisfies Partial<ConnectivityState>

export const createConnectivityStore = (client: ConnectivityClient): ConnectivityStore =>
  createStore<ConnectivityState>()((set, get) => {
    let run = new AbortController()
    /** Takes what the core now knows to be so. */
    async function adopt(planeId: string) {
      const last = await attempt(() => client.connectivity.last({ planeId }))
      if (get().planeId !== planeId || get().running || !last.ok || last.value === null) return
      const matrix = matrixOf(last.value)
      set({ matrix, stableMatrix: matrix })
    }
    return {
      planeId: undefined,
      ...atStart,
      async load(planeId) {
        if (get().planeId !== planeId) {
          run.abort()
          set({ ...atStart, planeId })
        }
        void get().loadOffers()
        const [rows, last, proxy] = await Promise.all([
          attempt(() => client.connectivity.rows({ planeId })),
          attempt(() => client.connectivity.last({ planeId })),
          attempt(() => client.connectivity.proxy({ planeId })),
        ])
        if (get().planeId !== planeId || get().running) return
        if (!rows.ok) return set({ problem: rows.problem })
        const matrix = last.ok && last.value !== null ? matrixOf(last.value) : get().matrix
        set({
          rows: rows.value,
          matrix,
          stableMatrix: matrix,
          stopped: false,
          problem: last.ok ? undefined : last.problem,
          proxy: proxy.ok ? proxy.value : undefined,
          chosenVantages: firstChoice(recallForLong(choiceName(planeId), isChoice), last.ok ? last.value : null),
        })
      },
      async loadOffers() {
        const { planeId } = get()
        if (planeId === undefined) return
        const offers = await attempt(() => client.connectivity.vantages({ planeId }))
        if (get().planeId !== planeId) return
        set(offers.ok ? { offers: offers.value, offersProblem: undefined } : { offersProblem: offers.problem })
      },
      chooseVantages(requests) {
        const { planeId } = get()
        if (planeId === undefined || !isChoice(requests)) return
        keepForLong(choiceName(planeId), requests)
        set({ chosenVantages: requests })
      },
      setHoldSeconds: (holdSeconds) => set({ holdSeconds }),
      setFilter: (filter) => set((state) => ({ filter: { ...state.filter, ...filter } })),
      async run(part) {
        const { planeId, running, matrix: before, rows, chosenVantages, holdSeconds, filter } = get()
        if (planeId === undefined || running) return
        run = new AbortController()
        const { signal } = run
        const extent: Extent = part === undefined ? 'whole' : 'part'
        set({ running: true, stopped: false, problem: undefined, stableMatrix: before })
        if (extent === 'whole' && filter.finding !== undefined) get().setFilter({ finding: undefined })
        const batch = createBatch<CheckEvent>((events) => {
          if (signal.aborted) return
          set(({ matrix }) => ({ matrix: events.reduce((sum, event) => applyEvent(sum, event, extent), matrix) }))
        })
        let finished = false
        try {
          // Named rows, even when they are all: a run from one vantage is no run of the whole table.
          const endpoints = part === undefined ? undefined : [...(part.endpoints ?? rows?.map(({ id }) => id) ?? [])]
          const input = { planeId, endpoints, from: [...(part?.from ?? chosenVantages)], holdSeconds }
          for await (const event of await client.connectivity.check(input, { signal })) {
            batch.add(event)
            finished ||= event.kind === 'finished'
          }
        } catch (error) {
          if (!isAbort(error, signal)) set({ problem: toReport(error) })
        } finally {
          batch.flush()
          // After a stop all this has been said already.
          if (!signal.aborted) {
            const matrix = finished ? get().matrix : settleStoppedRun(before, get().matrix)
            set({ running: false, stopped: !finished, matrix, stableMatrix: matrix })
            // The core knows what findings are left, and has an id for all that is shown now.
            if (finished) await adopt(planeId)
          }
        }
      },
      async runFailed() {
        const { matrix } = get()
        const endpoints = failedEndpoints(matrix)
        if (endpoints.length > 0) await get().run({ endpoints, from: requestsFor(failedVantages(matrix)) })
      },
      stop() {
        const { running, stableMatrix, matrix } = get()
        if (!running) return
        run.abort()
        const kept = settleStoppedRun(stableMatrix, matrix)
        set({ running: false, stopped: true, matrix: kept, stableMatrix: kept })
      },
    }
  })
