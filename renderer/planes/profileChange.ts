import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { ProfileChange } from '../../preload/contract/profile-change.ts'
import type { Client } from '../lib/client.ts'
import { attempt } from '../lib/outcome.ts'

export interface ProfileChangeState {
  /** Of the plane that is shown, since the user approved its profile; undefined: none is known. */
  readonly change: ProfileChange | undefined
  /** Whether the user reviews it. */
  readonly reviewing: boolean
  /** The profile changed again after it was shown. */
  readonly again: boolean
  /** The plane whose profile was approved last, as a new object each time. */
  readonly approved: { readonly planeId: string } | undefined
  /** Reads what changed. */
  load(planeId: string): Promise<void>
  /** Shows what changed by now. Resolves with false if nothing did; `retry` repeats what was refused. */
  review(planeId: string, retry?: () => void): Promise<boolean>
  /** Approves nothing. */
  cancel(): void
  /** Approves what is shown. If that has changed, the change is shown instead. */
  approve(): Promise<ProblemReport | undefined>
}

export type ProfileChangeStore = StoreApi<ProfileChangeState>

export interface ProfileChangePorts {
  /** Continues what waited for the approval. */
  readonly onApproved: (planeId: string) => void
  readonly onProblem: (problem: ProblemReport) => void
}

export const createProfileChangeStore = (
  client: Pick<Client, 'planes'>,
  { onApproved, onProblem }: ProfileChangePorts,
): ProfileChangeStore =>
  createStore<ProfileChangeState>()((set, get) => {
    let waiting: (() => void) | undefined
    let shownPlane: string | undefined

    async function load(planeId: string): Promise<void> {
      shownPlane = planeId
      if (get().change?.planeId !== planeId) set({ change: undefined, reviewing: false, again: false })
      const read = await attempt(() => client.planes.profileChange({ planeId }))
      if (shownPlane !== planeId) return
      if (!read.ok) return onProblem(read.problem)
      set({ change: read.value ?? undefined })
    }

    return {
      change: undefined,
      reviewing: false,
      again: false,
      approved: undefined,
      load,
      async review(planeId, retry) {
        await load(planeId)
        if (get().change?.planeId !== planeId) return false
        waiting = retry
        set({ reviewing: true, again: false })
        return true
      },
      cancel: () => set({ reviewing: false }),
      async approve() {
        const { change } = get()
        if (change === undefined) return undefined
        const { planeId, digest } = change
        const approved = await attempt(() => client.planes.approveProfile({ planeId, digest }))
        if (get().change !== change) return undefined
        if (!approved.ok && approved.problem.code !== 'PROFILE_CHANGED') return approved.problem
        if (!approved.ok) {
          await load(planeId)
          set({ again: true })
          return undefined
        }
        set({ change: undefined, reviewing: false, again: false, approved: { planeId } })
        onApproved(planeId)
        waiting?.()
        return undefined
      },
    }
  })
