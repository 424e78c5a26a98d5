import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Comparison, ConnectivityReport, RunEntry } from '../../../preload/contract/connectivity.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import type { Client } from '../../lib/client.ts'
import { attempt } from '../../lib/outcome.ts'
import { type Matrix, matrixOf } from '../matrix/matrix.ts'

/** What the view shows: the latest run, or something of the history. */
export type HistoryView =
  | { readonly kind: 'latest' }
  | { readonly kind: 'list' }
  | { readonly kind: 'run'; readonly report: ConnectivityReport; readonly matrix: Matrix }
  | { readonly kind: 'comparison'; readonly comparison: Comparison }

export interface HistoryState {
  readonly planeId: string | undefined
  /** The latest first; undefined until they are loaded. */
  readonly runs: readonly RunEntry[] | undefined
  readonly view: HistoryView
  /** A request is in progress. */
  readonly busy: boolean
  readonly problem: ProblemReport | undefined
  /** Shows the latest run of another plane. */
  openPlane(planeId: string): void
  list(): Promise<void>
  open(runId: string): Promise<void>
  compare(before: string, after: string): Promise<void>
  /** Shows the latest run. */
  close(): void
}

export type HistoryStore = StoreApi<HistoryState>

export interface HistoryClient {
  readonly connectivity: Pick<Client['connectivity'], 'runs' | 'run' | 'compare'>
}

/** The run before this one, in a list with the latest first. */
export const runBefore = (runs: readonly RunEntry[], runId: string): RunEntry | undefined =>
  runs[runs.findIndex((run) => run.runId === runId) + 1]

export const createHistoryStore = (client: HistoryClient): HistoryStore =>
  createStore<HistoryState>()((set, get) => {
    /** A response is used only if no other request was made since. */
    let lastRequest = 0
    async function show<Value>(
      load: (planeId: string) => Promise<Value>,
      stateOf: (value: Value) => Partial<HistoryState>,
    ) {
      const { planeId } = get()
      if (planeId === undefined) return
      lastRequest += 1
      const request = lastRequest
      set({ busy: true, problem: undefined })
      const outcome = await attempt(() => load(planeId))
      if (request !== lastRequest) return
      set(outcome.ok ? { ...stateOf(outcome.value), busy: false } : { problem: outcome.problem, busy: false })
    }
    const { connectivity } = client
    return {
      planeId: undefined,
      runs: undefined,
      view: { kind: 'latest' },
      busy: false,
      problem: undefined,
      openPlane(planeId) {
        if (get().planeId === planeId) return
        lastRequest += 1
        set({ planeId, runs: undefined, view: { kind: 'latest' }, busy: false, problem: undefined })
      },
      async list() {
        set({ view: { kind: 'list' } })
        await show(
          (planeId) => connectivity.runs({ planeId }),
          (runs) => ({ runs }),
        )
      },
      open: (runId) =>
        show(
          (planeId) => connectivity.run({ planeId, runId }),
          (report) => ({ view: { kind: 'run', report, matrix: matrixOf(report) } }),
        ),
      compare: (before, after) =>
        show(
          (planeId) => connectivity.compare({ planeId, before, after }),
          (comparison) => ({ view: { kind: 'comparison', comparison } }),
        ),
      close() {
        lastRequest += 1
        set({ view: { kind: 'latest' }, busy: false, problem: undefined })
      },
    }
  })
