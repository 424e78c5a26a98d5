import { LineCounter, parseDocument } from 'yaml'
import { readPlainYaml } from './plain-yaml.ts'

/** One item of `clusters`, `contexts` or `users`; every scalar is text. */
export interface RawEntry {
  readonly name?: string
  /** From 1. */
  readonly line: number
  readonly body: Readonly<Record<string, unknown>>
  /** The item cannot be read. */
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

/** A kubeconfig of more than this is none; kubectl's own slows to a crawl long before. */
export const kubeconfigLimitBytes = 32 * 1024 * 1024

/**
 * Cuts the text into its entries and reads each by itself, so that a malformed one costs only itself.
 * Entries in the plain form that kubectl writes are read ten times faster than by the YAML library
 * (2,000 contexts with their certificates: some 80 ms instead of 800); any other form goes to the library.
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

/** The entries of a block-style file by indentation alone; undefined for flow style, JSON, several documents or tabs. */
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
  const found: Record<Section, RawEntry[]> = { clusters: [], contexts: [], users: [] }
  const faults: TextFault[] = []
  let broken = false
  for (const entry of entries) {
    const plain = readPlainYaml(entry.text)
    const item = plain === undefined ? readEntry(entry.text, entry.line) : toEntry(plain, entry.line)
    broken ||= item.fault !== undefined
    if (item.fault !== undefined && entry.section !== 'contexts' && item.name === undefined) {
      faults.push({ line: item.line, message: `An entry of "${entry.section}" cannot be read: ${item.fault}` })
    }
    found[entry.section].push(item)
  }
  const top = parseDocument(rest, quiet)
  const values: unknown = top.errors.length === 0 ? unfold(() => top.toJS({ maxAliasCount })) : undefined
  const current = isRecord(values) ? values['current-context'] : undefined
  if (top.errors.length > 0) {
    broken = true
    faults.push({ message: 'The file is not YAML outside its lists.' })
  } else if (values !== null && values !== '' && !isRecord(values)) {
    faults.push({ message: 'The file is not a kubeconfig.' })
  }
  const currentContext = typeof current === 'string' ? current : undefined
  return { kubeconfig: { ...found, currentContext, faults }, broken }
}

/** Scalars stay text. No warnings and no pretty errors: both quote the file, which holds secrets. */
const quiet = { schema: 'failsafe', prettyErrors: false, logLevel: 'error' } as const

/** Guards against a few lines that unfold into gigabytes. */
const maxAliasCount = 100

function readEntry(text: string, line: number): RawEntry {
  const lines = new LineCounter()
  const document = parseDocument(text, { ...quiet, lineCounter: lines })
  const [error] = document.errors
  if (error !== undefined) {
    const at = lines.linePos(error.pos[0])
    return {
      name: guessName(text),
      line,
      body: {},
      fault: `line ${line + at.line - 1} is not valid YAML (${error.code}).`,
    }
  }
  return toEntry(
    unfold(() => document.toJS({ maxAliasCount })),
    line,
  )
}

function toEntry(list: unknown, line: number): RawEntry {
  const item: unknown = Array.isArray(list) ? list[0] : undefined
  if (!isRecord(item)) return { line, body: {}, fault: 'it is not a mapping.' }
  const { name } = item
  if (name !== undefined && typeof name !== 'string') return { line, body: {}, fault: 'its name is not text.' }
  return { name: name === undefined ? undefined : name, line, body: item }
}

/** The name of an entry that cannot be parsed, as its own line gives it: for the person who looks for it. */
const guessName = (text: string): string | undefined => /^[ -]*name: *["']?([^"'\s#]+)["']?\s*$/m.exec(text)?.[1]

/** The library on the whole file; where that fails too, what the pieces gave. */
function readWhole(text: string, pieces: Pieces | undefined): RawKubeconfig {
  const lines = new LineCounter()
  const document = parseDocument(text, { ...quiet, lineCounter: lines })
  const [error] = document.errors
  if (error !== undefined) {
    if (pieces !== undefined) return readPieces(pieces).kubeconfig
    const { line } = lines.linePos(error.pos[0])
    return {
      clusters: [],
      contexts: [],
      users: [],
      faults: [{ line, message: `The file is not valid YAML (${error.code}).` }],
    }
  }
  const values = unfold(() => document.toJS({ maxAliasCount }))
  if (!isRecord(values)) {
    return { clusters: [], contexts: [], users: [], faults: [{ message: 'The file is not a kubeconfig.' }] }
  }
  const faults: TextFault[] = []
  const read = (section: Section): RawEntry[] => {
    const list = values[section]
    if (list === undefined || list === null || list === '' || list === 'null') return []
    if (!Array.isArray(list)) {
      faults.push({ message: `"${section}" is not a list.` })
      return []
    }
    return list.map((item: unknown, index) => toEntry([item], lineOf(section, index)))
  }
  const lineOf = (section: Section, index: number): number => {
    const node: unknown = document.getIn([section, index], true)
    const range: unknown = isRecord(node) ? node.range : undefined
    return Array.isArray(range) && typeof range[0] === 'number' ? lines.linePos(range[0]).line : 1
  }
  const current = values['current-context']
  return {
    clusters: read('clusters'),
    contexts: read('contexts'),
    users: read('users'),
    currentContext: typeof current === 'string' ? current : undefined,
    faults,
  }
}

function unfold(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    if (error instanceof ReferenceError) return undefined // too many aliases
    throw error
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
