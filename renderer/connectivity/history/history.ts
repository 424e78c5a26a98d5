import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Comparison, ConnectivityReport, RunEntry } from '../../../preload/contract/connectivity.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import type { Client } from '../../lib/client.ts'
import { attempt } from '../../lib/outcome.ts'
import { type Matrix, matrixOf } from '../matrix/matrix.ts'

/** What is looked at: how things are now, or something of the past. */
export type HistoryView =
  | { readonly kind: 'now' }
  | { readonly kind: 'list' }
  | { readonly kind: 'run'; readonly report: ConnectivityReport; readonly matrix: Matrix }
  | { readonly kind: 'comparison'; readonly comparison: Comparison }

export interface HistoryState {
  readonly planeId: string | undefined
  /** The newest first; undefined until they are read. */
  readonly runs: readonly RunEntry[] | undefined
  readonly view: HistoryView
  /** Something was asked for and is on its way. */
  readonly busy: boolean
  readonly problem: ProblemReport | undefined
  /** Another plane: back to now. */
  openPlane(planeId: string): void
  list(): Promise<void>
  open(runId: string): Promise<void>
  compare(before: string, after: string): Promise<void>
  /** Back to now. */
  close(): void
}

export type HistoryStore = StoreApi<HistoryState>

export interface HistoryClient {
  readonly connectivity: Pick<Client['connectivity'], 'runs' | 'run' | 'compare'>
}

/** The run before this one, in a list whose newest is first. */
export const runBefore = (runs: readonly RunEntry[], runId: string): RunEntry | undefined =>
  runs[runs.findIndex((run) => run.runId === runId) + 1]

export const createHistoryStore = (client: HistoryClient): HistoryStore =>
  createStore<HistoryState>()((set, get) => {
    /** Takes the answer only if nothing else was asked for since. */
    let asked = 0
    async function show<Value>(
      ask: (planeId: string) => Promise<Value>,
      take: (value: Value) => Partial<HistoryState>,
    ) {
      const { planeId } = get()
      if (planeId === undefined) return
      asked += 1
      const mine = asked
      set({ busy: true, problem: undefined })
      const answer = await attempt(() => ask(planeId))
      if (mine !== asked) return
      set(answer.ok ? { ...take(answer.value), busy: false } : { problem: answer.problem, busy: false })
    }
    const { connectivity } = client
    return {
      planeId: undefined,
      runs: undefined,
      view: { kind: 'now' },
      busy: false,
      problem: undefined,
      openPlane(planeId) {
        if (get().planeId === planeId) return
        asked += 1
        set({ planeId, runs: undefined, view: { kind: 'now' }, busy: false, problem: undefined })
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
        asked += 1
        set({ view: { kind: 'now' }, busy: false, problem: undefined })
      },
    }
  })
