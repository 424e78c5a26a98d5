import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ProblemReport } from '../../preload/contract/problem.ts'

/** What happened by itself, and where to look. */
interface News {
  readonly tone: 'bad' | 'warn' | 'busy'
  readonly title: string
  readonly lines: readonly string[]
  readonly planeId: string
}

/** `problem`: of what was asked in passing. `news`: of what went on by itself. */
export type NoticeEntry =
  | { readonly id: number; readonly kind: 'problem'; readonly problem: ProblemReport }
  | { readonly id: number; readonly kind: 'news'; readonly news: News }

/** Problems of what was asked in passing, with no place of their own on the page; and news. */
export interface NoticesState {
  readonly notices: readonly NoticeEntry[]
  /** Shows a problem if there is one. */
  show(problem: ProblemReport | undefined): void
  tell(news: News): void
  dismiss(id: number): void
}

export type NoticesStore = StoreApi<NoticesState>

/** More at once cover the page; the oldest makes room. */
const shownAtOnce = 3

let lastId = 0
const nextId = () => {
  lastId += 1
  return lastId
}

export const createNoticesStore = (): NoticesStore =>
  createStore<NoticesState>()((set) => {
    const add = (entry: NoticeEntry) => set(({ notices }) => ({ notices: [...notices, entry].slice(-shownAtOnce) }))
    return {
      notices: [],
      show(problem) {
        if (problem !== undefined) add({ id: nextId(), kind: 'problem', problem })
      },
      tell: (news) => add({ id: nextId(), kind: 'news', news }),
      dismiss: (id) => set(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) })),
    }
  })
