import { randomBytes, randomUUID } from 'node:crypto'
import { Problem } from '../../preload/contract/problem.ts'
import { emptyVault, type VaultFile } from './file.ts'
import { type Keychain, keychainFault } from './keychain.ts'
import { deriveKey, newDerivation, seal, unseal } from './seal.ts'

const keyBytes = 32
const checkName = 'check'
const checkValue = Buffer.from('hangar vault')

/** The key that seals a vault: in the system's keychain, or derived from a passphrase. Held in memory once it is known. */
export class MasterKey {
  readonly #keychain: Keychain
  #key: Buffer | undefined
  #fault: Promise<string | undefined> | undefined

  constructor(keychain: Keychain) {
    this.#keychain = keychain
  }

  /** Why the keychain cannot be used; undefined where it can. Checked once while the app runs. */
  keychainFault(): Promise<string | undefined> {
    this.#fault ??= keychainFault(this.#keychain)
    return this.#fault
  }

  /** A new vault whose key is in the keychain. Throws VAULT_LOCKED where there is no keychain. */
  async createInKeychain(): Promise<VaultFile> {
    const fault = await this.keychainFault()
    if (fault !== undefined) throw new Problem('VAULT_LOCKED', `${fault} The vault needs a passphrase first.`)
    const account = `vault-${randomUUID()}`
    const key = randomBytes(keyBytes)
    await this.#keychain.write(account, key.toString('base64'))
    this.#key = key
    return emptyVault({ kind: 'keychain', account })
  }

  /** The vault of this passphrase: a new one where there is none. Throws VAULT_PASSPHRASE_WRONG. */
  async unlock(vault: VaultFile | undefined, passphrase: string): Promise<VaultFile> {
    const protection = vault?.protection.kind === 'passphrase' ? vault.protection : undefined
    const derivation = protection?.derivation ?? newDerivation()
    const key = await deriveKey(passphrase, derivation)
    if (protection !== undefined && unseal(protection.check, key, checkName)?.equals(checkValue) !== true)
      throw new Problem('VAULT_PASSPHRASE_WRONG', 'This is not the passphrase of the vault.')
    this.#key = key
    return vault ?? emptyVault({ kind: 'passphrase', derivation, check: seal(checkValue, key, checkName) })
  }

  /** The key of this vault. Throws VAULT_LOCKED. */
  async of({ protection }: VaultFile): Promise<Buffer> {
    if (this.#key !== undefined) return this.#key
    if (protection.kind === 'passphrase') throw new Problem('VAULT_LOCKED', 'The vault needs its passphrase.')
    const secret = await this.#keychain.read(protection.account).catch((error: unknown) => {
      const message = "The system's keychain, which holds the vault's key, does not respond."
      throw new Problem('VAULT_LOCKED', message, '', { cause: error })
    })
    if (secret === undefined) {
      const message = "The system's keychain does not hold this vault's key any more."
      throw new Problem('VAULT_LOCKED', message, `account ${protection.account}`)
    }
    this.#key = Buffer.from(secret, 'base64')
    return this.#key
  }
}
