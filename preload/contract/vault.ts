import { z } from 'zod'
import { procedure } from './problem.ts'
import { Timestamp } from './words.ts'

export const VaultStatus = z.strictObject({
  /** `keychain`: the system's. `passphrase`: none was found, secrets are sealed with a passphrase. */
  backend: z.literal(['keychain', 'passphrase']),
  /** `empty`: a passphrase must be chosen first. */
  state: z.literal(['open', 'locked', 'empty']),
  /** Why there is no keychain, where there is none. */
  reason: z.string(),
})
export type VaultStatus = z.infer<typeof VaultStatus>

/** That a credential is there; never what it is. */
export const StoredCredential = z.strictObject({
  planeId: z.uuid(),
  credential: z.string(),
  key: z.string(),
  storedAt: Timestamp,
})
export type StoredCredential = z.infer<typeof StoredCredential>

export const vault = {
  status: procedure.output(VaultStatus),
  /** Opens the passphrase vault, or makes it where it is empty. */
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
