import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { Problem } from '../../preload/contract/problem.ts'
import { Timestamp } from '../../preload/contract/words.ts'
import { writeAtomically } from '../lib/files.ts'
import { checkDerivation, Derivation } from './seal.ts'

/** The path of an entry: `['credential', plane, credential, key]` or `['key', name]`. */
export type EntryName = readonly string[]

const Entry = z.strictObject({ name: z.array(z.string()).min(2), sealed: z.base64(), storedAt: Timestamp })
export type Entry = z.infer<typeof Entry>

/** Names an entry of the keychain, and a file of `secretFiles`: it must not be a path. */
const Account = z.string().regex(/^[\w-]{1,80}$/)

const Keychain = z.strictObject({ kind: z.literal('keychain'), account: Account })

const Protection = z.discriminatedUnion('kind', [
  /** The key is in the keychain under this account. */
  Keychain,
  /**
   * The key is combined from what the passphrase derives and a secret of this computer, in a file of this account.
   * `check` is a sealed constant by which a wrong passphrase is recognized. Without an account: a vault of version 1.
   */
  z.strictObject({
    kind: z.literal('passphrase'),
    account: Account.optional(),
    derivation: Derivation,
    check: z.base64(),
  }),
])
export type Protection = z.infer<typeof Protection>

/** The file on disk: only names and times are in clear text. */
const Version2 = z.strictObject({
  schemaVersion: z.literal(2),
  protection: Protection,
  entries: z.array(Entry),
  /** Something was destroyed while the vault was locked: re-key as soon as it is open. */
  rekeyDue: z.boolean().default(false),
  /** Accounts whose secret is to be removed: of former keys, or of one that was never used. */
  retired: z.array(Account).default([]),
})

const Version1Entry = z.strictObject({ sealed: z.base64(), storedAt: Timestamp })
/** What Hangar 0.1 wrote. Its names are joined by "/", also where they are bound to the sealed value. */
const Version1 = z.strictObject({
  schemaVersion: z.literal(1),
  protection: Protection,
  credentials: z.record(z.string(), Version1Entry),
  keys: z.record(z.string(), Version1Entry),
})

const VaultFile = z.discriminatedUnion('schemaVersion', [Version1, Version2])

export interface VaultContent {
  /** How entries are bound to their names. A file of version 1 becomes one of version 2 when it is re-keyed. */
  readonly version: 1 | 2
  readonly protection: Protection
  readonly entries: readonly Entry[]
  readonly rekeyDue: boolean
  readonly retired: readonly string[]
}

export const newVault = (protection: Protection): VaultContent => ({
  version: 2,
  protection,
  entries: [],
  rekeyDue: false,
  retired: [],
})

/** What a sealed value is bound to. A JSON array has one reading, whatever its texts contain. */
export function bindingOf(version: VaultContent['version'], name: EntryName): string {
  if (version === 2) return JSON.stringify(['hangar vault', 2, ...name])
  const [section, ...parts] = name
  return section === 'key' ? `key/${parts.join('/')}` : parts.join('/')
}

export const sameName = (a: EntryName, b: EntryName): boolean => JSON.stringify(a) === JSON.stringify(b)

function fromFile(file: z.infer<typeof VaultFile>): VaultContent {
  if (file.schemaVersion === 2) {
    const { schemaVersion: version, ...content } = file
    return { version, ...content }
  }
  const credentials = Object.entries(file.credentials).map(([joined, entry]) => {
    // Neither the id of a plane nor a key of a Secret contains "/".
    const [plane = '', ...rest] = joined.split('/')
    return { name: ['credential', plane, rest.slice(0, -1).join('/'), rest.at(-1) ?? ''], ...entry }
  })
  const keys = Object.entries(file.keys).map(([name, entry]) => ({ name: ['key', name], ...entry }))
  return {
    version: 1,
    protection: file.protection,
    entries: [...credentials, ...keys],
    rekeyDue: false,
    retired: [],
  }
}

function toFile({ version, ...content }: VaultContent): unknown {
  if (version === 2) return { schemaVersion: 2, ...content }
  const section = (name: string) =>
    Object.fromEntries(
      content.entries
        .filter((entry) => entry.name[0] === name)
        .map(({ name: [, ...parts], ...entry }) => [parts.join('/'), entry]),
    )
  return {
    schemaVersion: 1,
    protection: content.protection,
    credentials: section('credential'),
    keys: section('key'),
  }
}

/** Undefined where there is no vault yet. Throws FILE_INVALID; a file that cannot be read is never overwritten. */
export async function readVault(file: string): Promise<VaultContent | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new Problem('FILE_UNREADABLE', 'The vault cannot be read.', file, { cause: error })
  }
  let content: VaultContent
  try {
    content = fromFile(VaultFile.parse(JSON.parse(text)))
  } catch (error) {
    throw new Problem('FILE_INVALID', 'The file of the vault is damaged.', file, { cause: error })
  }
  if (content.protection.kind === 'passphrase') checkDerivation(content.protection.derivation, file)
  return content
}

export async function writeVault(file: string, vault: VaultContent): Promise<void> {
  await writeAtomically(file, `${JSON.stringify(toFile(vault), undefined, 1)}\n`)
}
