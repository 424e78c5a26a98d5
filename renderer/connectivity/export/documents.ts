import { createStore, type StoreApi } from 'zustand/vanilla'
import type { AllowListFormat, ReportFormat, TextFile } from '../../../preload/contract/connectivity.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import { attempt, type Outcome } from '../../lib/outcome.ts'

/** Options of an allow-list. Component "": the whole plane. */
interface AllowListOptions {
  readonly format: AllowListFormat
  readonly component: string
}

export interface DocumentsState {
  readonly options: AllowListOptions
  /** The allow-list of these options; undefined while it is made. */
  readonly allowList: TextFile | undefined
  readonly problem: ProblemReport | undefined
  setOptions(planeId: string, options: AllowListOptions): Promise<void>
  /** A run as a document. */
  report(planeId: string, runId: string, format: ReportFormat): Promise<Outcome<TextFile>>
}

export type DocumentsStore = StoreApi<DocumentsState>

export interface DocumentsClient {
  readonly connectivity: {
    export(of: { planeId: string; runId: string; format: ReportFormat }): Promise<TextFile>
    allowList(of: { planeId: string; format: AllowListFormat; component?: string }): Promise<TextFile>
  }
}

export const createDocumentsStore = ({ connectivity }: DocumentsClient): DocumentsStore =>
  createStore<DocumentsState>()((set, get) => ({
    options: { format: 'markdown', component: '' },
    allowList: undefined,
    problem: undefined,
    async setOptions(planeId, options) {
      set({ options, allowList: undefined, problem: undefined })
      const { format, component } = options
      const list = await attempt(() =>
        connectivity.allowList({ planeId, format, ...(component === '' ? {} : { component }) }),
      )
      if (get().options !== options) return
      set(list.ok ? { allowList: list.value } : { problem: list.problem })
    },
    report: (planeId, runId, format) => attempt(() => connectivity.export({ planeId, runId, format })),
  }))
