import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { Problem } from '../../preload/contract/problem.ts'
import { Timestamp } from '../../preload/contract/words.ts'
import { writeAtomically } from '../lib/files.ts'
import { Derivation } from './seal.ts'

const Sealed = z.strictObject({ sealed: z.base64(), storedAt: Timestamp })

/** What is on disk: nothing of it in clear but names and times. */
export const VaultFile = z.strictObject({
  schemaVersion: z.literal(1),
  protection: z.discriminatedUnion('kind', [
    /** The master key is in the keychain under this account. */
    z.strictObject({ kind: z.literal('keychain'), account: z.string() }),
    /** The master key is derived; `check` is a sealed constant that tells a wrong passphrase. */
    z.strictObject({ kind: z.literal('passphrase'), derivation: Derivation, check: z.base64() }),
  ]),
  /** By plane, credential and key, joined with "/". */
  credentials: z.record(z.string(), Sealed),
  /** What features keep, by name: keys, and texts that may hold a secret. */
  keys: z.record(z.string(), Sealed),
})
export type VaultFile = z.infer<typeof VaultFile>

/** Undefined where there is no vault yet. Throws FILE_INVALID; what cannot be read is never written over. */
export async function readVault(file: string): Promise<VaultFile | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new Problem('FILE_UNREADABLE', 'The vault cannot be read.', file, { cause: error })
  }
  try {
    return VaultFile.parse(JSON.parse(text))
  } catch (error) {
    throw new Problem('FILE_INVALID', 'The file of the vault is damaged.', file, { cause: error })
  }
}

export async function writeVault(file: string, vault: VaultFile): Promise<void> {
  await writeAtomically(file, `${JSON.stringify(vault, undefined, 1)}\n`)
}
