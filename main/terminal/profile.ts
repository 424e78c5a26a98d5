import { lstat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { Problem } from '../../preload/contract/problem.ts'
import type { DraftDecision, DraftRow, ProfileDraft } from '../../preload/contract/profile-draft.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { archiveLimitBytes } from '../lib/chart-archive.ts'
import { type ChartFile, chartFiles, folderFiles } from '../lib/chart-folder.ts'
import { exists } from '../lib/files.ts'
import { parseYaml } from '../lib/yaml-documents.ts'
import {
  type Command,
  type ExitCode,
  kubeconfigOptions,
  type OptionValues,
  type Terminal,
  text,
  texts,
} from './command.ts'
import { confirm, readBytes } from './input.ts'
import { contextOf } from './plane.ts'
import { printMessage, printTable } from './print.ts'

export const profileCommand: Command = {
  name: 'profile',
  usage: '[action] [paths...]',
  summary:
    'make a profile from a vendor’s files ("new --from PATH") or from the releases of a cluster ("new --from-cluster"), or update it ("update NAME --from PATH"); nothing of them is run',
  options: [
    {
      flags: '--from <path>',
      help: 'a chart (folder or .tgz), values, a helmfile.yaml, an installation script, a list of hosts (CSV, TSV, text), or a folder with these',
      repeatable: true,
    },
    {
      flags: '--from-cluster',
      help: 'the releases that the cluster of --context has, from helm’s records; with --from, also charts and lists of the vendor',
    },
    { flags: '--context <name>', help: 'with --from-cluster: context of the cluster (default: the current one)' },
    {
      flags: '--namespace <name>',
      help: 'with --from-cluster: only the releases in this namespace (default: in all)',
      repeatable: true,
    },
    ...kubeconfigOptions,
    { flags: '--name <id>', help: 'name of the profile (default: that of the first path, or of the context)' },
    { flags: '--output <folder>', help: 'write it to this folder, instead of to the own profiles' },
    {
      flags: '--accept <rows>',
      help: 'do not ask: confirm all proposals, or those that are sure (the others are marked as unconfirmed)',
      choices: ['all', 'sure'],
    },
  ],
  async run(terminal, [action, ...paths], options, signal) {
    if (action === 'update') return await updateProfile(terminal, paths, options, signal)
    if (action !== 'new')
      throw new Problem(
        'USAGE_INVALID',
        'Use "hangar profile new --from PATH", "hangar profile new --from-cluster" or "hangar profile update NAME --from PATH".',
      )
    return await newProfile(terminal, [...texts(options, 'from'), ...paths], options, signal)
  },
}

async function newProfile(
  terminal: Terminal,
  sources: readonly string[],
  options: OptionValues,
  signal: AbortSignal,
): Promise<ExitCode> {
  const [first] = sources
  const context = await contextIn(terminal, options)
  if (first === undefined && context === undefined)
    throw new Problem('USAGE_INVALID', 'Name the files of the vendor with --from PATH, or use --from-cluster.')
  const name = text(options, 'name') ?? nameOf(context?.name ?? first ?? '')
  const client = await terminal.client()
  const draft = await draftFrom(terminal, name, sources, options, signal)
  printDraft(terminal, draft)
  const accept = text(options, 'accept')
  const decisions =
    accept === undefined
      ? await ask(terminal, draft, signal)
      : draft.rows.map(({ id, confidence }) => acceptedAs(id, accept === 'all' || confidence === 'sure'))
  if (decisions === undefined) {
    printMessage(terminal, 'Nothing was written. Answer for each row, or use --accept all or --accept sure.')
    return 2
  }
  const folder = text(options, 'output')
  const saved = await client.profileDrafts.save({
    draftId: draft.draftId,
    decisions,
    folder: folder && resolve(folder),
  })
  for (const id of saved.omitted) printMessage(terminal, `Left out: ${id} needs what was skipped.`)
  const { profile, unconfirmed } = saved
  if (profile === undefined) {
    const lines = saved.faults.map(({ field, found, expected }) => `${field}: found ${found}, expected ${expected}.`)
    throw new Problem('PROFILE_INVALID', `The profile would not be valid: ${lines[0] ?? ''}`, lines.join('\n'))
  }
  terminal.stdout.write(`${profile.file}\n`)
  const marked = unconfirmed === 0 ? '' : ` ${unconfirmed} entries are marked as unconfirmed.`
  printMessage(
    terminal,
    `Wrote the profile "${profile.name}": ${profile.releases} releases, ${profile.endpoints} endpoints.${marked}`,
  )
  return 0
}

/** Of `--from-cluster`. */
async function contextIn(
  terminal: Terminal,
  options: OptionValues,
): Promise<{ readonly id: string; readonly name: string } | undefined> {
  const [context, namespaces] = [text(options, 'context'), texts(options, 'namespace')]
  if (options.fromCluster === true) return await contextOf(await terminal.client(), context)
  if (context !== undefined || namespaces.length > 0)
    throw new Problem('USAGE_INVALID', 'Use --context and --namespace with --from-cluster.')
  return undefined
}

async function draftFrom(
  terminal: Terminal,
  name: string,
  sources: readonly string[],
  options: OptionValues,
  signal: AbortSignal,
): Promise<ProfileDraft> {
  const files = (await Promise.all(sources.map(filesOf))).flat()
  const encoded = files.map(({ path, content }) => ({ path, content: content.toString('base64') }))
  const context = await contextIn(terminal, options)
  const cluster = context && { contextId: context.id, namespaces: [...texts(options, 'namespace')] }
  const input = { name, files: encoded, ...(cluster && { cluster }) }
  return await (await terminal.client()).profileDrafts.create(input, { signal })
}

/** Shows what newer files of the vendor change in an own profile, and changes it. */
async function updateProfile(
  terminal: Terminal,
  [name, ...paths]: readonly string[],
  options: OptionValues,
  signal: AbortSignal,
): Promise<ExitCode> {
  const sources = [...texts(options, 'from'), ...paths]
  if (name === undefined || (sources.length === 0 && options.fromCluster !== true))
    throw new Problem('USAGE_INVALID', 'Use "hangar profile update NAME" with --from PATH or --from-cluster.')
  const client = await terminal.client()
  const { draftId } = await draftFrom(terminal, name, sources, options, signal)
  const { changes } = await client.profileDrafts.compare({ draftId })
  if (changes.length === 0) {
    printMessage(terminal, `The profile "${name}" has everything that these files show.`)
    return 0
  }
  printTable(
    terminal,
    ['CHANGE', 'WHAT', 'FIELDS'],
    changes.map(({ kind, row, fields }) => [
      kind,
      row,
      fields.map(({ field, before, after }) => `${field}: ${before} → ${after}`).join('; '),
    ]),
  )
  // What is missing may have been added by people: it is removed in the editor.
  const offered = changes.filter(({ kind }) => kind !== 'missing')
  if (offered.length === 0) {
    printMessage(terminal, 'Nothing is new. Remove what the plane no longer needs in the editor.')
    return 0
  }
  const accept = text(options, 'accept')
  const rows = offered.filter(({ confidence }) => accept !== 'sure' || confidence === 'sure').map(({ row }) => row)
  const question = `Make ${rows.length === 1 ? 'this change' : `these ${rows.length} changes`}? Planes of the profile ask for an approval.`
  if (accept === undefined && !(await confirm(terminal, question, signal))) {
    printMessage(terminal, 'Nothing was changed. Answer yes, or use --accept all or --accept sure.')
    return 2
  }
  const { profile } = await client.profileDrafts.update({ draftId, rows })
  printMessage(terminal, `Changed the profile "${profile.name}": ${profile.file}`)
  return 0
}

const acceptedAs = (row: string, isConfirmed: boolean): DraftDecision => ({
  row,
  as: isConfirmed ? 'confirmed' : 'kept',
})

/** A name from that of a file or folder. */
function nameOf(path: string): string {
  const name = basename(resolve(path))
    .replace(/\.(tgz|tar\.gz|ya?ml|sh|csv|txt)$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  if (name === '') throw new Problem('USAGE_INVALID', 'Name the profile with --name ID.')
  return name.slice(0, 60).replace(/-$/, '')
}

/** The files of one path, below its own name. Throws FILE_UNREADABLE, FILE_INVALID. */
async function filesOf(path: string): Promise<ChartFile[]> {
  const source = resolve(path)
  const below = (files: readonly ChartFile[]): ChartFile[] =>
    files.map((file) => ({ ...file, path: `${basename(source)}/${file.path}` }))
  const stats = await lstat(source).catch(() => undefined)
  if (!stats?.isDirectory()) return [{ path: basename(source), content: await readBytes(path, archiveLimitBytes) }]
  // A single chart can have dependencies beside it.
  if (await exists(resolve(source, 'Chart.yaml')))
    return below(await chartFiles(dirname(source), dirname(source), basename(source)))
  return below(await folderFiles(source))
}

const kinds: Readonly<Record<DraftRow['kind'], string>> = {
  setting: 'setting',
  requirement: 'requirement',
  release: 'release',
  component: 'component',
  credential: 'credential',
  endpoint: 'endpoint',
  logSource: 'log source',
}

function printDraft(terminal: Terminal, { rows, unread }: ProfileDraft): void {
  const shown = rows.map(({ kind, title, confidence, evidence }) => [
    kinds[kind],
    confidence,
    title,
    evidenceText(evidence),
  ])
  printTable(terminal, ['PROPOSAL', 'CONFIDENCE', 'WHAT', 'FOUND IN'], shown)
  if (unread.length === 0) return
  terminal.stdout.write('\n')
  printTable(
    terminal,
    ['NOT READ', 'TEXT', 'WHY'],
    unread.map(({ place, text: what, why }) => [place, what, why]),
  )
}

function evidenceText(evidence: DraftRow['evidence']): string {
  const [first] = evidence
  if (first === undefined) return ''
  const more = evidence.length > 1 ? ` (and ${evidence.length - 1} more)` : ''
  return `${first.text === '' ? first.place : `${first.place}: ${first.text}`}${more}`
}

/** Asks row by row; undefined without a terminal, or if the user quits. */
async function ask(
  terminal: Terminal,
  { rows }: ProfileDraft,
  signal: AbortSignal,
): Promise<DraftDecision[] | undefined> {
  if (!terminal.stdin.isTTY) return undefined
  const prompt = createInterface({ input: terminal.stdin, output: terminal.stderr })
  const decisions: DraftDecision[] = []
  try {
    for (const [index, row] of rows.entries()) {
      printMessage(terminal, `\n${index + 1}/${rows.length} ${kinds[row.kind]} (${row.confidence}): ${row.title}`)
      for (const { place, text: found } of row.evidence)
        printMessage(terminal, `  ${place}${found === '' ? '' : `: ${found}`}`)
      const question = '[Y]es, [n]o, [e]dit, [l]ater (marked as unconfirmed), [r]est later, [q]uit: '
      const answer = (await prompt.question(question, { signal })).trim().toLowerCase().slice(0, 1)
      if (answer === 'q') return undefined
      // Rows without a decision are kept, marked as unconfirmed.
      if (answer === 'r') return decisions
      if (answer === 'n') decisions.push({ row: row.id, as: 'skipped' })
      else if (answer === 'l') decisions.push(acceptedAs(row.id, false))
      else if (answer === 'e') {
        const entry = await edited(terminal, row.entry, (line) => prompt.question(line, { signal }))
        decisions.push({ row: row.id, as: 'confirmed', entry })
      } else decisions.push(acceptedAs(row.id, true))
    }
    return decisions
  } finally {
    prompt.close()
  }
}

/** Takes `field=value` until an empty line; an empty value removes the field. */
async function edited(
  terminal: Terminal,
  entry: JsonObject,
  question: (line: string) => Promise<string>,
): Promise<JsonObject> {
  let changed = entry
  for (;;) {
    printMessage(terminal, `  ${JSON.stringify(changed)}`)
    const line = await question('  field=value, or an empty line: ')
    const edit = editOf(line)
    if (edit === undefined && line.trim() === '') return changed
    if (edit === undefined) printMessage(terminal, '  Write a field of the entry and its value, such as protocol=wss.')
    else changed = withField(changed, edit)
  }
}

interface Edit {
  readonly field: string
  readonly value: JsonObject[string] | undefined
}

/** `protocol=wss`; the value is YAML. Pure. */
export function editOf(line: string): Edit | undefined {
  const equals = line.indexOf('=')
  const field = line.slice(0, Math.max(0, equals)).trim()
  if (!/^[\w-]+$/.test(field)) return undefined
  const written = line.slice(equals + 1).trim()
  if (written === '') return { field, value: undefined }
  // A reference such as ${a.b} is a text, not a map of YAML.
  if (written.startsWith('$')) return { field, value: written }
  try {
    return { field, value: parseYaml(written) as JsonObject[string] } // YAML of one line is JSON
  } catch {
    return { field, value: written }
  }
}

const withField = (entry: JsonObject, { field, value }: Edit): JsonObject => {
  const { [field]: _, ...rest } = entry
  return value === undefined ? rest : { ...entry, [field]: value }
}
