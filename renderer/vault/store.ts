import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { StoredCredential, VaultStatus } from '../../preload/contract/vault.ts'
import type { Client } from '../lib/client.ts'
import { attempt, problemOf } from '../lib/outcome.ts'

export interface VaultState {
  readonly status: VaultStatus | undefined
  readonly problem: ProblemReport | undefined
  /** Which credentials are there, by plane. What they are is never here. */
  readonly stored: Readonly<Record<string, readonly StoredCredential[]>>
  /** Is the dialog open that asks for the passphrase? */
  readonly asking: boolean
  load(): Promise<void>
  ask(): void
  dismiss(): void
  /** The passphrase is handed on and kept nowhere. */
  unlock(passphrase: string): Promise<ProblemReport | undefined>
  list(planeId: string): Promise<void>
  /** The value is handed on and kept nowhere. */
  put(planeId: string, credential: string, key: string, value: string): Promise<ProblemReport | undefined>
}

export type VaultStore = StoreApi<VaultState>

export const createVaultStore = (client: Pick<Client, 'vault'>): VaultStore =>
  createStore<VaultState>()((set) => ({
    status: undefined,
    problem: undefined,
    stored: {},
    asking: false,
    async load() {
      const status = await attempt(() => client.vault.status())
      if (!status.ok) return set({ problem: status.problem })
      set({ status: status.value, problem: undefined })
    },
    ask: () => set({ asking: true }),
    dismiss: () => set({ asking: false }),
    async unlock(passphrase) {
      return problemOf(async () => {
        const status = await client.vault.unlock({ passphrase })
        set({ status, asking: status.state !== 'open' })
      })
    },
    async list(planeId) {
      const listed = await attempt(() => client.vault.list({ planeId }))
      if (listed.ok) set(({ stored }) => ({ stored: { ...stored, [planeId]: listed.value } }))
    },
    async put(planeId, credential, key, value) {
      return problemOf(async () => {
        const entry = await client.vault.put({ planeId, credential, key, value })
        set(({ stored }) => {
          const others = (stored[planeId] ?? []).filter((one) => one.credential !== credential || one.key !== key)
          return { stored: { ...stored, [planeId]: [...others, entry] } }
        })
      })
    },
  }))
