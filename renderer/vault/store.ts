import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { StoredCredential, VaultStatus } from '../../preload/contract/vault.ts'
import type { Client } from '../lib/client.ts'
import { follow } from '../lib/follow.ts'
import { attempt, problemOf } from '../lib/outcome.ts'

export interface VaultState {
  readonly status: VaultStatus | undefined
  readonly problem: ProblemReport | undefined
  /** Names of the stored credentials, by plane id. The core never returns the values. */
  readonly stored: Readonly<Record<string, readonly StoredCredential[]>>
  /** Whether the passphrase dialog is shown. */
  readonly dialogOpen: boolean
  load(): Promise<void>
  /** Follows the status: the vault can be locked on idle, or by another window or terminal. */
  follow(signal: AbortSignal): Promise<void>
  /** `then`: what waits for the open vault; it is forgotten when the dialog is closed. */
  openDialog(then?: () => void): void
  closeDialog(): void
  /** Sends the passphrase to the core; the store does not keep it. Without one, the keychain opens the vault. */
  unlock(passphrase?: string): Promise<ProblemReport | undefined>
  lock(): Promise<ProblemReport | undefined>
  /** Seals everything under a new key. */
  rekey(): Promise<ProblemReport | undefined>
  list(planeId: string): Promise<void>
  /** Sends the value to the core; the store does not keep it. */
  put(planeId: string, credential: string, key: string, value: string): Promise<ProblemReport | undefined>
}

export type VaultStore = StoreApi<VaultState>

export const createVaultStore = (client: Pick<Client, 'vault'>): VaultStore =>
  createStore<VaultState>()((set) => {
    let waiting: (() => void) | undefined
    return {
      status: undefined,
      problem: undefined,
      stored: {},
      dialogOpen: false,
      async load() {
        const status = await attempt(() => client.vault.status())
        if (!status.ok) return set({ problem: status.problem })
        set({ status: status.value, problem: undefined })
      },
      async follow(signal) {
        await follow(
          (until) => client.vault.watch(undefined, { signal: until }),
          (status) => set({ status, ...(status.state === 'open' ? { dialogOpen: false } : {}) }),
          signal,
        )
      },
      openDialog(then) {
        waiting = then
        set({ dialogOpen: true })
      },
      closeDialog() {
        waiting = undefined
        set({ dialogOpen: false })
      },
      async unlock(passphrase) {
        return problemOf(async () => {
          const status = await client.vault.unlock(passphrase === undefined ? {} : { passphrase })
          set({ status, dialogOpen: status.state !== 'open' })
          if (status.state !== 'open') return
          const next = waiting
          waiting = undefined
          next?.()
        })
      },
      async lock() {
        return problemOf(async () => set({ status: await client.vault.lock() }))
      },
      async rekey() {
        return problemOf(async () => set({ status: await client.vault.rekey() }))
      },
      async list(planeId) {
        const listed = await attempt(() => client.vault.list({ planeId }))
        if (listed.ok) set(({ stored }) => ({ stored: { ...stored, [planeId]: listed.value } }))
      },
      async put(planeId, credential, key, value) {
        return problemOf(async () => {
          const entry = await client.vault.put({ planeId, credential, key, value })
          set(({ stored }) => {
            const others = (stored[planeId] ?? []).filter(
              (other) => other.credential !== credential || other.key !== key,
            )
            return { stored: { ...stored, [planeId]: [...others, entry] } }
          })
        })
      },
    }
  })
