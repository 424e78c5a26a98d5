import { EVENT_ID, type Event, getScalarValue } from 'js-yaml'
import { firstDocument, hasKnownVersion, isTooComplex, parseGoYaml, withUsualBreaks } from './go-yaml.ts'

/** One item of `clusters`, `contexts` or `users`. */
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
export const kubeconfigLimitBytes = 16 * 1024 * 1024

/**
 * Cuts the text into its entries and reads each by itself, so that a malformed one costs only itself. A text that cannot be
 * cut, or whose entries refer to each other by anchors, is read as a whole.
 */
export function readKubeconfigText(text: string): RawKubeconfig {
  if (isTooComplex(text)) return nothing('The file has too many entries for a kubeconfig.')
  // The reader of the file has taken one away.
  if (text.startsWith('\uFEFF')) return nothing('The file begins with two byte order marks.')
  const document = firstDocument(withUsualBreaks(text))
  if (document.trim() === '') return nothing()
  if (!hasKnownVersion(document))
    return nothing('The file begins with a directive that kubectl does not read: it is neither "%YAML 1.1" nor "%TAG".')
  const pieces = cut(document)
  if (pieces !== undefined) {
    const read = readPieces(pieces)
    if (!read.broken) return read.kubeconfig
  }
  return readWhole(document, pieces)
}

/** A file of which no entry counts. */
const nothing = (message?: string, line?: number): RawKubeconfig => ({
  clusters: [],
  contexts: [],
  users: [],
  faults: message === undefined ? [] : [{ message, ...(line === undefined ? {} : { line }) }],
})

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
  const lines = text.split(/\r?\n/)
  let entries: { section: Section; line: number; text: string[] }[] = []
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
        // Something else than a list.
        if (indent === -1 && /^\s*[^\s#]/.test(line)) return undefined
        if (indent !== -1) entries.at(-1)?.text.push(line)
        continue
      }
    }
    const key = /^([\w-]+):(.*)$/.exec(line)
    const named = sections.find((name) => name === key?.[1])
    section = undefined
    indent = -1
    if (named !== undefined) {
      const value = key?.[2]?.trim() ?? ''
      // Of a key that is repeated the last value counts.
      entries = entries.filter((entry) => entry.section !== named)
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
  const top = parseGoYaml(rest)
  if (!('value' in top)) {
    faults.push({ message: 'The file is not YAML outside its lists.' })
    return { kubeconfig: { ...read, faults }, broken: true }
  }
  const fault = faultOfFile(top.value)
  if (fault !== undefined) return { kubeconfig: nothing(fault), broken }
  // A list whose key is written in another way, such as with quotes.
  const isElsewhere = isRecord(top.value) && sections.some((section) => isRecord(top.value) && section in top.value)
  return { kubeconfig: { ...read, currentContext: currentContextOf(top.value), faults }, broken: broken || isElsewhere }
}

function currentContextOf(values: unknown): string | undefined {
  const current = isRecord(values) ? values['current-context'] : undefined
  return typeof current === 'string' ? current : undefined
}

/** Why client-go refuses a file with these fields beside its lists. */
function faultOfFile(values: unknown): string | undefined {
  if (values === undefined || values === null) return undefined
  if (!isRecord(values)) return 'The file is not a kubeconfig.'
  const { kind, apiVersion, preferences, extensions, 'current-context': current } = values
  if ((kind ?? 'Config') !== 'Config' && kind !== '') return 'The file is not a kubeconfig: its "kind" is not "Config".'
  if ((apiVersion ?? 'v1') !== 'v1' && apiVersion !== '')
    return 'The file is not a kubeconfig: its "apiVersion" is not "v1".'
  if (typeof (current ?? '') !== 'string') return '"current-context" is not text. Put it in quotes.'
  if (!isRecord(preferences ?? {})) return '"preferences" is not a mapping.'
  if (!Array.isArray(extensions ?? [])) return '"extensions" is not a list.'
  const colors = isRecord(preferences) ? preferences.colors : undefined
  return typeof (colors ?? false) === 'boolean' ? undefined : '"preferences.colors" is neither true nor false.'
}

function readEntry(text: string, line: number): RawEntry {
  const parsed = parseGoYaml(text)
  if ('value' in parsed) return toEntry(Array.isArray(parsed.value) ? parsed.value[0] : undefined, line)
  const fault = `line ${line + parsed.faultLine - 1} is not valid YAML.`
  return { name: guessName(text), line, body: {}, fault }
}

function toEntry(item: unknown, line: number): RawEntry {
  if (item === null) return { line, body: {} }
  if (!isRecord(item)) return { line, body: {}, fault: 'it is not a mapping.' }
  const { name } = item
  if (name === undefined || name === null) return { line, body: item }
  if (typeof name === 'string') return { name, line, body: item }
  const isScalar = typeof name === 'number' || typeof name === 'boolean'
  const fault = isScalar ? `its name is ${typeName(name)}, not text. Put it in quotes.` : 'its name is not text.'
  return { ...(isScalar ? { name: String(name) } : {}), line, body: item, fault }
}

/** The name of an entry that cannot be parsed, from its own line: the user looks for it by name. */
const guessName = (text: string): string | undefined => /^[ -]*name: *["']?([^"'\s#]+)["']?\s*$/m.exec(text)?.[1]

/** The whole file in one parse; where that fails too, what the pieces gave. */
function readWhole(text: string, pieces: Pieces | undefined): RawKubeconfig {
  const parsed = parseGoYaml(text)
  if (!('value' in parsed)) {
    if (pieces !== undefined) return readPieces(pieces).kubeconfig
    return nothing('The file is not valid YAML.', parsed.faultLine)
  }
  const { value, events } = parsed
  const fault = faultOfFile(value)
  if (!isRecord(value) || fault !== undefined) return nothing(fault)
  const lines = itemLines(events, text)
  const faults: TextFault[] = []
  const read = (section: Section): RawEntry[] => {
    const list = value[section]
    if (list === undefined || list === null) return []
    if (!Array.isArray(list)) {
      faults.push({ message: `"${section}" is not a list.` })
      return []
    }
    return list.map((item: unknown, index) => toEntry(item, lines[section][index] ?? 1))
  }
  const entries = { clusters: read('clusters'), contexts: read('contexts'), users: read('users') }
  return faults.length > 0 ? { ...nothing(), faults } : { ...entries, currentContext: currentContextOf(value), faults }
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

/** A type of which client-go makes no text. */
export const typeName = (value: unknown): string => (typeof value === 'number' ? 'a number' : 'true or false')

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
