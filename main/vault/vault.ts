import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Problem } from '../../preload/contract/problem.ts'
import type { StoredCredential, VaultStatus } from '../../preload/contract/vault.ts'
import { makePrivateFolder } from '../lib/files.ts'
import { withLock } from '../lib/lock.ts'
import { readVault, type VaultFile, writeVault } from './file.ts'
import { type Keychain, systemKeychain, whyNoKeychain } from './keychain.ts'
import { deriveKey, newDerivation, seal, unseal } from './seal.ts'

export interface VaultOptions {
  /** Hangar's folder for state. */
  readonly home: string
  /** Under which the keychain shows Hangar's entry. */
  readonly service: string
  /** The system's, unless a test has another. */
  readonly keychain?: Keychain
}

interface Put {
  readonly planeId: string
  readonly credential: string
  readonly key: string
  readonly value: string
}

/**
 * Secrets, sealed in one file under a master key: of the system's keychain, or derived from a passphrase where there is
 * none. Values enter and leave in main alone; the contract shows names and times.
 */
export interface Vault {
  status(): Promise<VaultStatus>
  /** Opens the passphrase vault, or makes it where it is empty. Throws VAULT_PASSPHRASE_WRONG. */
  unlock(input: { readonly passphrase: string }): Promise<VaultStatus>
  put(input: Put): Promise<StoredCredential>
  list(input: { readonly planeId: string }): Promise<StoredCredential[]>
  remove(input: { readonly planeId: string; readonly credential: string }): Promise<void>
  /** One value; undefined where none is stored. Throws VAULT_LOCKED. */
  secret(planeId: string, credential: string, key: string): Promise<string | undefined>
  /** 32 random bytes under a name, made on first use. Throws VAULT_LOCKED. */
  key(name: string): Promise<Buffer>
  destroyKey(name: string): Promise<void>
  /** Keeps a text under a name that is no credential; undefined removes it. Throws VAULT_LOCKED. */
  keep(name: string, text: string | undefined): Promise<void>
  /** Throws VAULT_LOCKED where there is one. */
  kept(name: string): Promise<string | undefined>
  removePlane(planeId: string): Promise<void>
}

const checkName = 'check'
const checkValue = Buffer.from('hangar vault')

export function createVault({ home, service, keychain = systemKeychain(service) }: VaultOptions): Vault {
  const file = join(home, 'vault.json')
  let master: Buffer | undefined
  let noKeychain: Promise<string | undefined> | undefined

  /** Asked once while the app runs: a keychain does not come and go. */
  const whyNone = (): Promise<string | undefined> => {
    noKeychain ??= whyNoKeychain(keychain)
    return noKeychain
  }

  /** Reads, changes and writes the file while no other process does. */
  const change = async <T>(act: (vault: VaultFile) => T | Promise<T>): Promise<T> => {
    await makePrivateFolder(home)
    return withLock(`${file}.lock`, async () => {
      const vault = (await readVault(file)) ?? (await createInKeychain())
      const result = await act(vault)
      await writeVault(file, vault)
      return result
    })
  }

  const createInKeychain = async (): Promise<VaultFile> => {
    const why = await whyNone()
    if (why !== undefined) throw new Problem('VAULT_LOCKED', `${why} The vault needs a passphrase first.`)
    const account = `vault-${randomUUID()}`
    const key = randomBytes(32)
    await keychain.write(account, key.toString('base64'))
    master = key
    return { schemaVersion: 1, protection: { kind: 'keychain', account }, credentials: {}, keys: {} }
  }

  /** The master key of this vault. Throws VAULT_LOCKED. */
  const open = async ({ protection }: VaultFile): Promise<Buffer> => {
    if (master !== undefined) return master
    if (protection.kind === 'passphrase') throw new Problem('VAULT_LOCKED', 'The vault waits for its passphrase.')
    const found = await keychain.read(protection.account).catch((error: unknown) => {
      throw new Problem('VAULT_LOCKED', "The system's keychain, which holds the vault's key, does not answer.", '', {
        cause: error,
      })
    })
    if (found === undefined) {
      throw new Problem('VAULT_LOCKED', "The system's keychain does not hold this vault's key any more.", file)
    }
    master = Buffer.from(found, 'base64')
    return master
  }

  const openValue = (vault: VaultFile, key: Buffer, entry: { sealed: string }, name: string): Buffer => {
    const value = unseal(entry.sealed, key, name)
    if (value === undefined)
      throw new Problem(
        'FILE_INVALID',
        'An entry of the vault does not open with its key.',
        `${file} (${vault.protection.kind})`,
      )
    return value
  }

  const stateOf = async (): Promise<VaultStatus> => {
    const vault = await readVault(file)
    if (vault === undefined) {
      const why = await whyNone()
      return why === undefined
        ? { backend: 'keychain', state: 'open', reason: '' }
        : { backend: 'passphrase', state: 'empty', reason: why }
    }
    const backend = vault.protection.kind
    try {
      await open(vault)
      return { backend, state: 'open', reason: '' }
    } catch (error) {
      if (error instanceof Problem && error.code === 'VAULT_LOCKED')
        return { backend, state: 'locked', reason: error.message }
      throw error
    }
  }

  return {
    status: stateOf,
    async unlock({ passphrase }) {
      const { backend, state } = await stateOf()
      if (state === 'open') return stateOf()
      if (backend === 'keychain')
        throw new Problem('VAULT_UNAVAILABLE', 'This vault is opened by the keychain, not by a passphrase.')
      await makePrivateFolder(home)
      await withLock(`${file}.lock`, async () => {
        const vault = await readVault(file)
        const protection = vault?.protection.kind === 'passphrase' ? vault.protection : undefined
        const derivation = protection?.derivation ?? newDerivation()
        const key = await deriveKey(passphrase, derivation)
        if (protection !== undefined && unseal(protection.check, key, checkName)?.equals(checkValue) !== true) {
          throw new Problem('VAULT_PASSPHRASE_WRONG', 'This is not the passphrase of the vault.')
        }
        if (vault === undefined) {
          const check = seal(checkValue, key, checkName)
          await writeVault(file, {
            schemaVersion: 1,
            protection: { kind: 'passphrase', derivation, check },
            credentials: {},
            keys: {},
          })
        }
        master = key
      })
      return stateOf()
    },
    put: ({ planeId, credential, key, value }) =>
      change(async (vault) => {
        const name = nameOf(planeId, credential, key)
        const storedAt = new Date().toISOString()
        vault.credentials[name] = { sealed: seal(Buffer.from(value), await open(vault), name), storedAt }
        return { planeId, credential, key, storedAt }
      }),
    async list({ planeId }) {
      const entries = Object.entries((await readVault(file))?.credentials ?? {})
      return entries.flatMap(([name, { storedAt }]) => {
        const [plane = '', credential = '', key = ''] = name.split('/')
        return plane === planeId ? [{ planeId, credential, key, storedAt }] : []
      })
    },
    remove: ({ planeId, credential }) => drop((name) => name.startsWith(nameOf(planeId, credential, ''))),
    async secret(planeId, credential, key) {
      const vault = await readVault(file)
      const name = nameOf(planeId, credential, key)
      const entry = vault?.credentials[name]
      return vault && entry && openValue(vault, await open(vault), entry, name).toString()
    },
    async key(name) {
      const vault = await readVault(file)
      const entry = vault?.keys[name]
      if (vault && entry) return openValue(vault, await open(vault), entry, `key/${name}`)
      return change(async (fresh) => {
        const made = fresh.keys[name]
        const under = await open(fresh)
        // Another process was quicker.
        if (made) return openValue(fresh, under, made, `key/${name}`)
        const key = randomBytes(32)
        fresh.keys[name] = { sealed: seal(key, under, `key/${name}`), storedAt: new Date().toISOString() }
        return key
      })
    },
    destroyKey: (name) => forget(name),
    async keep(name, text) {
      if (text === undefined) return forget(name)
      await change(async (vault) => {
        const sealed = seal(Buffer.from(text), await open(vault), `key/${name}`)
        vault.keys[name] = { sealed, storedAt: new Date().toISOString() }
      })
    },
    async kept(name) {
      const vault = await readVault(file)
      const entry = vault?.keys[name]
      return vault && entry && openValue(vault, await open(vault), entry, `key/${name}`).toString()
    },
    removePlane: (planeId) => drop((name) => name.startsWith(`${planeId}/`)),
  }

  async function forget(name: string): Promise<void> {
    if ((await readVault(file))?.keys[name] === undefined) return
    await change((vault) => {
      delete vault.keys[name]
    })
  }

  async function drop(which: (name: string) => boolean): Promise<void> {
    const names = Object.keys((await readVault(file))?.credentials ?? {}).filter(which)
    if (names.length === 0) return
    await change((vault) => {
      for (const name of names) delete vault.credentials[name]
    })
  }
}

/** Ids of planes and credentials hold no "/"; a key of a Secret cannot either. */
const nameOf = (planeId: string, credential: string, key: string): string => `${planeId}/${credential}/${key}`
