import { Problem } from '../../preload/contract/problem.ts'
import type { VaultStatus } from '../../preload/contract/vault.ts'
import { makePrivateFolder } from '../lib/files.ts'
import { withLock } from '../lib/lock.ts'
import type { AttemptLimit } from './attempts.ts'
import { bindingOf, type Entry, type EntryName, readVault, sameName, type VaultContent, writeVault } from './file.ts'
import type { Locking } from './locking.ts'
import type { MasterKey } from './master-key.ts'
import { seal, unseal } from './seal.ts'

interface Parts {
  readonly file: string
  /** The folder of the file. */
  readonly home: string
  readonly master: MasterKey
  readonly attempts: AttemptLimit
  readonly locking: Pick<Locking, 'notice'>
}

/** The file of the vault: its entries, each sealed under the master key. */
export class Entries {
  readonly #file: string
  readonly #home: string
  readonly #master: MasterKey
  readonly #attempts: AttemptLimit
  readonly #locking: Pick<Locking, 'notice'>

  constructor({ file, home, master, attempts, locking }: Parts) {
    this.#file = file
    this.#home = home
    this.#master = master
    this.#attempts = attempts
    this.#locking = locking
  }

  async status(): Promise<VaultStatus> {
    this.#locking.notice()
    const vault = await readVault(this.#file)
    if (vault === undefined) {
      const fault = await this.#master.keychainFault()
      return fault === undefined
        ? { backend: 'keychain', state: this.#master.locked ? 'locked' : 'open', reason: '' }
        : { backend: 'passphrase', state: 'empty', reason: fault }
    }
    const backend = vault.protection.kind
    try {
      await this.#master.withKey(vault, () => undefined)
      return { backend, state: 'open', reason: '' }
    } catch (error) {
      if (!isLocked(error)) throw error
      // A vault that was made with a passphrase, or locked by the user, is no evidence about the keychain.
      const byUser = backend === 'passphrase' || this.#master.locked
      return { backend, state: 'locked', reason: byUser ? '' : error.message }
    }
  }

  unlock(passphrase: string): Promise<void> {
    return this.#exclusively(async () => {
      const vault = await readVault(this.#file)
      if (vault === undefined) {
        await writeVault(this.#file, await this.#master.createWithPassphrase(passphrase))
        return
      }
      await this.#attempts.begin()
      await this.#master.unlock(vault, passphrase)
      await this.#attempts.succeeded()
      // What fails here is tried again with the next change, and reported there.
      await this.#upToDate(vault).catch(() => undefined)
    })
  }

  unlockFromKeychain(): Promise<void> {
    return this.#exclusively(async () => {
      const vault = await readVault(this.#file)
      await this.#master.unlockFromKeychain(vault)
      if (vault !== undefined) await this.#upToDate(vault).catch(() => undefined) // as in `unlock`
    })
  }

  async stored(): Promise<readonly Entry[]> {
    return (await readVault(this.#file))?.entries ?? []
  }

  /** Undefined where nothing is stored under this name. Throws VAULT_LOCKED. */
  async get(name: EntryName): Promise<Buffer | undefined> {
    this.#locking.notice()
    const vault = await readVault(this.#file)
    if (vault === undefined) return undefined
    try {
      return await this.#open(vault, name)
    } catch (error) {
      const again = await readVault(this.#file)
      // Another process has re-keyed it since it was read.
      if (again === undefined || again.protection.account === vault.protection.account) throw error
      return this.#open(again, name)
    }
  }

  set(name: EntryName, value: Buffer): Promise<Entry> {
    return this.#change(async (vault) => {
      const entry = await this.#sealed(vault, name, value)
      return { vault: withEntry(vault, entry), result: entry }
    })
  }

  /** The value that is stored, possibly by another process in the meantime; else the new one. */
  getOrCreate(name: EntryName, create: () => Buffer): Promise<Buffer> {
    return this.#change(async (vault) => {
      const stored = await this.#open(vault, name)
      if (stored !== undefined) return { vault, result: stored }
      const value = create()
      return { vault: withEntry(vault, await this.#sealed(vault, name, value)), result: value }
    })
  }

  /**
   * Puts one value in the place of another and re-keys the vault, so that no copy of the file opens the former one. Nothing
   * where another process was sooner. Throws VAULT_LOCKED.
   */
  replace(name: EntryName, before: Buffer, after: Buffer): Promise<void> {
    return this.#withExisting(async (vault) => {
      if ((await this.#open(vault, name))?.equals(before) !== true) return
      await this.#upToDate({ ...withEntry(vault, await this.#sealed(vault, name, after)), rekeyDue: true })
    })
  }

  /** Needs no master key, so that what is stored can be removed from a locked vault. */
  remove(matches: (name: EntryName) => boolean): Promise<void> {
    return this.#withExisting(async (vault) => {
      const entries = vault.entries.filter(({ name }) => !matches(name))
      if (entries.length < vault.entries.length) await writeVault(this.#file, { ...vault, entries })
    })
  }

  /** Removes it and re-keys the vault, so that no copy of the file opens it. A locked vault is re-keyed once it is open. */
  destroy(name: EntryName): Promise<void> {
    return this.#withExisting(async (vault) => {
      const entries = vault.entries.filter((entry) => !sameName(entry.name, name))
      if (entries.length === vault.entries.length) return
      const left = { ...vault, entries, rekeyDue: true }
      await writeVault(this.#file, left)
      await this.#upToDate(left).catch((error: unknown) => {
        if (!isLocked(error)) throw error
      })
    })
  }

  /** Seals everything under a new key. Throws VAULT_LOCKED. */
  rekey(): Promise<void> {
    return this.#withExisting(async (vault) => {
      await this.#upToDate({ ...vault, rekeyDue: true })
    })
  }

  async #open(vault: VaultContent, name: EntryName): Promise<Buffer | undefined> {
    const entry = vault.entries.find((each) => sameName(each.name, name))
    if (entry === undefined) return undefined
    const binding = bindingOf(vault.version, name)
    const value = await this.#master.withKey(vault, (key) => unseal(entry.sealed, key, binding))
    if (value !== undefined) return value
    const evidence = `${this.#file} (${vault.protection.kind})`
    throw new Problem('FILE_INVALID', 'An entry of the vault does not open with its key.', evidence)
  }

  async #sealed(vault: VaultContent, name: EntryName, value: Buffer): Promise<Entry> {
    const binding = bindingOf(vault.version, name)
    const sealed = await this.#master.withKey(vault, (key) => seal(value, key, binding))
    return { name: [...name], sealed, storedAt: new Date().toISOString() }
  }

  /** Reads, changes and writes the file while no other process does. Throws VAULT_LOCKED. */
  #change<Result>(
    act: (vault: VaultContent) => Promise<{ readonly vault: VaultContent; readonly result: Result }>,
  ): Promise<Result> {
    return this.#exclusively(async () => {
      const existing = await readVault(this.#file)
      const vault = existing === undefined ? await this.#master.createInKeychain() : await this.#upToDate(existing)
      const changed = await act(vault)
      if (changed.vault !== vault || existing === undefined) await writeVault(this.#file, changed.vault)
      return changed.result
    })
  }

  #withExisting(act: (vault: VaultContent) => Promise<void>): Promise<void> {
    return this.#exclusively(async () => {
      const vault = await readVault(this.#file)
      if (vault !== undefined) await act(vault)
    })
  }

  /** Re-keys a vault of version 1 and one that is due, and removes secrets of former keys. Throws VAULT_LOCKED. */
  async #upToDate(vault: VaultContent): Promise<VaultContent> {
    await this.#master.withKey(vault, () => undefined)
    if (vault.version === 1 || vault.rekeyDue) return this.#withoutRetired(await this.#rekeyed(vault))
    return this.#withoutRetired(vault)
  }

  /**
   * A process that is killed between any two of these steps leaves a file whose key exists, and which names every secret
   * that is left to remove.
   */
  async #rekeyed(vault: VaultContent): Promise<VaultContent> {
    const next = await this.#master.next(vault)
    if (vault.version === 2) await writeVault(this.#file, { ...vault, retired: [...vault.retired, next.account] })
    await next.store()
    const { account } = vault.protection
    const rekeyed: VaultContent = {
      version: 2,
      protection: next.protection,
      entries: await this.#master.withKey(vault, (key) =>
        vault.entries.map((entry) => resealed(entry, vault, key, next.key)),
      ),
      rekeyDue: false,
      retired: account === undefined ? vault.retired : [...vault.retired, account],
    }
    await writeVault(this.#file, rekeyed)
    this.#master.use(next)
    return rekeyed
  }

  async #withoutRetired(vault: VaultContent): Promise<VaultContent> {
    if (vault.retired.length === 0) return vault
    const left: string[] = []
    for (const account of vault.retired) {
      if (account === vault.protection.account) continue
      // A keychain may refuse now; the next change tries again.
      await this.#master.retire(vault, account).catch(() => left.push(account))
    }
    const cleaned = { ...vault, retired: left }
    await writeVault(this.#file, cleaned)
    return cleaned
  }

  async #exclusively<Result>(act: () => Promise<Result>): Promise<Result> {
    await makePrivateFolder(this.#home)
    return withLock(`${this.#file}.lock`, () => {
      this.#locking.notice()
      return act()
    })
  }
}

const withEntry = (vault: VaultContent, entry: Entry): VaultContent => ({
  ...vault,
  entries: [...vault.entries.filter(({ name }) => !sameName(name, entry.name)), entry],
})

/** An entry that does not open stays as it is: it is reported when it is read. */
function resealed(entry: Entry, { version }: VaultContent, key: Buffer, next: Buffer): Entry {
  const value = unseal(entry.sealed, key, bindingOf(version, entry.name))
  return value === undefined ? entry : { ...entry, sealed: seal(value, next, bindingOf(2, entry.name)) }
}

const isLocked = (error: unknown): error is Problem => error instanceof Problem && error.code === 'VAULT_LOCKED'
