import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { CredentialFile } from '../../preload/contract/documents.ts'
import { type Plane, PlaneValues } from '../../preload/contract/planes.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { Profile } from '../../preload/contract/profiles.ts'
import { minPassphraseCharacters } from '../../preload/contract/vault.ts'
import type { Client } from '../router.ts'
import { kubeconfigOptions, type OptionSpec, type OptionValues, type Terminal, text } from './command.ts'
import { promptSecret, readDocument, readText } from './input.ts'
import { printMessage } from './print.ts'

const planeOption: OptionSpec = { flags: '--plane <name>', help: 'the plane; optional if there is only one' }
const profileOption: OptionSpec = {
  flags: '--profile <name|file>',
  help: 'the profile of the plane: a name or a file',
}
const valuesOption: OptionSpec = {
  flags: '--values <file>',
  help: 'settings and chart overrides (see "hangar schema values")',
}

/** The options that select a plane for a command that stores nothing and needs no credentials. */
export const selectPlaneOptions: readonly OptionSpec[] = [
  planeOption,
  profileOption,
  ...kubeconfigOptions,
  valuesOption,
]

/** The options by which a command finds its plane, or plans a new one. */
export const planeOptions: readonly OptionSpec[] = [
  planeOption,
  profileOption,
  { flags: '--context <name>', help: 'context of the kubeconfig (default: the current one)' },
  ...kubeconfigOptions,
  { flags: '--model <id>', help: 'management model (default: the last one of the profile)' },
  valuesOption,
  { flags: '--credentials <file>', help: 'credentials to store in the vault (see "hangar schema credentials")' },
  { flags: '--passphrase-file <file>', help: 'file with the vault’s passphrase, for a computer without a keychain' },
]

/**
 * The plane that the options name, or a new one that they describe; `created` is called with a new one. Saves the given values
 * and credentials.
 */
export async function planeOf(
  terminal: Terminal,
  options: OptionValues,
  signal: AbortSignal,
  created: (plane: Plane) => void = () => undefined,
): Promise<Plane> {
  const client = await terminal.client()
  const existing = await findPlane(client, options)
  const valuesFile = text(options, 'values')
  const values = valuesFile === undefined ? undefined : await readDocument(valuesFile, PlaneValues)
  const overridden = values === undefined ? (existing?.overridden ?? []) : Object.keys(values.overrides)
  const profileName = existing?.profile ?? profileOf(options)
  if (valuesFile !== undefined && overridden.length > 0 && profileName !== undefined) {
    refuseUnknownReleases(valuesFile, overridden, await client.profiles.get({ name: profileName }))
  }
  // Overrides are stored in the vault: it must be open to save and to use them.
  if (overridden.length > 0) await openVault(terminal, options, signal)
  const plane = existing
    ? values === undefined
      ? existing
      : await client.planes.update({ planeId: existing.id, ...values })
    : await createPlane(client, options, values ?? { settings: {}, overrides: {} })
  if (existing === undefined) created(plane)
  const credentialsFile = text(options, 'credentials')
  if (credentialsFile !== undefined) {
    const credentials = await readDocument(credentialsFile, CredentialFile)
    refuseUnknown(credentialsFile, credentials, await client.profiles.get({ name: plane.profile }))
    await openVault(terminal, options, signal)
    await storeCredentials(client, plane, credentials)
  }
  return plane
}

/** The plane that the options name, or one that they describe, which is removed after its use. */
export async function withPlane<Value>(
  terminal: Terminal,
  options: OptionValues,
  signal: AbortSignal,
  use: (plane: Plane) => Promise<Value>,
): Promise<Value> {
  let created: Plane | undefined
  try {
    const plane = await planeOf(terminal, options, signal, (added) => {
      created = added
    })
    return await use(plane)
  } finally {
    if (created !== undefined) await (await terminal.client()).planes.remove({ planeId: created.id })
  }
}

/** An existing plane. Throws PLANE_UNKNOWN, or INPUT_INVALID if several planes match. */
export async function existingPlane(terminal: Terminal, options: OptionValues): Promise<Plane> {
  const client = await terminal.client()
  const existing = await findPlane(client, options)
  if (existing !== undefined) return existing
  throw await noPlane(client, options)
}

/** The problem that no plane matches the options. */
export async function noPlane(client: Client, options: OptionValues): Promise<Problem> {
  const name = text(options, 'plane')
  const all = await client.planes.list()
  if (name !== undefined && all.every((plane) => plane.name !== name))
    return new Problem('PLANE_UNKNOWN', `There is no plane named "${name}".`)
  if (all.length === 0) {
    const ways =
      'Install one with "hangar install --profile NAME", or connect one that runs with "hangar connect --profile NAME".'
    return new Problem('PLANE_UNKNOWN', `There is no plane yet. ${ways}`)
  }
  const given = (['plane', 'profile', 'context'] as const).flatMap((option) => {
    const value = text(options, option)
    return value === undefined ? [] : [`--${option} ${value}`]
  })
  return new Problem('PLANE_UNKNOWN', `No plane matches ${given.join(' ')}.`)
}

/**
 * Rejects an unknown `--context` or `--profile` in every command: with a mistyped filter, a command must not report success.
 * Names that a plane uses are known, even if their kubeconfig or profile was removed.
 * Throws CONTEXT_UNKNOWN, PROFILE_UNKNOWN, FILE_UNREADABLE, PROFILE_INVALID.
 */
export async function refuseUnknownNames(terminal: Terminal, options: OptionValues): Promise<void> {
  const [context, profile] = [text(options, 'context'), profileOf(options)]
  if (context === undefined && profile === undefined) return
  const client = await terminal.client()
  const planes = await client.planes.list()
  if (profile !== undefined && planes.every((plane) => plane.profile !== profile))
    await client.profiles.get({ name: profile })
  if (context !== undefined && planes.every((plane) => plane.contextName !== context)) await contextOf(client, context)
}

export async function findPlane(client: Client, options: OptionValues): Promise<Plane | undefined> {
  const all = await client.planes.list()
  const [name, profile, context] = [text(options, 'plane'), profileOf(options), text(options, 'context')]
  const matching = all.filter(
    (plane) =>
      (name === undefined || plane.name === name) &&
      (profile === undefined || plane.profile === profile) &&
      (context === undefined || plane.contextName === context),
  )
  if (matching.length > 1) {
    const names = matching.map((plane) => plane.name).join(', ')
    throw new Problem('INPUT_INVALID', `Several planes match: ${names}. Choose one with --plane.`)
  }
  return matching[0]
}

async function createPlane(client: Client, options: OptionValues, values: PlaneValues): Promise<Plane> {
  const name = profileOf(options)
  if (name === undefined) {
    const plane = text(options, 'plane')
    const which = plane === undefined ? 'There is no plane yet' : `There is no plane named "${plane}"`
    throw new Problem('INPUT_INVALID', `${which}: to create one, name its profile with --profile.`)
  }
  const profile = await client.profiles.get({ name })
  const model = text(options, 'model') ?? profile.managementModels.at(-1)?.id ?? ''
  if (!profile.managementModels.some(({ id }) => id === model)) {
    const known = profile.managementModels.map(({ id }) => id).join(', ')
    throw new Problem('INPUT_INVALID', `The profile has no management model "${model}". It has ${known}.`)
  }
  const context = await contextOf(client, text(options, 'context'))
  return client.planes.create({
    name: text(options, 'plane') ?? profile.name,
    profile: name,
    contextId: context.id,
    managementModel: model,
    ...values,
  })
}

/** The context of that name, or the current one. Throws CONTEXT_UNKNOWN. */
export async function contextOf(client: Client, name: string | undefined) {
  const { contexts, problems } = await client.clusters.contexts()
  const context = contexts.find((each) => (name === undefined ? each.current : each.name === name))
  if (context !== undefined) return context
  const why = problems[0] === undefined ? '' : ` ${problems[0].message}`
  throw new Problem(
    'CONTEXT_UNKNOWN',
    `${name === undefined ? 'No context is current.' : `There is no context "${name}".`}${why}`,
  )
}

/** An unknown credential is probably misspelled: it would be stored without use, and the intended one would be missing. */
function refuseUnknown(file: string, credentials: CredentialFile, profile: Profile): void {
  const known = profile.credentials.flatMap(({ id, keys }) => keys.map(({ key }) => `${id}/${key}`))
  const given = Object.entries(credentials).flatMap(([id, keys]) => Object.keys(keys).map((key) => `${id}/${key}`))
  const unknown = given.find((each) => !known.includes(each))
  if (unknown === undefined) return
  const has = known.length === 0 ? 'it needs none' : `it has ${known.join(', ')}`
  throw new Problem('FILE_INVALID', `${file}: the profile has no credential "${unknown}"; ${has}.`)
}

/** Overrides of an unknown release would have no effect, without an error. */
function refuseUnknownReleases(file: string, overridden: readonly string[], { releases }: Profile): void {
  const unknown = overridden.find((each) => releases.every(({ name }) => name !== each))
  if (unknown === undefined) return
  const has = releases.length === 0 ? 'it has none' : `it has ${releases.map(({ name }) => name).join(', ')}`
  throw new Problem('FILE_INVALID', `${file}: overrides.${unknown}: the profile has no such release; ${has}.`)
}

async function storeCredentials(client: Client, plane: Plane, credentials: CredentialFile): Promise<void> {
  for (const [credential, keys] of Object.entries(credentials)) {
    for (const [key, value] of Object.entries(keys)) {
      await client.vault.put({ planeId: plane.id, credential, key, value })
    }
  }
}

/** Unlocks a passphrase vault, with the passphrase from a file or a prompt. A vault in the keychain needs neither. */
export async function openVault(terminal: Terminal, options: OptionValues, signal: AbortSignal): Promise<void> {
  const client = await terminal.client()
  const status = await client.vault.status()
  if (status.state === 'open') return
  const file = text(options, 'passphraseFile')
  const question =
    status.state === 'empty'
      ? 'Choose a passphrase for the vault (at least 12 characters): '
      : 'Passphrase of the vault: '
  if (file === undefined && terminal.stdin.isTTY) printMessage(terminal, status.reason)
  const passphrase =
    file === undefined ? await promptSecret(terminal, question, signal) : (await readText(file)).trimEnd()
  if (passphrase === undefined) throw new Problem('VAULT_LOCKED', `The vault is ${status.state}. ${status.reason}`)
  // The contract would refuse it as an input, whatever it is for.
  if (passphrase.length < minPassphraseCharacters)
    throw status.state === 'empty'
      ? new Problem('INPUT_INVALID', `A passphrase has at least ${minPassphraseCharacters} characters.`)
      : new Problem('VAULT_PASSPHRASE_WRONG', 'The passphrase is wrong: it is too short to be that of a vault.')
  await client.vault.unlock({ passphrase })
}

/** The name of a profile, or the absolute path of its file, so that its plane is found from any folder. */
export function profileOf(options: OptionValues): string | undefined {
  const given = text(options, 'profile')
  if (given === undefined || !/[/\\]|\.ya?ml$/.test(given)) return given
  if (!existsSync(given)) throw new Problem('FILE_UNREADABLE', `There is no profile at ${resolve(given)}.`)
  return resolve(given)
}
