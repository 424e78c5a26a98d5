import { createStore, type StoreApi } from 'zustand/vanilla'
import { keep, recall } from '../../lib/keep.ts'
import type { StandingKind } from './standingKind.ts'

/** `label:KEY` groups by the value of a label. */
export type Grouping = 'none' | 'profile' | 'region' | `label:${string}`

/** What Home shows of the planes, and how. It is in the address. */
export interface FleetShown {
  readonly kind: StandingKind | undefined
  readonly text: string
  readonly grouping: Grouping
  readonly layout: 'table' | 'tiles'
}

export const nothingChosen: FleetShown = { kind: undefined, text: '', grouping: 'none', layout: 'table' }

export const isGrouping = (value: string | null | undefined): value is Grouping =>
  value === 'none' || value === 'profile' || value === 'region' || value?.startsWith('label:') === true

interface FleetShownState {
  readonly shown: FleetShown
  change(part: Partial<FleetShown>): void
}

export type FleetShownStore = StoreApi<FleetShownState>

const isShown = (value: unknown): value is FleetShown =>
  typeof value === 'object' && value !== null && 'text' in value && 'grouping' in value && 'layout' in value

/** What the user chose survives a change of the view, and a reload of an address that says nothing of it. */
export const createFleetShownStore = (): FleetShownStore =>
  createStore<FleetShownState>()((set, get) => ({
    shown: recall('fleet', isShown) ?? nothingChosen,
    change(part) {
      const shown = { ...get().shown, ...part }
      keep('fleet', shown)
      set({ shown })
    },
  }))
