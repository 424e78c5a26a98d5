import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Problem } from '../../preload/contract/problem.ts'
import type { StoredCredential, VaultStatus } from '../../preload/contract/vault.ts'
import { AttemptLimit } from './attempts.ts'
import { Entries } from './entries.ts'
import { type EntryName, sameName } from './file.ts'
import { type Keychain, systemKeychain } from './keychain.ts'
import { Locking } from './locking.ts'
import { MasterKey } from './master-key.ts'
import { keyBytes } from './seal.ts'
import { secretFiles } from './secret-files.ts'

export interface VaultOptions {
  /** Hangar's folder for state. */
  readonly home: string
  /** Name of Hangar's entry in the keychain. */
  readonly service: string
  /** Default: the system's. */
  readonly keychain?: Keychain
  /** The time of wrong passphrases, in ms since 1970; tests replace it. */
  readonly now?: () => number
}

interface Put {
  readonly planeId: string
  readonly credential: string
  readonly key: string
  readonly value: string
}

/**
 * Secrets, sealed in one file under a master key: from the system's keychain, or derived from a passphrase where there is
 * none. Values are read and written in main only; the contract shows names and times.
 */
export interface Vault {
  status(): Promise<VaultStatus>
  /**
   * Opens the vault: with its passphrase, which creates a vault where there is none, or without one from the keychain.
   * Throws VAULT_PASSPHRASE_WRONG, VAULT_ATTEMPTS_LIMITED.
   */
  unlock(input: { readonly passphrase?: string | undefined }): Promise<VaultStatus>
  /** The status, then again when this process opens or locks the vault. */
  watch(signal: AbortSignal): AsyncGenerator<VaultStatus>
  /** Forgets the key, in every process of this user. It opens again with its passphrase, or when a user asks the keychain. */
  lock(): Promise<VaultStatus>
  /** The same, in this process alone. */
  lockHere(): void
  /** Aborts with VAULT_LOCKED when the vault is locked the next time. */
  untilLocked(): AbortSignal
  /** Seals everything under a new key: older copies of the vault's file do not open any more. Throws VAULT_LOCKED. */
  rekey(): Promise<VaultStatus>
  put(input: Put): Promise<StoredCredential>
  list(input: { readonly planeId: string }): Promise<StoredCredential[]>
  remove(input: { readonly planeId: string; readonly credential: string }): Promise<void>
  /** One value; undefined where none is stored. Throws VAULT_LOCKED. */
  secret(planeId: string, credential: string, key: string): Promise<string | undefined>
  /** 32 random bytes under a name, created on first use. Throws VAULT_LOCKED. */
  key(name: string): Promise<Buffer>
  /** The same, but undefined where there is none. Throws VAULT_LOCKED. */
  existingKey(name: string): Promise<Buffer | undefined>
  /** Puts another key in its place and re-keys the vault. Nothing where it is another one already. Throws VAULT_LOCKED. */
  replaceKey(name: string, before: Buffer, after: Buffer): Promise<void>
  /** Destroys it and re-keys the vault; a locked vault is re-keyed once it is open. */
  destroyKey(name: string): Promise<void>
  /** Stores a text that is not a credential; undefined removes it. Throws VAULT_LOCKED. */
  setText(name: string, text: string | undefined): Promise<void>
  /** A stored text; undefined where there is none. Throws VAULT_LOCKED. */
  text(name: string): Promise<string | undefined>
  removePlane(planeId: string): Promise<void>
}

/** Watchers are notified at most four times a second. */
const noticeEveryMs = 250

export function createVault(options: VaultOptions): Vault {
  const { home, service, keychain = systemKeychain(service), now = Date.now } = options
  const master = new MasterKey(keychain, secretFiles(join(home, 'vault-keys')), () => locking.opened())
  const locking = new Locking(master, join(home, 'vault-locked'), home)
  const attempts = new AttemptLimit(join(home, 'vault-attempts.json'), now)
  const entries = new Entries({ file: join(home, 'vault.json'), home, master, attempts, locking })
  return {
    status: () => entries.status(),
    async *watch(signal) {
      for await (const _ of locking.changes.watch(noticeEveryMs, signal)) yield await entries.status()
    },
    async lock() {
      await locking.lockEverywhere()
      return entries.status()
    },
    lockHere: () => locking.lock(),
    untilLocked: () => locking.untilLocked(),
    async unlock({ passphrase }) {
      const { backend, state } = await entries.status()
      if (state === 'open') return entries.status()
      if (passphrase !== undefined && backend === 'keychain')
        throw new Problem('VAULT_UNAVAILABLE', 'The keychain opens this vault; it has no passphrase.')
      if (passphrase !== undefined) await entries.unlock(passphrase)
      else if (backend === 'keychain') await entries.unlockFromKeychain()
      else throw new Problem('VAULT_LOCKED', 'The vault needs its passphrase.')
      return entries.status()
    },
    async rekey() {
      await entries.rekey()
      return entries.status()
    },
    async put({ planeId, credential, key, value }) {
      const { storedAt } = await entries.set(credentialName(planeId, credential, key), Buffer.from(value))
      return { planeId, credential, key, storedAt }
    },
    async list({ planeId }) {
      return (await entries.stored()).flatMap(({ name: [section, plane, credential = '', key = ''], storedAt }) =>
        section === 'credential' && plane === planeId ? [{ planeId, credential, key, storedAt }] : [],
      )
    },
    remove: ({ planeId, credential }) =>
      entries.remove(([section, plane, name]) => section === 'credential' && plane === planeId && name === credential),
    async secret(planeId, credential, key) {
      return (await entries.get(credentialName(planeId, credential, key)))?.toString()
    },
    async key(name) {
      return (await entries.get(keyName(name))) ?? entries.getOrCreate(keyName(name), () => randomBytes(keyBytes))
    },
    existingKey: (name) => entries.get(keyName(name)),
    replaceKey: (name, before, after) => entries.replace(keyName(name), before, after),
    destroyKey: (name) => entries.destroy(keyName(name)),
    async setText(name, text) {
      if (text === undefined) await entries.remove((stored) => sameName(stored, keyName(name)))
      else await entries.set(keyName(name), Buffer.from(text))
    },
    text: async (name) => (await entries.get(keyName(name)))?.toString(),
    removePlane: (planeId) => entries.remove(([section, plane]) => section === 'credential' && plane === planeId),
  }
}

const credentialName = (planeId: string, credential: string, key: string): EntryName => [
  'credential',
  planeId,
  credential,
  key,
]
const keyName = (name: string): EntryName => ['key', name]
