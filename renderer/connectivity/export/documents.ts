import { createStore, type StoreApi } from 'zustand/vanilla'
import type { AllowListFormat, ReportFormat, TextFile } from '../../../preload/contract/connectivity.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import type { Client } from '../../lib/client.ts'
import { attempt, type Outcome } from '../../lib/outcome.ts'

/** What an allow-list is asked for as. Component "": the whole plane. */
interface AllowListWish {
  readonly format: AllowListFormat
  readonly component: string
}

export interface DocumentsState {
  readonly wish: AllowListWish
  /** The allow-list of the wish; undefined while it is made. */
  readonly allowList: TextFile | undefined
  readonly problem: ProblemReport | undefined
  wishFor(planeId: string, wish: AllowListWish): Promise<void>
  /** A run as a document. */
  report(planeId: string, runId: string, format: ReportFormat): Promise<Outcome<TextFile>>
}

export type DocumentsStore = StoreApi<DocumentsState>

export interface DocumentsClient {
  readonly connectivity: Pick<Client['connectivity'], 'export' | 'allowList'>
}

export const createDocumentsStore = ({ connectivity }: DocumentsClient): DocumentsStore =>
  createStore<DocumentsState>()((set, get) => ({
    wish: { format: 'markdown', component: '' },
    allowList: undefined,
    problem: undefined,
    async wishFor(planeId, wish) {
      set({ wish, allowList: undefined, problem: undefined })
      const { format, component } = wish
      const list = await attempt(() =>
        connectivity.allowList({ planeId, format, ...(component === '' ? {} : { component }) }),
      )
      if (get().wish !== wish) return
      set(list.ok ? { allowList: list.value } : { problem: list.problem })
    },
    report: (planeId, runId, format) => attempt(() => connectivity.export({ planeId, runId, format })),
  }))
