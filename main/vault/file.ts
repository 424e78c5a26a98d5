import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { Problem } from '../../preload/contract/problem.ts'
import { Timestamp } from '../../preload/contract/words.ts'
import { writeAtomically } from '../lib/files.ts'
import { Derivation } from './seal.ts'

const SealedEntry = z.strictObject({ sealed: z.base64(), storedAt: Timestamp })
export type SealedEntry = z.infer<typeof SealedEntry>

/** The file on disk: only names and times are in clear text. */
export const VaultFile = z.strictObject({
  schemaVersion: z.literal(1),
  protection: z.discriminatedUnion('kind', [
    /** The master key is in the keychain under this account. */
    z.strictObject({ kind: z.literal('keychain'), account: z.string() }),
    /** The master key is derived; `check` is a sealed constant by which a wrong passphrase is recognized. */
    z.strictObject({ kind: z.literal('passphrase'), derivation: Derivation, check: z.base64() }),
  ]),
  /** By plane, credential and key, joined with "/". */
  credentials: z.record(z.string(), SealedEntry),
  /** Keys of features, and texts that may contain a secret, by name. */
  keys: z.record(z.string(), SealedEntry),
})
export type VaultFile = z.infer<typeof VaultFile>

export const emptyVault = (protection: VaultFile['protection']): VaultFile => ({
  schemaVersion: 1,
  protection,
  credentials: {},
  keys: {},
})

/** Undefined where there is no vault yet. Throws FILE_INVALID; a file that cannot be read is never overwritten. */
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
