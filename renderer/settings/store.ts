import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { About, Settings } from '../../preload/contract/settings.ts'
import type { Client } from '../lib/client.ts'
import { attempt, problemOf } from '../lib/outcome.ts'

export interface SettingsState {
  readonly settings: Settings | undefined
  readonly about: About | undefined
  readonly problem: ProblemReport | undefined
  load(): Promise<void>
  change(part: Partial<Settings>): Promise<ProblemReport | undefined>
}

export type SettingsStore = StoreApi<SettingsState>

export const createSettingsStore = (client: Pick<Client, 'settings'>): SettingsStore =>
  createStore<SettingsState>()((set) => ({
    settings: undefined,
    about: undefined,
    problem: undefined,
    async load() {
      const [settings, about] = await Promise.all([
        attempt(() => client.settings.get()),
        attempt(() => client.settings.about()),
      ])
      if (settings.ok) set({ settings: settings.value, problem: undefined })
      else set({ problem: settings.problem })
      if (about.ok) set({ about: about.value })
    },
    change: (part) => problemOf(async () => set({ settings: await client.settings.set(part) })),
  }))
