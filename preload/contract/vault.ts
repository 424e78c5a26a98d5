import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { procedure } from './problem.ts'
import { Timestamp } from './words.ts'

export const VaultStatus = z.strictObject({
  /** `keychain`: the system's keychain. `passphrase`: no keychain was found; secrets are encrypted with a passphrase. */
  backend: z.literal(['keychain', 'passphrase']),
  /** `locked`: it needs its passphrase; with the backend `keychain`, a user or idle time locked it. `empty`: a passphrase must be set first. */
  state: z.literal(['open', 'locked', 'empty']),
  /** Why no keychain is available; otherwise empty. */
  reason: z.string(),
})
export type VaultStatus = z.infer<typeof VaultStatus>

/** A stored credential, without its value. */
export const StoredCredential = z.strictObject({
  planeId: z.uuid(),
  credential: z.string(),
  key: z.string(),
  storedAt: Timestamp,
})
export type StoredCredential = z.infer<typeof StoredCredential>

export const minPassphraseCharacters = 12

export const vault = {
  status: procedure.output(VaultStatus),
  /** The status, then again after each change. */
  watch: procedure.output(eventIterator(VaultStatus)),
  /** Unlocks the vault with its passphrase, or sets the passphrase of an empty vault. Without one, the keychain opens it. */
  unlock: procedure
    .input(z.strictObject({ passphrase: z.string().min(minPassphraseCharacters).max(1_024).optional() }))
    .output(VaultStatus),
  /** Locks the vault in every process of this user. Collections of logs continue; nothing can be read. */
  lock: procedure.output(VaultStatus),
  /** A sign of the user, for the lock on idle. */
  active: procedure.output(z.strictObject({})),
  /** Seals everything under a new key: older copies of the vault's file do not open any more. */
  rekey: procedure.output(VaultStatus),
  put: procedure
    .input(
      z.strictObject({
        planeId: z.uuid(),
        credential: z.string(),
        key: z.string(),
        value: z.string().min(1).max(100_000),
      }),
    )
    .output(StoredCredential),
  list: procedure.input(z.strictObject({ planeId: z.uuid() })).output(z.array(StoredCredential)),
  remove: procedure.input(z.strictObject({ planeId: z.uuid(), credential: z.string() })).output(z.strictObject({})),
}
