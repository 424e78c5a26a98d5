import { createStore, type StoreApi } from 'zustand/vanilla'
import type { PlaneDiscovery } from '../../../preload/contract/install.ts'
import type { Plane } from '../../../preload/contract/planes.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import type { Client } from '../../lib/client.ts'
import { attempt, type Outcome } from '../../lib/outcome.ts'

interface ConnectState {
  readonly contextId: string | undefined
  readonly profile: string | undefined
  /** undefined: not looked for since the cluster or the profile was chosen. */
  readonly found: PlaneDiscovery | undefined
  readonly problem: ProblemReport | undefined
  readonly busy: boolean
  chooseContext(contextId: string): void
  chooseProfile(profile: string): void
  /** Looks for a plane of the profile in the cluster. */
  discover(): Promise<void>
  /** Adds the plane that was found. */
  connect(plane: Pick<Plane, 'name' | 'managementModel' | 'settings'>): Promise<Outcome<Plane> | undefined>
}

export type ConnectStore = StoreApi<ConnectState>

export const createConnectStore = (client: Pick<Client, 'install' | 'planes'>): ConnectStore =>
  createStore<ConnectState>()((set, get) => {
    const nothing = { found: undefined, problem: undefined, busy: false }
    /** An answer about another choice is dropped. */
    const isCurrent = (contextId: string, profile: string) => get().contextId === contextId && get().profile === profile
    return {
      contextId: undefined,
      profile: undefined,
      ...nothing,
      chooseContext: (contextId) => set(get().contextId === contextId ? {} : { contextId, ...nothing }),
      chooseProfile: (profile) => set(get().profile === profile ? {} : { profile, ...nothing }),
      async discover() {
        const { contextId, profile, busy } = get()
        if (contextId === undefined || profile === undefined || busy) return
        set({ ...nothing, busy: true })
        const found = await attempt(() => client.install.discover({ contextId, profile }))
        if (!isCurrent(contextId, profile)) return
        set(found.ok ? { found: found.value, busy: false } : { problem: found.problem, busy: false })
      },
      async connect(plane) {
        const { contextId, profile, found, busy } = get()
        if (contextId === undefined || profile === undefined || found === undefined || busy) return undefined
        set({ busy: true, problem: undefined })
        const { installedBy } = found
        const connected = await attempt(() => client.planes.connect({ ...plane, contextId, profile, installedBy }))
        set(connected.ok ? { ...nothing } : { busy: false, problem: connected.problem })
        return connected
      },
    }
  })
