import { setValues } from './set-values.ts'
import { literalOf, type Part, type ShellCommand, shellCommands, type Word, wordText } from './shell-commands.ts'
import type { Unread, ValueLayer, VendorRelease } from './vendor-release.ts'

export interface ScriptReading {
  readonly releases: readonly VendorRelease[]
  readonly unread: readonly Unread[]
}

/** Flags of `helm install` and `helm upgrade` with a value of their own word (Helm 4). */
const valued: ReadonlySet<string> = new Set([
  ...['-f', '--values', '--set', '--set-string', '--set-file', '--set-json', '--set-literal', '-n', '--namespace'],
  ...[
    '--version',
    '--repo',
    '--timeout',
    '--kube-context',
    '--kubeconfig',
    '--description',
    '--username',
    '--password',
  ],
  ...[
    '--ca-file',
    '--cert-file',
    '--key-file',
    '--keyring',
    '--history-max',
    '--post-renderer',
    '--post-renderer-args',
  ],
  ...['-l', '--labels', '-o', '--output', '--name-template', '--kube-apiserver', '--kube-as-user', '--kube-as-group'],
  ...['--kube-token', '--kube-ca-file', '--registry-config', '--repository-config', '--repository-cache', '--qps'],
  ...['--burst-limit', '--server-side', '--dry-run'],
])
/** These flags may stand without `=VALUE`, and then the next word is not theirs. */
const optionalValue: ReadonlySet<string> = new Set(['--wait', '--server-side', '--dry-run'])

const callDepthLimit = 8
const releaseLimit = 200
/** Of functions that call each other, each call is followed. */
const followedLimit = 50_000
const expandedPartsLimit = 1_000

/** By name: what was assigned; several words for the variable of a loop. */
type Variables = ReadonlyMap<string, readonly Word[]>

interface Context {
  readonly file: string
  readonly bodies: ReadonlyMap<string, readonly ShellCommand[]>
  readonly repositories: Map<string, string>
  readonly releases: VendorRelease[]
  readonly unread: Unread[]
  followed: number
}

/**
 * The releases that an installation script installs with helm, in order. Nothing is run: variables that the script assigns are
 * filled in, calls of its functions and loops over words are followed, everything else is listed as unread. Pure. Throws
 * RangeError beyond the limits.
 */
export function readScript(file: string, text: string): ScriptReading {
  const commands = shellCommands(text)
  const context: Context = {
    file,
    bodies: Map.groupBy(
      commands.filter(({ inFunction }) => inFunction !== undefined),
      ({ inFunction = '' }) => inFunction,
    ),
    repositories: new Map(),
    releases: [],
    unread: [],
    followed: 0,
  }
  const called = new Set<string>()
  follow(
    commands.filter(({ inFunction }) => inFunction === undefined),
    new Map(),
    context,
    called,
    0,
  )
  for (const [name, body] of context.bodies) {
    if (called.has(name)) continue
    for (const command of body) addUnread(context, command, `The function ${name} is not called.`)
  }
  // A function that is called often is listed once.
  const unread = new Map(context.unread.map((each) => [`${each.place} ${each.text} ${each.why}`, each]))
  return { releases: context.releases, unread: [...unread.values()] }
}

function follow(
  commands: readonly ShellCommand[],
  given: Variables,
  context: Context,
  called: Set<string>,
  depth: number,
  isConditional = false,
): Map<string, readonly Word[]> {
  const variables = new Map(given)
  for (const written of commands) {
    const command = isConditional ? { ...written, isConditional } : written
    context.followed += 1
    if (context.followed > followedLimit) throw new RangeError(`more than ${followedLimit} commands to follow`)
    const { assigned, rest } = splitAssignments(command.words)
    for (const { name, word } of assigned) assign(variables, name, word, written)
    const [first, ...more] = rest
    if (first === undefined) continue
    const name = literalOf(first) ?? ''
    const body = context.bodies.get(name)
    if (name === 'for') {
      const [variable, , ...words] = more
      const each = words.map((word) => expand(word, variables)).filter((word) => literalOf(word) !== undefined)
      if (variable !== undefined && each.length > 0) variables.set(wordText(variable), each)
    } else if (name === 'shift') shift(variables, Number(literalOf(more[0]) ?? 1))
    else if (body !== undefined) {
      called.add(name)
      if (depth >= callDepthLimit) addUnread(context, command, 'Its functions call each other too deeply.')
      else followCall(body, withParameters(more, variables), variables, context, called, depth, command.isConditional)
    } else if (isHelm(first, variables))
      readHelm(command, withParameters(helmArguments(rest, variables), variables), variables, context)
    else addUnread(context, command, 'Only helm commands are read.')
  }
  return variables
}

/** What a function assigns is visible after it, except its parameters. */
function followCall(
  body: readonly ShellCommand[],
  words: readonly Word[],
  variables: Map<string, readonly Word[]>,
  context: Context,
  called: Set<string>,
  depth: number,
  isConditional: boolean,
): void {
  const outer = [...variables].filter(([name]) => !isParameter(name))
  const parameters = words.map((word, index) => [String(index + 1), [expand(word, variables)]] as const)
  const after = follow(body, new Map([...outer, ...parameters]), context, called, depth + 1, isConditional)
  for (const [name, value] of after) if (!isParameter(name)) variables.set(name, value)
}

const isParameter = (name: string): boolean => /^[1-9]\d*$/.test(name)

/** The parameters of the function, in order. */
function parametersIn(variables: Variables): Word[] {
  const words: Word[] = []
  for (let index = 1; ; index += 1) {
    const [word] = variables.get(String(index)) ?? []
    if (word === undefined) return words
    words.push(word)
  }
}

function shift(variables: Map<string, readonly Word[]>, count: number): void {
  const words = parametersIn(variables)
  for (const index of words.keys()) variables.delete(String(index + 1))
  for (const [index, word] of words.slice(count).entries()) variables.set(String(index + 1), [word])
}

/** Words with the parameters in place of `"$@"`, which is nothing where none are known. */
const withParameters = (words: readonly Word[], variables: Variables): readonly Word[] =>
  words.flatMap((word) => {
    const [part, ...others] = word.filter((each) => !('text' in each) || each.text !== '')
    const isAll = part !== undefined && 'variable' in part && part.variable === '@' && others.length === 0
    return isAll ? parametersIn(variables) : [word]
  })

const declarations: ReadonlySet<string> = new Set(['export', 'local', 'readonly', 'declare', 'typeset'])

interface Assignment {
  readonly name: string
  readonly word: Word
}

function splitAssignments(words: readonly Word[]): { readonly assigned: Assignment[]; readonly rest: readonly Word[] } {
  const isDeclaration = declarations.has(literalOf(words[0]) ?? '')
  const assigned: Assignment[] = []
  for (const [index, word] of words.entries()) {
    if (isDeclaration && (index === 0 || wordText(word).startsWith('-'))) continue
    const [head, ...others] = word
    const [, name, value = ''] = head !== undefined && 'text' in head ? (/^(\w+)=([\s\S]*)$/.exec(head.text) ?? []) : []
    if (name !== undefined) assigned.push({ name, word: [{ text: value }, ...others] })
    else if (!isDeclaration) return { assigned, rest: words.slice(index) }
  }
  return { assigned, rest: [] }
}

/** A second value that depends on a condition leaves the first: both are possible. */
function assign(
  variables: Map<string, readonly Word[]>,
  name: string,
  word: Word,
  { isConditional }: ShellCommand,
): void {
  if (isConditional && variables.has(name)) return
  const expanded = expand(word, variables)
  // A variable that depends on itself, or on what only a shell can know, stays a variable.
  const isKnown = expanded.every(
    (part) => !('unread' in part) && !('variable' in part && part.variable === name && part.fallback === undefined),
  )
  if (isKnown) variables.set(name, [expanded])
}

/** Variables of a loop stay; `expandEach` replaces them. */
function expand(word: Word, variables: Variables): Word {
  const parts = word.flatMap((part): readonly Part[] => {
    if (!('variable' in part)) return [part]
    const values = variables.get(part.variable)
    const [value] = values ?? []
    return values?.length === 1 && value !== undefined ? value : [part]
  })
  return parts.length > expandedPartsLimit ? word : joined(parts)
}

/** One list of words for each value of the loop's variable that occurs in them. */
function expandEach(words: readonly Word[], variables: Variables): (readonly Word[])[] {
  const names = words.flat().flatMap((part) => ('variable' in part ? [part.variable] : []))
  const loop = names.find((name) => (variables.get(name)?.length ?? 0) > 1)
  if (loop === undefined) return [words.map((word) => expand(word, variables))]
  return (variables.get(loop) ?? []).map((value) => {
    const once = new Map([...variables, [loop, [value]] as const])
    return words.map((word) => expand(word, once))
  })
}

const joined = (parts: readonly Part[]): Word =>
  parts.reduce<Part[]>((all, part) => {
    const last = all.at(-1)
    if (last !== undefined && 'text' in last && 'text' in part) all[all.length - 1] = { text: last.text + part.text }
    else all.push(part)
    return all
  }, [])

/** Programs that run the rest of their words. */
const wrappers: ReadonlySet<string> = new Set(['sudo', 'command', 'exec', 'env', 'nice', 'time'])

function isHelm(first: Word, variables: Variables): boolean {
  const word = expand(first, variables)
  const [part] = word
  if (word.length === 1 && part !== undefined && 'variable' in part)
    return /^helm/i.test(part.fallback ?? part.variable)
  return /(^|\/)helm3?$/.test(wordText(word)) || wrappers.has(wordText(word))
}

/** The words after `helm`; empty for a wrapper of another program. */
function helmArguments(words: readonly Word[], variables: Variables): readonly Word[] {
  const at = words.findIndex((word) => !wrappers.has(literalOf(word) ?? '') && isHelm(word, variables))
  return at === -1 || at > 3 ? [] : words.slice(at + 1)
}

function readHelm(command: ShellCommand, words: readonly Word[], variables: Variables, context: Context): void {
  for (const expanded of expandEach(words, variables)) {
    const { positional, flags } = parseFlags(expanded)
    const [action = '', second, third] = positional.map((word) => wordText(word))
    const isInstall =
      action === 'install' || (action === 'upgrade' && flags.some(({ name }) => /^(-i|--install)$/.test(name)))
    if (action === 'repo' && second === 'add' && third !== undefined) {
      context.repositories.set(third, wordText(positional[3] ?? []))
    } else if (!isInstall) {
      const why =
        action === 'upgrade'
          ? 'It upgrades a release that exists: no --install.'
          : 'Only helm commands that install are read.'
      addUnread(context, command, why)
    } else addRelease(command, positional, flags, context)
  }
}

interface Flag {
  readonly name: string
  readonly value: Word
}

function parseFlags(words: readonly Word[]): { readonly positional: readonly Word[]; readonly flags: readonly Flag[] } {
  const positional: Word[] = []
  const flags: Flag[] = []
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? []
    const [head, ...others] = word
    const text = head !== undefined && 'text' in head ? head.text : ''
    const [, long, inline] = /^(--[\w-]+)(?:=([\s\S]*))?$/.exec(text) ?? []
    const name = long ?? (/^-[a-zA-Z]$/.test(text) ? text : undefined)
    if (name === undefined) positional.push(word)
    else if (inline !== undefined) flags.push({ name, value: inline === '' ? others : [{ text: inline }, ...others] })
    else if (valued.has(name) && !optionalValue.has(name)) {
      at += 1
      flags.push({ name, value: words[at] ?? [] })
    } else flags.push({ name, value: [] })
  }
  return { positional, flags }
}

const setKinds = {
  '--set': 'typed',
  '--set-string': 'text',
  '--set-literal': 'text',
  '--set-file': 'file',
  '--set-json': 'json',
} as const

function addRelease(
  command: ShellCommand,
  positional: readonly Word[],
  flags: readonly Flag[],
  context: Context,
): void {
  const named = positional.slice(1)
  const [nameWord, chartWord] = named.length === 1 ? [undefined, named[0]] : named
  const chart = pathText(chartWord ?? [])
  const name = nameWord === undefined ? chartBaseName(chart) : nameText(nameWord)
  if (chart === '' || name === undefined) {
    addUnread(context, command, 'The name of the release or its chart is known to the shell only.')
    return
  }
  if (context.releases.length >= releaseLimit) throw new RangeError(`more than ${releaseLimit} releases`)
  const last = (...names: string[]): Word | undefined => flags.findLast((flag) => names.includes(flag.name))?.value
  const layers: ValueLayer[] = []
  for (const { name: flag, value } of flags) {
    if (flag === '-f' || flag === '--values') layers.push({ file: pathText(value) })
    if (!(flag in setKinds)) continue
    const sets = setValues(value, setKinds[flag as keyof typeof setKinds]) // checked above
    if (sets === undefined) addUnread(context, command, `${flag} ${wordText(value)} has no fixed name.`)
    else layers.push({ sets })
  }
  const namespace = last('-n', '--namespace')
  const repository = last('--repo')
  const alias = /^([\w.-]+)\/[\w.-]+$/.exec(chart)?.[1]
  context.releases.push({
    name,
    namespace: namespace === undefined ? undefined : nameText(namespace),
    chart,
    version: literalOf(last('--version')),
    repository: repository === undefined ? context.repositories.get(alias ?? '') : wordText(repository),
    layers,
    needs: [],
    timeoutSeconds: secondsOf(wordText(last('--timeout') ?? [])),
    confidence: command.isConditional ? 'likely' : 'sure',
    evidence: [{ place: `${context.file}:${command.line}`, text: textOf(command) }],
  })
}

/** A path without the variables at its start: they name the folder of the script. */
const pathText = (word: Word): string =>
  word
    .flatMap((part) => ('text' in part ? [part.text] : 'variable' in part ? [part.fallback ?? ''] : []))
    .join('')
    .replace(/^\/+(?=.)/, '')

/** A name whose variables have fallbacks; undefined if the shell alone knows it. */
function nameText(word: Word): string | undefined {
  const texts = word.map((part) => ('text' in part ? part.text : 'variable' in part ? part.fallback : undefined))
  return texts.every((text) => text !== undefined) && texts.join('') !== '' ? texts.join('') : undefined
}

const chartBaseName = (chart: string): string | undefined =>
  chart
    .split('/')
    .findLast((step) => step !== '')
    ?.replace(/(-\d[\w.+-]*)?\.tgz$/, '')

/** Of a Go duration such as `5m30s`. */
function secondsOf(text: string): number | undefined {
  const [, hours, minutes, seconds] = /^(?:(\d{1,3})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?$/.exec(text) ?? []
  const total = Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)
  return total > 0 ? total : undefined
}

const shownCharacters = 200
const textOf = ({ words }: ShellCommand): string => {
  const text = words.map(wordText).join(' ')
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text
}

function addUnread({ file, unread }: Context, command: ShellCommand, why: string): void {
  const lines = command.hereDocumentLines
  const document = lines === 0 ? '' : ` (with a here-document of ${lines} ${lines === 1 ? 'line' : 'lines'})`
  unread.push({ place: `${file}:${command.line}`, text: `${textOf(command)}${document}`, why })
}
