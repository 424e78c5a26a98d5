import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Problem } from '../../preload/contract/problem.ts'
import type { StoredCredential, VaultStatus } from '../../preload/contract/vault.ts'
import { makePrivateFolder } from '../lib/files.ts'
import { withLock } from '../lib/lock.ts'
import { readVault, type SealedEntry, type VaultFile, writeVault } from './file.ts'
import { type Keychain, systemKeychain } from './keychain.ts'
import { MasterKey } from './master-key.ts'
import { seal, unseal } from './seal.ts'

export interface VaultOptions {
  /** Hangar's folder for state. */
  readonly home: string
  /** Name of Hangar's entry in the keychain. */
  readonly service: string
  /** Default: the system's. */
  readonly keychain?: Keychain
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
  /** Opens the passphrase vault, or creates it. Throws VAULT_PASSPHRASE_WRONG. */
  unlock(input: { readonly passphrase: string }): Promise<VaultStatus>
  put(input: Put): Promise<StoredCredential>
  list(input: { readonly planeId: string }): Promise<StoredCredential[]>
  remove(input: { readonly planeId: string; readonly credential: string }): Promise<void>
  /** One value; undefined where none is stored. Throws VAULT_LOCKED. */
  secret(planeId: string, credential: string, key: string): Promise<string | undefined>
  /** 32 random bytes under a name, created on first use. Throws VAULT_LOCKED. */
  key(name: string): Promise<Buffer>
  destroyKey(name: string): Promise<void>
  /** Stores a text that is not a credential; undefined removes it. Throws VAULT_LOCKED. */
  setText(name: string, text: string | undefined): Promise<void>
  /** A stored text; undefined where there is none. Throws VAULT_LOCKED. */
  text(name: string): Promise<string | undefined>
  removePlane(planeId: string): Promise<void>
}

const keyBytes = 32

export function createVault({ home, service, keychain = systemKeychain(service) }: VaultOptions): Vault {
  const entries = new Entries(join(home, 'vault.json'), home, new MasterKey(keychain))
  return {
    status: () => entries.status(),
    async unlock({ passphrase }) {
      const { backend, state } = await entries.status()
      if (state !== 'open' && backend === 'keychain')
        throw new Problem('VAULT_UNAVAILABLE', 'The keychain opens this vault; it has no passphrase.')
      if (state !== 'open') await entries.unlock(passphrase)
      return entries.status()
    },
    async put({ planeId, credential, key, value }) {
      const name = credentialName(planeId, credential, key)
      const { storedAt } = await entries.set('credentials', name, Buffer.from(value))
      return { planeId, credential, key, storedAt }
    },
    async list({ planeId }) {
      const stored = Object.entries(await entries.stored('credentials'))
      return stored.flatMap(([name, { storedAt }]) => {
        const [plane = '', credential = '', key = ''] = name.split('/')
        return plane === planeId ? [{ planeId, credential, key, storedAt }] : []
      })
    },
    remove: ({ planeId, credential }) =>
      entries.remove('credentials', (name) => name.startsWith(credentialName(planeId, credential, ''))),
    async secret(planeId, credential, key) {
      return (await entries.get('credentials', credentialName(planeId, credential, key)))?.toString()
    },
    async key(name) {
      return (await entries.get('keys', name)) ?? entries.getOrCreate('keys', name, () => randomBytes(keyBytes))
    },
    destroyKey: (name) => entries.remove('keys', (stored) => stored === name),
    async setText(name, text) {
      if (text === undefined) await entries.remove('keys', (stored) => stored === name)
      else await entries.set('keys', name, Buffer.from(text))
    },
    text: async (name) => (await entries.get('keys', name))?.toString(),
    removePlane: (planeId) => entries.remove('credentials', (name) => name.startsWith(`${planeId}/`)),
  }
}

/** Ids of planes and credentials contain no "/", and neither can a key of a Secret. */
const credentialName = (planeId: string, credential: string, key: string): string => `${planeId}/${credential}/${key}`

type Section = 'credentials' | 'keys'

/** A value is sealed under its name, so that one that is moved to another name does not open. */
const sealedName = (section: Section, name: string): string => (section === 'keys' ? `key/${name}` : name)

/** The file of the vault: its entries, each sealed under the master key. */
class Entries {
  readonly #file: string
  readonly #home: string
  readonly #master: MasterKey

  constructor(file: string, home: string, master: MasterKey) {
    this.#file = file
    this.#home = home
    this.#master = master
  }

  async status(): Promise<VaultStatus> {
    const vault = await readVault(this.#file)
    if (vault === undefined) {
      const fault = await this.#master.keychainFault()
      return fault === undefined
        ? { backend: 'keychain', state: 'open', reason: '' }
        : { backend: 'passphrase', state: 'empty', reason: fault }
    }
    const backend = vault.protection.kind
    try {
      await this.#master.of(vault)
      return { backend, state: 'open', reason: '' }
    } catch (error) {
      // A vault that was made with a passphrase is no evidence about the keychain.
      if (error instanceof Problem && error.code === 'VAULT_LOCKED')
        return { backend, state: 'locked', reason: backend === 'passphrase' ? '' : error.message }
      throw error
    }
  }

  unlock(passphrase: string): Promise<void> {
    return this.#locked(async () => {
      const vault = await readVault(this.#file)
      const unlocked = await this.#master.unlock(vault, passphrase)
      if (vault === undefined) await writeVault(this.#file, unlocked)
    })
  }

  async stored(section: Section): Promise<Readonly<Record<string, SealedEntry>>> {
    return (await readVault(this.#file))?.[section] ?? {}
  }

  async get(section: Section, name: string): Promise<Buffer | undefined> {
    const vault = await readVault(this.#file)
    return vault && this.#open(vault, section, name)
  }

  set(section: Section, name: string, value: Buffer): Promise<SealedEntry> {
    return this.#change((vault) => this.#seal(vault, section, name, value))
  }

  /** The value that is stored, possibly by another process in the meantime; else the new one. */
  getOrCreate(section: Section, name: string, create: () => Buffer): Promise<Buffer> {
    return this.#change(async (vault) => {
      const stored = await this.#open(vault, section, name)
      if (stored !== undefined) return stored
      const value = create()
      await this.#seal(vault, section, name, value)
      return value
    })
  }

  /** Needs no master key, so that what is stored can be removed from a locked vault. */
  async remove(section: Section, matches: (name: string) => boolean): Promise<void> {
    const names = Object.keys(await this.stored(section)).filter(matches)
    if (names.length === 0) return
    await this.#change((vault) => {
      for (const name of names) delete vault[section][name]
    })
  }

  async #open(vault: VaultFile, section: Section, name: string): Promise<Buffer | undefined> {
    const entry = vault[section][name]
    if (entry === undefined) return undefined
    const value = unseal(entry.sealed, await this.#master.of(vault), sealedName(section, name))
    if (value !== undefined) return value
    const evidence = `${this.#file} (${vault.protection.kind})`
    throw new Problem('FILE_INVALID', 'An entry of the vault does not open with its key.', evidence)
  }

  async #seal(vault: VaultFile, section: Section, name: string, value: Buffer): Promise<SealedEntry> {
    const sealed = seal(value, await this.#master.of(vault), sealedName(section, name))
    const entry = { sealed, storedAt: new Date().toISOString() }
    vault[section][name] = entry
    return entry
  }

  /** Reads, changes and writes the file while no other process does. */
  #change<Result>(act: (vault: VaultFile) => Result | Promise<Result>): Promise<Result> {
    return this.#locked(async () => {
      const vault = (await readVault(this.#file)) ?? (await this.#master.createInKeychain())
      const result = await act(vault)
      await writeVault(this.#file, vault)
      return result
    })
  }

  async #locked<Result>(act: () => Promise<Result>): Promise<Result> {
    await makePrivateFolder(this.#home)
    return withLock(`${this.#file}.lock`, act)
  }
}
