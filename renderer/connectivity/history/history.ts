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

/** The same as the user chose it, before it is loaded. */
export type ShownRun =
  | { readonly kind: 'latest' }
  | { readonly kind: 'list' }
  | { readonly kind: 'run'; readonly runId: string }
  | { readonly kind: 'comparison'; readonly before: string; readonly after: string }

export interface HistoryState {
  readonly planeId: string | undefined
  /** The latest first; undefined until they are loaded. */
  readonly runs: readonly RunEntry[] | undefined
  readonly view: HistoryView
  readonly chosen: ShownRun
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
      if (outcome.ok) return set({ ...stateOf(outcome.value), busy: false })
      set({ view: { kind: 'list' }, chosen: { kind: 'list' }, problem: outcome.problem, busy: false })
      await loadRuns(planeId)
    }
    /** For the views that name other runs, and where the one that was asked for is gone. */
    async function loadRuns(planeId: string) {
      if (get().runs !== undefined) return
      const runs = await attempt(() => client.connectivity.runs({ planeId }))
      if (runs.ok && get().planeId === planeId) set({ runs: runs.value })
    }
    const latest = { view: { kind: 'latest' }, chosen: { kind: 'latest' } } as const
    const { connectivity } = client
    return {
      planeId: undefined,
      runs: undefined,
      view: { kind: 'latest' },
      chosen: { kind: 'latest' },
      busy: false,
      problem: undefined,
      openPlane(planeId) {
        if (get().planeId === planeId) return
        lastRequest += 1
        set({ planeId, runs: undefined, ...latest, busy: false, problem: undefined })
      },
      async list() {
        set({ view: { kind: 'list' }, chosen: { kind: 'list' } })
        await show(
          (planeId) => connectivity.runs({ planeId }),
          (runs) => ({ runs }),
        )
      },
      async open(runId) {
        set({ chosen: { kind: 'run', runId } })
        await show(
          (planeId) => connectivity.run({ planeId, runId }),
          (report) => ({ view: { kind: 'run', report, matrix: matrixOf(report) } }),
        )
        const { planeId } = get()
        if (planeId !== undefined) await loadRuns(planeId)
      },
      async compare(before, after) {
        set({ chosen: { kind: 'comparison', before, after } })
        await show(
          (planeId) => connectivity.compare({ planeId, before, after }),
          (comparison) => ({ view: { kind: 'comparison', comparison } }),
        )
      },
      close() {
        lastRequest += 1
        set({ ...latest, busy: false, problem: undefined })
      },
    }
  })
