import { z } from 'zod'
import { procedure } from './problem.ts'
import { Timestamp } from './words.ts'

export const VaultStatus = z.strictObject({
  /** `keychain`: the system's keychain. `passphrase`: no keychain was found; secrets are encrypted with a passphrase. */
  backend: z.literal(['keychain', 'passphrase']),
  /** `empty`: a passphrase must be set first. */
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

export const vault = {
  status: procedure.output(VaultStatus),
  /** Unlocks the vault with its passphrase, or sets the passphrase of an empty vault. */
  unlock: procedure.input(z.strictObject({ passphrase: z.string().min(12).max(1_024) })).output(VaultStatus),
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
