import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ProblemReport } from '../../preload/contract/problem.ts'

/** What a background check found, and the plane that it concerns. */
export interface Notification {
  readonly tone: 'bad' | 'warn' | 'busy'
  readonly title: string
  readonly lines: readonly string[]
  readonly planeId: string
}

/** `problem`: an action of the user failed. `notification`: a background check reported something. */
type NoticeEntry =
  | { readonly id: number; readonly kind: 'problem'; readonly problem: ProblemReport }
  | { readonly id: number; readonly kind: 'notification'; readonly notification: Notification }

export interface NoticesState {
  readonly notices: readonly NoticeEntry[]
  /** Shows a problem if there is one. */
  show(problem: ProblemReport | undefined): void
  notify(notification: Notification): void
  dismiss(id: number): void
  /** Removes the problems of a cause that is over. */
  end(cause: EndedCause): void
}

/** What can end by itself, with the codes of the problems that end with it. */
const codesOf = {
  hostLost: ['HOST_LOST'],
  vaultLocked: ['VAULT_LOCKED'],
  clusterUnreachable: ['CLUSTER_UNREACHABLE', 'CLUSTER_UNTRUSTED', 'CLUSTER_BUSY'],
  consentNeeded: ['CONSENT_NEEDED'],
  profileChanged: ['PROFILE_CHANGED'],
} as const

type EndedCause = keyof typeof codesOf

export type NoticesStore = StoreApi<NoticesState>

/** More would cover the page; the oldest is removed first. */
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
      notify(notification) {
        // A later run of the same plane replaces what an earlier one reported.
        set(({ notices }) => ({
          notices: notices.filter(
            (notice) => notice.kind !== 'notification' || notice.notification.planeId !== notification.planeId,
          ),
        }))
        add({ id: nextId(), kind: 'notification', notification })
      },
      end(cause) {
        const codes: readonly string[] = codesOf[cause]
        set(({ notices }) => ({
          notices: notices.filter((notice) => notice.kind !== 'problem' || !codes.includes(notice.problem.code)),
        }))
      },
      dismiss: (id) => set(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) })),
    }
  })
