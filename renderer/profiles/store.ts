import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { Profile, ProfileEntry, ProfileFault } from '../../preload/contract/profiles.ts'
import type { Client } from '../lib/client.ts'
import { attempt, type Outcome, problemOf } from '../lib/outcome.ts'

/** The text of one profile in its file, the edited text, and the errors in the edited text. */
export interface OpenProfile {
  readonly name: string
  readonly origin: ProfileEntry['origin']
  readonly saved: string
  readonly draft: string
  /** Errors in the draft; undefined while the draft is checked. */
  readonly faults: readonly ProfileFault[] | undefined
}

export interface ProfilesState {
  readonly entries: readonly ProfileEntry[] | undefined
  readonly problem: ProblemReport | undefined
  /** Parsed profiles by name; a problem for an invalid one. */
  readonly profiles: Readonly<Record<string, Outcome<Profile>>>
  readonly open: OpenProfile | undefined
  readonly openProblem: ProblemReport | undefined
  load(): Promise<void>
  /** Reads the parsed profile, unless it was read before. */
  get(name: string): Promise<void>
  read(name: string): Promise<void>
  close(): void
  /** The file was changed elsewhere: its parsed profile is read again when it is needed. */
  forget(name: string): void
  edit(draft: string): void
  save(): Promise<ProblemReport | undefined>
  copy(name: string, newName: string): Promise<ProblemReport | undefined>
  remove(name: string): Promise<ProblemReport | undefined>
}

export type ProfilesStore = StoreApi<ProfilesState>

/** After the last key, so that not every letter starts a check. */
const checkAfterMs = 300

export const createProfilesStore = (client: Pick<Client, 'profiles'>): ProfilesStore =>
  createStore<ProfilesState>()((set, get) => {
    let timer: ReturnType<typeof setTimeout> | undefined

    async function check() {
      const draft = get().open?.draft
      if (draft === undefined) return
      const faults = await attempt(() => client.profiles.check({ text: draft }))
      set(({ open }) => {
        // The text changed during the check; a later check reports its errors.
        if (open === undefined || open.draft !== draft) return {}
        return faults.ok
          ? { open: { ...open, faults: faults.value }, openProblem: undefined }
          : { openProblem: faults.problem }
      })
    }

    async function reload() {
      const listed = await attempt(() => client.profiles.list())
      set(listed.ok ? { entries: listed.value, problem: undefined } : { problem: listed.problem })
    }

    return {
      entries: undefined,
      problem: undefined,
      profiles: {},
      open: undefined,
      openProblem: undefined,
      load: reload,
      async get(name) {
        if (get().profiles[name]?.ok === true) return
        const profile = await attempt(() => client.profiles.get({ name }))
        set(({ profiles }) => ({ profiles: { ...profiles, [name]: profile } }))
      },
      async read(name) {
        set({ open: undefined, openProblem: undefined })
        const file = await attempt(() => client.profiles.read({ name }))
        if (!file.ok) return set({ openProblem: file.problem })
        const { text, origin } = file.value
        set({ open: { name, origin, saved: text, draft: text, faults: undefined } })
        await check()
      },
      close() {
        clearTimeout(timer)
        set({ open: undefined, openProblem: undefined })
      },
      forget(name) {
        set(({ profiles: { [name]: _outdated, ...profiles } }) => ({ profiles }))
      },
      edit(draft) {
        set(({ open }) => (open === undefined ? {} : { open: { ...open, draft, faults: undefined } }))
        clearTimeout(timer)
        timer = setTimeout(() => void check(), checkAfterMs)
      },
      async save() {
        const open = get().open
        if (open === undefined) return undefined
        return problemOf(async () => {
          await client.profiles.save({ name: open.name, text: open.draft })
          set((state) => {
            const { [open.name]: _outdated, ...profiles } = state.profiles
            return { profiles, open: state.open && { ...state.open, saved: open.draft } }
          })
          await reload()
        })
      },
      async copy(name, newName) {
        return problemOf(async () => {
          await client.profiles.copy({ name, newName })
          await reload()
        })
      },
      async remove(name) {
        return problemOf(async () => {
          await client.profiles.remove({ name })
          await reload()
        })
      },
    }
  })
