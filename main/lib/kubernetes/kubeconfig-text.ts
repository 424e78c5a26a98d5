import {
  constructFromEvents,
  EVENT_ID,
  type Event,
  FAILSAFE_SCHEMA,
  getScalarValue,
  load,
  mergeTag,
  parseEvents,
  YAML11_SCHEMA,
  YAMLException,
} from 'js-yaml'
import { expandedSize } from '../rules/expanded-size.ts'

/** One item of `clusters`, `contexts` or `users`; every scalar is text. */
export interface RawEntry {
  readonly name?: string
  /** From 1. */
  readonly line: number
  readonly body: Readonly<Record<string, unknown>>
  /** Why the item cannot be read. */
  readonly fault?: string
}

export interface TextFault {
  /** From 1; absent where the whole file is meant. */
  readonly line?: number
  readonly message: string
}

export interface RawKubeconfig {
  readonly clusters: readonly RawEntry[]
  readonly contexts: readonly RawEntry[]
  readonly users: readonly RawEntry[]
  readonly currentContext?: string
  readonly faults: readonly TextFault[]
}

type Section = 'clusters' | 'contexts' | 'users'
const sections = ['clusters', 'contexts', 'users'] as const satisfies readonly Section[]

/** A larger file is not a kubeconfig; kubectl itself slows down long before. */
export const kubeconfigLimitBytes = 32 * 1024 * 1024

/**
 * Cuts the text into its entries and reads each by itself, so that a malformed one costs only itself. A text that cannot be
 * cut, or whose entries refer to each other by anchors, is read as a whole.
 */
export function readKubeconfigText(text: string): RawKubeconfig {
  if (text.trim() === '') return { clusters: [], contexts: [], users: [], faults: [] }
  const pieces = cut(text)
  if (pieces !== undefined) {
    const read = readPieces(pieces)
    if (!read.broken) return read.kubeconfig
  }
  return readWhole(text, pieces)
}

/** Scalars stay text, so that a name such as `1e3` keeps its form; `<<` merges, as in kubectl. */
const schema = FAILSAFE_SCHEMA.withTags(mergeTag)

type Parsed = { readonly value: unknown; readonly events: readonly Event[] } | { readonly faultLine: number }

/** One YAML document; undefined for none. Nothing of the parser's message is passed on: it quotes the text, which holds secrets. */
function parseYaml(text: string): Parsed {
  try {
    const events = parseEvents(text, {})
    const documents = constructFromEvents(events, { source: text, schema })
    const [value] = documents
    // A text without aliases has fewer nodes than characters. More nodes come from aliases, which can expand to gigabytes.
    if (documents.length > 1 || expandedSize(value) > Math.max(text.length, 1)) return { faultLine: 1 }
    return { value, events }
  } catch (error) {
    return { faultLine: error instanceof YAMLException ? (error.mark?.line ?? 0) + 1 : 1 }
  }
}

const booleans: ReadonlySet<string> = new Set(['insecure-skip-tls-verify', 'disable-compression', 'provideClusterInfo'])
/** What may hold values of any type. */
const untyped: ReadonlySet<string> = new Set(['extensions', 'preferences'])

/**
 * Whether each value has the type that client-go expects of it. It refuses a whole file for an unquoted name such as `2026`,
 * for a quoted `"true"`, or for blanks in base64; this reader takes all of them.
 */
export function hasExpectedTypes(text: string): boolean {
  try {
    return typesFit(load(text, { schema: YAML11_SCHEMA }), '')
  } catch {
    return false
  }
}

function typesFit(value: unknown, key: string): boolean {
  if (value === null || untyped.has(key)) return true
  if (Array.isArray(value)) return value.every((item) => typesFit(item, key))
  if (isRecord(value)) return Object.entries(value).every(([name, child]) => typesFit(child, name))
  // Go's base64 takes line ends, and no blanks.
  if (key.endsWith('-data')) return typeof value === 'string' && !/[ \t]/.test(value)
  return typeof value === (booleans.has(key) ? 'boolean' : 'string')
}

function indentOf(line: string): number {
  let spaces = 0
  while (line[spaces] === ' ') spaces += 1
  return spaces
}

interface Pieces {
  readonly entries: readonly { readonly section: Section; readonly line: number; readonly text: string }[]
  /** Top-level lines outside the three lists. */
  readonly rest: string
}

/** The entries of a block-style file by indentation alone; undefined for flow style, JSON and several documents. */
function cut(text: string): Pieces | undefined {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const entries: { section: Section; line: number; text: string[] }[] = []
  const rest: string[] = []
  let section: Section | undefined
  let indent = -1
  for (const [index, line] of lines.entries()) {
    if (section !== undefined) {
      const spaces = indentOf(line)
      if (line[spaces] === '-' && (line[spaces + 1] ?? ' ') === ' ' && (indent === -1 || spaces === indent)) {
        indent = spaces
        entries.push({ section, line: index + 1, text: [line] })
        continue
      }
      if (/^(\s|$|#)/.test(line)) {
        entries.at(-1)?.text.push(line)
        continue
      }
    }
    const key = /^([\w-]+):(.*)$/.exec(line)
    const named = sections.find((name) => name === key?.[1])
    section = undefined
    indent = -1
    if (named !== undefined) {
      const value = key?.[2]?.trim() ?? ''
      if (value === '' || value.startsWith('#')) section = named
      else if (value !== '[]' && value !== 'null') return undefined
    } else if (line === '---' && rest.every((earlier) => earlier.trim() === '' || earlier.startsWith('#'))) {
      rest.push('')
    } else if (/^(---|\.\.\.|[{[%])/.test(line)) {
      return undefined
    } else {
      rest.push(line)
    }
  }
  return { entries: entries.map((entry) => ({ ...entry, text: entry.text.join('\n') })), rest: rest.join('\n') }
}

function readPieces({ entries, rest }: Pieces): { kubeconfig: RawKubeconfig; broken: boolean } {
  const read: Record<Section, RawEntry[]> = { clusters: [], contexts: [], users: [] }
  const faults: TextFault[] = []
  let broken = false
  for (const entry of entries) {
    const item = readEntry(entry.text, entry.line)
    broken ||= item.fault !== undefined
    if (item.fault !== undefined && entry.section !== 'contexts' && item.name === undefined) {
      faults.push({ line: item.line, message: `An entry of "${entry.section}" cannot be read: ${item.fault}` })
    }
    read[entry.section].push(item)
  }
  const top = parseYaml(rest)
  const values = 'value' in top ? top.value : undefined
  if (!('value' in top)) {
    broken = true
    faults.push({ message: 'The file is not YAML outside its lists.' })
  } else if (values !== undefined && values !== '' && !isRecord(values)) {
    faults.push({ message: 'The file is not a kubeconfig.' })
  }
  return { kubeconfig: { ...read, currentContext: currentContextOf(values), faults }, broken }
}

function currentContextOf(values: unknown): string | undefined {
  const current = isRecord(values) ? values['current-context'] : undefined
  return typeof current === 'string' ? current : undefined
}

function readEntry(text: string, line: number): RawEntry {
  const parsed = parseYaml(text)
  if ('value' in parsed) return toEntry(Array.isArray(parsed.value) ? parsed.value[0] : undefined, line)
  const fault = `line ${line + parsed.faultLine - 1} is not valid YAML.`
  return { name: guessName(text), line, body: {}, fault }
}

function toEntry(item: unknown, line: number): RawEntry {
  if (!isRecord(item)) return { line, body: {}, fault: 'it is not a mapping.' }
  const { name } = item
  if (name !== undefined && typeof name !== 'string') return { line, body: {}, fault: 'its name is not text.' }
  return { name: name === undefined ? undefined : name, line, body: item }
}

/** The name of an entry that cannot be parsed, from its own line: the user looks for it by name. */
const guessName = (text: string): string | undefined => /^[ -]*name: *["']?([^"'\s#]+)["']?\s*$/m.exec(text)?.[1]

/** The whole file in one parse; where that fails too, what the pieces gave. */
function readWhole(text: string, pieces: Pieces | undefined): RawKubeconfig {
  const parsed = parseYaml(text)
  if (!('value' in parsed)) {
    if (pieces !== undefined) return readPieces(pieces).kubeconfig
    const faults = [{ line: parsed.faultLine, message: 'The file is not valid YAML.' }]
    return { clusters: [], contexts: [], users: [], faults }
  }
  const { value, events } = parsed
  if (!isRecord(value))
    return { clusters: [], contexts: [], users: [], faults: [{ message: 'The file is not a kubeconfig.' }] }
  const lines = itemLines(events, text)
  const faults: TextFault[] = []
  const read = (section: Section): RawEntry[] => {
    const list = value[section]
    if (list === undefined || list === '' || list === 'null') return []
    if (!Array.isArray(list)) {
      faults.push({ message: `"${section}" is not a list.` })
      return []
    }
    return list.map((item: unknown, index) => toEntry(item, lines[section][index] ?? 1))
  }
  return {
    clusters: read('clusters'),
    contexts: read('contexts'),
    users: read('users'),
    currentContext: currentContextOf(value),
    faults,
  }
}

/** Nesting of the parser's events: the document, its mapping, and a list in that. */
const depthOf = { entries: 2, items: 3 } as const

/** The lines, from 1, at which the items of the three lists begin. */
function itemLines(events: readonly Event[], text: string): Record<Section, number[]> {
  const lines: Record<Section, number[]> = { clusters: [], contexts: [], users: [] }
  const lineAt = lineCounter(text)
  let depth = 0
  let key: string | undefined
  let list: Section | undefined
  for (const event of events) {
    if (event.type === EVENT_ID.POP) {
      depth -= 1
      continue
    }
    if (depth === depthOf.entries) {
      list = event.type === EVENT_ID.SEQUENCE ? sections.find((section) => section === key) : undefined
      key = key === undefined && event.type === EVENT_ID.SCALAR ? getScalarValue(text, event) : undefined
    } else if (depth === depthOf.items && list !== undefined) {
      lines[list].push(lineAt(startOf(event)))
    }
    if (event.type !== EVENT_ID.SCALAR && event.type !== EVENT_ID.ALIAS) depth += 1
  }
  return lines
}

function startOf(event: Exclude<Event, { readonly type: typeof EVENT_ID.POP }>): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart
  return event.type === EVENT_ID.DOCUMENT ? 0 : event.start
}

/** Lines, from 1, of offsets that only grow: each character is passed once. */
function lineCounter(text: string): (offset: number) => number {
  let line = 1
  let next = text.indexOf('\n')
  return (offset) => {
    for (; next !== -1 && next < offset; next = text.indexOf('\n', next + 1)) line += 1
    return line
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
