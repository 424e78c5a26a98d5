import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ProblemReport } from '../../preload/contract/problem.ts'

export interface NoticeEntry {
  readonly id: number
  readonly problem: ProblemReport
}

/** Problems of what was asked in passing, with no place of their own on the page. */
export interface NoticesState {
  readonly notices: readonly NoticeEntry[]
  /** Shows a problem if there is one. */
  show(problem: ProblemReport | undefined): void
  dismiss(id: number): void
}

export type NoticesStore = StoreApi<NoticesState>

/** More at once cover the page; the oldest makes room. */
const shownAtOnce = 3

let nextId = 1

export const createNoticesStore = (): NoticesStore =>
  createStore<NoticesState>()((set) => ({
    notices: [],
    show(problem) {
      if (problem === undefined) return
      const entry = { id: nextId, problem }
      nextId += 1
      set(({ notices }) => ({ notices: [...notices, entry].slice(-shownAtOnce) }))
    },
    dismiss: (id) => set(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) })),
  }))
