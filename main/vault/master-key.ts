import { randomBytes, randomUUID } from 'node:crypto'
import { Problem } from '../../preload/contract/problem.ts'
import { bindingOf, newVault, type Protection, type VaultContent } from './file.ts'
import { type Keychain, keychainFault } from './keychain.ts'
import { combineKeys, type Derivation, deriveKey, keyBytes, newDerivation, seal, unseal } from './seal.ts'

/** In a vault of version 1 the check is bound to its plain name. */
const checkBinding = (version: VaultContent['version']): string =>
  version === 1 ? 'check' : bindingOf(version, ['check', 'passphrase'])
const checkValue = Buffer.from('hangar vault')

/** A key that is about to replace another one, and the account under which its secret is stored. */
export interface NextKey {
  readonly key: Buffer
  readonly account: string
  readonly protection: Protection
  /** Stores the secret. The vault's file must name the account before and after, so that it is not left behind. */
  store(): Promise<void>
}

/**
 * The key that seals a vault. Its secret is in the system's keychain; where there is none, a secret in a file is combined
 * with what the passphrase derives. Held in memory once it is known, until `lock`.
 */
export class MasterKey {
  readonly #keychain: Keychain
  readonly #files: Keychain
  readonly #opened: () => void
  #derived: { readonly salt: string; readonly key: Buffer } | undefined
  #current: { readonly id: string; readonly key: Buffer } | undefined
  #locked = false
  #fault: Promise<string | undefined> | undefined

  /**
   * `files` holds this computer's part of a key that a passphrase protects. `opened` is called when the key comes into
   * memory.
   */
  constructor(keychain: Keychain, files: Keychain, opened: () => void = () => undefined) {
    this.#keychain = keychain
    this.#files = files
    this.#opened = opened
  }

  /** Whether `lock` was called since the last unlock. */
  get locked(): boolean {
    return this.#locked
  }

  /** Why the keychain cannot be used; undefined where it can. Checked once while the app runs. */
  keychainFault(): Promise<string | undefined> {
    this.#fault ??= keychainFault(this.#keychain)
    return this.#fault
  }

  /** A new vault whose key is in the keychain. Throws VAULT_LOCKED where there is no keychain. */
  async createInKeychain(): Promise<VaultContent> {
    if (this.#locked) throw locked()
    const fault = await this.keychainFault()
    if (fault !== undefined) throw new Problem('VAULT_LOCKED', `${fault} The vault needs a passphrase first.`)
    const next = this.#nextInKeychain()
    await next.store()
    this.use(next)
    return newVault(next.protection)
  }

  /** A new vault that this passphrase protects. */
  async createWithPassphrase(passphrase: string): Promise<VaultContent> {
    const derivation = newDerivation()
    const derived = await deriveKey(passphrase, derivation)
    const next = this.#nextWithPassphrase(derivation, derived)
    await next.store()
    this.#locked = false
    this.#derived = { salt: derivation.salt, key: derived }
    this.use(next)
    return newVault(next.protection)
  }

  /** Throws VAULT_PASSPHRASE_WRONG, or VAULT_LOCKED where this computer's part of the key is missing. */
  async unlock({ version, protection }: VaultContent, passphrase: string): Promise<void> {
    if (protection.kind === 'keychain')
      throw new Problem('VAULT_UNAVAILABLE', 'The keychain opens this vault; it has no passphrase.')
    const derived = await deriveKey(passphrase, protection.derivation)
    const key = await this.#combined(protection, derived)
    if (unseal(protection.check, key, checkBinding(version))?.equals(checkValue) !== true)
      throw new Problem('VAULT_PASSPHRASE_WRONG', 'This is not the passphrase of the vault.')
    this.#derived = { salt: protection.derivation.salt, key: derived }
    this.#locked = false
    this.#hold(idOf(protection), key)
  }

  /** Lets the keychain open the vault again; undefined: there is none yet. Throws VAULT_LOCKED if it does not. */
  async unlockFromKeychain(vault: VaultContent | undefined): Promise<void> {
    const before = this.#locked
    this.#locked = false
    try {
      if (vault !== undefined) await this.withKey(vault, () => undefined)
    } catch (error) {
      this.#locked = before
      throw error
    }
  }

  /** Forgets the key. Until an unlock, the keychain is not asked for it either. */
  lock(): void {
    this.#derived?.key.fill(0)
    this.#current?.key.fill(0)
    this.#derived = undefined
    this.#current = undefined
    this.#locked = true
  }

  /**
   * Calls `act` with the key of this vault, at once: `lock` overwrites the key, so nothing may wait while it uses it.
   * Throws VAULT_LOCKED.
   */
  async withKey<Result>(vault: Pick<VaultContent, 'protection'>, act: (key: Buffer) => Result): Promise<Result> {
    const id = idOf(vault.protection)
    if (!this.#locked && this.#current?.id !== id) {
      const key = await this.#read(vault.protection)
      if (this.#locked) key.fill(0)
      else this.#hold(id, key)
    }
    if (this.#locked || this.#current?.id !== id) throw locked()
    return act(this.#current.key)
  }

  /** A new key in the place of this vault's, which must be open. */
  async next({ protection }: VaultContent): Promise<NextKey> {
    if (protection.kind === 'keychain') return this.#nextInKeychain()
    return this.#nextWithPassphrase(protection.derivation, this.#derivedFor(protection))
  }

  use({ protection, key }: NextKey): void {
    if (this.#locked) key.fill(0)
    else this.#hold(idOf(protection), key)
  }

  #hold(id: string, key: Buffer): void {
    const before = this.#current
    this.#current = { id, key }
    if (before === undefined) this.#opened()
  }

  /** Removes the secret of a key that no vault uses. */
  async retire({ protection }: VaultContent, account: string): Promise<void> {
    await (protection.kind === 'keychain' ? this.#keychain : this.#files).remove(account)
  }

  #nextInKeychain(): NextKey {
    const [account, key] = [`vault-${randomUUID()}`, randomBytes(keyBytes)]
    const store = (): Promise<void> => this.#keychain.write(account, key.toString('base64'))
    return { key, account, protection: { kind: 'keychain', account }, store }
  }

  #nextWithPassphrase(derivation: Derivation, derived: Buffer): NextKey {
    const [account, secret] = [`vault-${randomUUID()}`, randomBytes(keyBytes)]
    const key = combineKeys(derived, secret)
    const check = seal(checkValue, key, checkBinding(2))
    const store = (): Promise<void> => this.#files.write(account, secret.toString('base64'))
    return { key, account, protection: { kind: 'passphrase', account, derivation, check }, store }
  }

  #derivedFor({ derivation }: Extract<Protection, { kind: 'passphrase' }>): Buffer {
    if (this.#derived?.salt !== derivation.salt) throw new Problem('VAULT_LOCKED', 'The vault needs its passphrase.')
    return this.#derived.key
  }

  async #read(protection: Protection): Promise<Buffer> {
    if (protection.kind === 'keychain') return this.#fromKeychain(protection.account)
    // A copy: `lock` may overwrite the derived key meanwhile.
    return this.#combined(protection, Buffer.from(this.#derivedFor(protection)))
  }

  async #combined({ account }: Extract<Protection, { kind: 'passphrase' }>, derived: Buffer): Promise<Buffer> {
    if (account === undefined) return derived
    const secret = await this.#files.read(account)
    if (secret !== undefined) return combineKeys(derived, Buffer.from(secret, 'base64'))
    const message = 'A file that the vault needs beside its passphrase is missing from the state folder.'
    throw new Problem('VAULT_LOCKED', message, `vault-keys/${account}`)
  }

  async #fromKeychain(account: string): Promise<Buffer> {
    const secret = await this.#keychain.read(account).catch((error: unknown) => {
      const message = "The system's keychain, which holds the vault's key, does not respond."
      throw new Problem('VAULT_LOCKED', message, '', { cause: error })
    })
    if (secret !== undefined) return Buffer.from(secret, 'base64')
    const message = "The system's keychain does not hold this vault's key any more."
    throw new Problem('VAULT_LOCKED', message, `account ${account}`)
  }
}

const locked = (): Problem => new Problem('VAULT_LOCKED', 'The vault is locked.')

/** Identifies the key of a protection. */
const idOf = (protection: Protection): string =>
  protection.account ?? (protection.kind === 'passphrase' ? protection.derivation.salt : '')
