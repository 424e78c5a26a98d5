/**
 * The part of YAML that kubectl and the cloud tools write into a kubeconfig: block mappings and lists of plain
 * scalars on one line. Returns undefined for anything else, and the YAML library reads that. What it does accept
 * it reads as the library does with the failsafe schema (every scalar is text): a property in the tests.
 */
export function readPlainYaml(text: string): unknown {
  const lines: Line[] = []
  for (const line of text.split('\n')) {
    if (/^ *$/.test(line)) continue
    const read = readLine(line)
    if (read === undefined) return undefined
    lines.push(...read)
  }
  const [first] = lines
  if (first === undefined) return undefined
  const reader: Reader = { lines, at: 0, broken: false }
  const value = readBlock(reader, first.indent)
  return reader.at === lines.length && !reader.broken ? value : undefined
}

/** One step of structure: `- ` opens an item, `key:` a value; `- key: v` is two steps. */
interface Line {
  readonly indent: number
  readonly item: boolean
  readonly key?: string
  /** Absent: the value is the deeper block that follows. */
  readonly value?: string
}

const keyed = /^([A-Za-z][\w.-]*):(?: +|$)/
/** Most of a kubeconfig by size: base64 and names. Told apart in one pass, as the full form takes several. */
const simpleScalar = /^[A-Za-z0-9_/+=][A-Za-z0-9_/+=.-]*$/
/** Plain scalars without a character that YAML gives a meaning to anywhere; base64, names, addresses, arguments. */
const plainScalar = /^[A-Za-z0-9_/.+=-](?:[A-Za-z0-9_/.+=@~,$%^*()!?;&|<>-]|:(?=\S)| (?=[A-Za-z0-9_/.+=-]))*$/
const reservedStart = /^(?:-(?:$| )|\?|---|\.\.\.)/

function readLine(line: string): Line[] | undefined {
  const indent = line.search(/[^ ]/)
  const text = line.slice(indent)
  if (text.startsWith('- ')) {
    const inner = text.slice(2)
    const gap = inner.search(/[^ ]/)
    if (gap === -1) return undefined
    const item: Line = { indent, item: true }
    const content = inner.slice(gap)
    if (content.startsWith('- ')) return undefined
    const mapping = keyed.exec(content)
    if (mapping !== null) {
      const entry = toEntry(indent + 2 + gap, mapping, content)
      return entry === undefined ? undefined : [item, entry]
    }
    const value = toScalar(content.trimEnd())
    return value === undefined ? undefined : [{ indent, item: true, value }]
  }
  const mapping = keyed.exec(text)
  if (mapping === null) return undefined
  const entry = toEntry(indent, mapping, text)
  return entry === undefined ? undefined : [entry]
}

function toEntry(indent: number, [start, key = '']: RegExpExecArray, text: string): Line | undefined {
  const raw = text.slice(start.length).trimEnd()
  if (raw === '') return { indent, item: false, key }
  const value = toScalar(raw)
  return value === undefined ? undefined : { indent, item: false, key, value }
}

function toScalar(raw: string): string | undefined {
  if (simpleScalar.test(raw)) return raw
  if (raw === '""' || raw === "''") return ''
  if (/^"[^"\\]*"$/.test(raw) || /^'[^']*'$/.test(raw)) return raw.slice(1, -1)
  return plainScalar.test(raw) && !reservedStart.test(raw) ? raw : undefined
}

interface Reader {
  readonly lines: readonly Line[]
  at: number
  broken: boolean
}

function readBlock(reader: Reader, indent: number): unknown {
  const first = reader.lines[reader.at]
  return first?.item ? readList(reader, indent) : readMapping(reader, indent)
}

function readList(reader: Reader, indent: number): unknown {
  const items: unknown[] = []
  for (let line = reader.lines[reader.at]; line?.item && line.indent === indent; line = reader.lines[reader.at]) {
    reader.at += 1
    if (line.value !== undefined) {
      items.push(line.value)
      continue
    }
    const inner = reader.lines[reader.at]
    if (inner === undefined || inner.indent <= indent) {
      reader.broken = true
      return items
    }
    items.push(readBlock(reader, inner.indent))
  }
  return items
}

function readMapping(reader: Reader, indent: number): unknown {
  const entries: Record<string, unknown> = {}
  for (let line = reader.lines[reader.at]; line !== undefined; line = reader.lines[reader.at]) {
    if (line.item || line.indent !== indent || line.key === undefined || Object.hasOwn(entries, line.key)) break
    reader.at += 1
    entries[line.key] = line.value ?? readNested(reader, indent)
  }
  return entries
}

/** The block under a key: deeper, or a list at the key's own indent; nothing there is an empty value. */
function readNested(reader: Reader, indent: number): unknown {
  const next = reader.lines[reader.at]
  if (next === undefined) return ''
  if (next.indent > indent || (next.item && next.indent === indent)) return readBlock(reader, next.indent)
  return ''
}
