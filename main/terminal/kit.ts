import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { PlaneValues } from '../../preload/contract/planes.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { App } from '../app.ts'
import { systemReason } from '../lib/files.ts'
import { createKey, isEncrypted, keyName, publicKeyText } from '../lib/minisign.ts'
import {
  type Command,
  type ExitCode,
  formOf,
  type OptionValues,
  outputOption,
  type Terminal,
  text,
  texts,
} from './command.ts'
import { promptSecret, readDocument, readText } from './input.ts'
import { existingPlane, openVault, profileOf } from './plane.ts'
import { printJson, printMessage, printTable } from './print.ts'

type Kit = App['kit']
type KitSource = Parameters<Kit['verify']>[0]
type ReportKit = Parameters<Kit['verify']>[1]
type KitProgress = Parameters<ReportKit>[0]
type KitRegistry = Parameters<Kit['push']>[1]['registry']
type KitOf = Parameters<Kit['build']>[0]['of']
type KitSummary = Awaited<ReturnType<Kit['verify']>>

type Action = (
  terminal: Terminal,
  args: readonly string[],
  options: OptionValues,
  signal: AbortSignal,
) => Promise<ExitCode>

const actions: Readonly<Record<string, Action>> = {
  key: makeKey,
  build: buildKit,
  verify: verifyKit,
  push: pushKit,
  import: importKit,
}

export const kitCommand: Command = {
  name: 'kit',
  usage: '[action] [paths...]',
  summary:
    'install where no internet is: "kit key FILE", "kit build --profile NAME --key FILE --file KIT", "kit verify KIT --key PUBLIC", "kit push REGISTRY KIT --key PUBLIC", "kit import REGISTRY KIT --key PUBLIC"',
  options: [
    {
      flags: '--key <file>',
      help: 'the team’s key: the secret one to build, the public one for everything else (minisign)',
    },
    { flags: '--key-passphrase-file <file>', help: 'file with the passphrase of an encrypted secret key' },
    { flags: '--file <kit>', help: 'the file to build' },
    { flags: '--profile <name|file>', help: 'the profile to build a kit of' },
    { flags: '--values <file>', help: 'settings and chart overrides (see "hangar schema values")' },
    {
      flags: '--plane <name>',
      help: 'build: of this plane, with its profile, settings and overrides; build and push: with its logins of registries, from the vault',
    },
    {
      flags: '--passphrase-file <file>',
      help: 'with --plane: file with the vault’s passphrase, for a computer without a keychain',
    },
    { flags: '--platform <os/arch>', help: 'only these platforms of the images (default: all)', repeatable: true },
    {
      flags: '--image <reference>',
      help: 'an image that no chart names, such as one that an operator uses',
      repeatable: true,
    },
    { flags: '--kube-version <version>', help: 'the version that the charts are rendered for', initial: '1.34.0' },
    { flags: '--registry-config <file>', help: 'logins of registries, as docker login writes them (config.json)' },
    {
      flags: '--ca <file>',
      help: 'certificate authorities (PEM) of registries, beside those of the system',
      repeatable: true,
    },
    { flags: '--plain-http <host>', help: 'a registry, with its port, that has no TLS', repeatable: true },
    { flags: '--prefix <path>', help: 'path in the registry, before the paths of the images' },
    { flags: '--name <id>', help: 'name of the imported profile (default: that of the kit with "-kit")' },
    { flags: '--replace', help: 'replace the imported profile of this name; its planes ask for an approval' },
    outputOption(['table', 'json']),
  ],
  async run(terminal, [action = '', ...args], options, signal) {
    const act = Object.hasOwn(actions, action) ? actions[action] : undefined
    if (act === undefined)
      throw new Problem(
        'USAGE_INVALID',
        'Use "hangar kit key", "build", "verify", "push" or "import". See "hangar kit --help".',
      )
    return await act(terminal, args, options, signal)
  },
}

/** `hangar kit key FILE`: a new key pair, without a passphrase. A key of `minisign -G` has one. */
async function makeKey(terminal: Terminal, [file]: readonly string[]): Promise<ExitCode> {
  if (file === undefined) throw new Problem('USAGE_INVALID', 'Name the file of the new key: "hangar kit key FILE".')
  const { key, text: content } = createKey()
  for (const [path, written, mode] of [
    [file, content, 0o600],
    [`${file}.pub`, publicKeyText(key), 0o644],
  ] as const)
    await writeFile(path, written, { flag: 'wx', mode }).catch((error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EEXIST' ? 'it exists already' : systemReason(error)
      throw reason === undefined ? error : new Problem('INPUT_INVALID', `${path} cannot be written: ${reason}.`)
    })
  printMessage(
    terminal,
    `Key ${keyName(key)}: the secret one in ${file}, for who builds; the public one in ${file}.pub.`,
  )
  return 0
}

async function buildKit(
  terminal: Terminal,
  _args: readonly string[],
  options: OptionValues,
  signal: AbortSignal,
): Promise<ExitCode> {
  const file = required(options, 'file', '--file KIT')
  const key = await readText(required(options, 'key', '--key FILE'))
  const plane = await planeFor(terminal, options, signal)
  const of = plane === undefined ? await profileWithValues(options) : { planeId: plane }
  const { kit } = await terminal.app()
  const built = await withProgress(terminal, async (report) =>
    kit.build(
      {
        of,
        key,
        passphrase: await passphraseOf(terminal, key, options, signal),
        file: resolve(file),
        platforms: texts(options, 'platform'),
        images: texts(options, 'image'),
        kubernetesVersion: text(options, 'kubeVersion') ?? '',
        registry: { ...(await registryOf(options)), planeId: plane },
      },
      report,
      signal,
    ),
  )
  printSummary(terminal, options, built)
  return 0
}

/** The plane of `--plane`, with its vault open: it has overrides and logins. */
async function planeFor(terminal: Terminal, options: OptionValues, signal: AbortSignal): Promise<string | undefined> {
  if (text(options, 'plane') === undefined) return undefined
  if (['profile', 'values'].some((option) => text(options, option) !== undefined))
    throw new Problem(
      'USAGE_INVALID',
      'The plane of --plane has a profile and values: leave out --profile and --values.',
    )
  const { id } = await existingPlane(terminal, options)
  await openVault(terminal, options, signal)
  return id
}

async function profileWithValues(options: OptionValues): Promise<Extract<KitOf, { profile: string }>> {
  const profile = profileOf(options)
  if (profile === undefined)
    throw new Problem('USAGE_INVALID', 'Name a profile with --profile NAME, or a plane with --plane NAME.')
  const file = text(options, 'values')
  const values = file === undefined ? { settings: {}, overrides: {} } : await readDocument(file, PlaneValues)
  return { profile, ...values }
}

async function verifyKit(
  terminal: Terminal,
  [file]: readonly string[],
  options: OptionValues,
  signal: AbortSignal,
): Promise<ExitCode> {
  const source = await sourceOf(file, options)
  const { kit } = await terminal.app()
  const summary = await withProgress(terminal, (report) => kit.verify(source, report, signal))
  printSummary(terminal, options, summary)
  return 0
}

async function pushKit(
  terminal: Terminal,
  [to, file]: readonly string[],
  options: OptionValues,
  signal: AbortSignal,
): Promise<ExitCode> {
  const source = await sourceOf(file, options)
  const registry = { ...(await registryOf(options)), planeId: await planeFor(terminal, options, signal) }
  const { kit } = await terminal.app()
  const destination = destinationOf(to, options)
  const pushed = await withProgress(terminal, (report) => kit.push(source, { destination, registry }, report, signal))
  if (formOf(options) === 'json') printJson(terminal, { schemaVersion: 1, references: pushed })
  else
    printTable(
      terminal,
      ['FROM', 'TO'],
      pushed.map(({ from, to: now }) => [from, now]),
    )
  return 0
}

async function importKit(
  terminal: Terminal,
  [to, file]: readonly string[],
  options: OptionValues,
  signal: AbortSignal,
): Promise<ExitCode> {
  const source = await sourceOf(file, options)
  const destination = destinationOf(to, options)
  const insecure = texts(options, 'plainHttp').some((host) => destination.split('/')[0] === host)
  const { kit } = await terminal.app()
  const as = { destination, insecure, name: text(options, 'name'), replace: options.replace === true }
  const profile = await withProgress(terminal, (report) => kit.import(source, as, report, signal))
  terminal.stdout.write(`${profile.file}\n`)
  printMessage(
    terminal,
    `Imported the profile "${profile.name}". Install it with "hangar install --profile ${profile.name}".`,
  )
  return 0
}

function printSummary(terminal: Terminal, options: OptionValues, { manifest, digest, bytes, key }: KitSummary): void {
  const { name, images, charts, platforms } = manifest
  if (formOf(options) === 'json') {
    const shownImages = images.map(({ reference, digest: of }) => ({ reference, digest: of }))
    const shownCharts = charts.map(({ release, name: chart, version, digest: of }) => ({
      release,
      name: chart,
      version,
      digest: of,
    }))
    const document = { schemaVersion: 1, profile: name, digest: `sha256:${digest}`, key, bytes, platforms }
    printJson(terminal, { ...document, charts: shownCharts, images: shownImages })
    return
  }
  printTable(
    terminal,
    ['WHAT', 'NAME', 'DIGEST'],
    [
      ...charts.map(({ name: chart, version, digest: of }) => ['chart', `${chart} ${version}`, of]),
      ...images.map(({ reference, digest: of }) => ['image', reference, of]),
    ],
  )
  const size = `${(bytes / 1e6).toFixed(1)} MB`
  printMessage(terminal, `Kit of the profile "${name}", ${size}, signed with the key ${key}: sha256:${digest}`)
}

const phases: Readonly<Record<KitProgress['phase'], string>> = {
  charts: 'Rendering charts',
  images: 'Reading manifests',
  download: 'Downloading',
  write: 'Writing',
  verify: 'Verifying',
  push: 'Pushing',
}
const reportEachMs = 250

/** One line that is written anew; none where stdout is no terminal. */
async function withProgress<Result>(terminal: Terminal, run: (report: ReportKit) => Promise<Result>): Promise<Result> {
  let [shown, lastMs] = ['', Number.NEGATIVE_INFINITY]
  const report: ReportKit = ({ phase, done, total }) => {
    if (terminal.columns === undefined) return
    const nowMs = performance.now()
    if (phase === shown && nowMs - lastMs < reportEachMs) return
    ;[shown, lastMs] = [phase, nowMs]
    const amount = total === 0 ? '' : ` ${(done / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`
    terminal.stderr.write(`\r\u001b[K${phases[phase]}${amount}`)
  }
  try {
    return await run(report)
  } finally {
    if (terminal.columns !== undefined) terminal.stderr.write('\r\u001b[K')
  }
}

async function sourceOf(file: string | undefined, options: OptionValues): Promise<KitSource> {
  if (file === undefined) throw new Problem('USAGE_INVALID', 'Name the file of the kit. See "hangar kit --help".')
  return { file: resolve(file), key: await readText(required(options, 'key', '--key FILE')) }
}

function destinationOf(registry: string | undefined, options: OptionValues): string {
  if (registry === undefined) throw new Problem('USAGE_INVALID', 'Name the registry. See "hangar kit --help".')
  const prefix = text(options, 'prefix')
  return prefix === undefined ? registry : `${registry}/${prefix}`
}

function required(options: OptionValues, name: string, usage: string): string {
  const value = text(options, name)
  if (value === undefined) throw new Problem('USAGE_INVALID', `This needs ${usage}.`)
  return value
}

async function passphraseOf(
  terminal: Terminal,
  key: string,
  options: OptionValues,
  signal: AbortSignal,
): Promise<string | undefined> {
  const file = text(options, 'keyPassphraseFile')
  if (file !== undefined) return (await readText(file)).replace(/\r?\n$/, '')
  return isEncrypted(key) ? await promptSecret(terminal, 'Passphrase of the key: ', signal) : undefined
}

async function registryOf(options: OptionValues): Promise<KitRegistry> {
  const config = text(options, 'registryConfig')
  return {
    dockerConfig: config === undefined ? '' : await readText(config),
    ca: await Promise.all(texts(options, 'ca').map(readText)),
    plainHttp: texts(options, 'plainHttp'),
  }
}
