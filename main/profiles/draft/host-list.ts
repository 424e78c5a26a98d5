import type { Endpoint } from '../../../preload/contract/profiles.ts'
import { type KnownProtocol, protocolNamed, protocolOfScheme } from './protocols.ts'
import { shellCommands, type Word } from './shell-commands.ts'
import type { Evidence, Unread } from './vendor-release.ts'

/** A row of a vendor's list of connections. Host and port may contain variables. */
export interface ListedHost {
  readonly component: string
  readonly title: string
  readonly host: Word
  readonly port: Word | undefined
  readonly path: string | undefined
  readonly wire: KnownProtocol | undefined
  readonly direction: Endpoint['direction']
  readonly scope: Endpoint['scope'] | undefined
  readonly evidence: Evidence
}

export interface HostList {
  readonly hosts: readonly ListedHost[]
  readonly unread: readonly Unread[]
}

type Column = 'component' | 'title' | 'host' | 'port' | 'path' | 'protocol' | 'direction' | 'scope'

const headings: readonly (readonly [pattern: RegExp, column: Column])[] = [
  [/component|source|from|client/i, 'component'],
  [/^(host ?names?|hosts?|fqdns?|domains?|address(es)?|urls?|destination|to|server)$/i, 'host'],
  [/^ports?$/i, 'port'],
  [/path/i, 'path'],
  [/protocol/i, 'protocol'],
  [/direction/i, 'direction'],
  [/scope|network|zone/i, 'scope'],
  [/endpoint|name|title|purpose|description|service/i, 'title'],
]

const rowLimit = 5_000

/** Reads a list of hosts: CSV, TSV or `|` with a heading, or one destination a line. Pure. Throws RangeError beyond the limit. */
export function readHostList(file: string, text: string): HostList {
  const hosts: ListedHost[] = []
  const unread: Unread[] = []
  const separator = separatorOf(text)
  const rows = separator === undefined ? text.split(/\r?\n/).map((line) => [line.trim()]) : cellsOf(text, separator)
  if (rows.length > rowLimit) throw new RangeError(`more than ${rowLimit} rows`)
  const [heading = []] = rows
  const columns = separator === undefined ? undefined : columnsOf(heading)
  if (separator !== undefined && columns?.host === undefined) {
    return {
      hosts,
      unread: [{ place: file, text: heading.join(', ').slice(0, 200), why: 'No column is named "Host".' }],
    }
  }
  for (const [index, row] of rows.entries()) {
    const line = row.join(', ').slice(0, 200)
    if (row.every((cell) => cell === '') || line.startsWith('#') || (columns !== undefined && index === 0)) continue
    const evidence = { place: `${file}:${index + 1}`, text: line }
    const cell = (column: Column): string => row[columns?.[column] ?? -1]?.trim() ?? ''
    const read = columns === undefined ? destination(row[0] ?? '') : destination(cell('host'))
    if (read === undefined) {
      unread.push({ ...evidence, why: 'It has no host.' })
      continue
    }
    const named = cell('protocol')
    const wire = named === '' ? read.wire : protocolNamed(named)
    if (named !== '' && wire === undefined) {
      unread.push({ ...evidence, why: `A profile has no protocol "${named.slice(0, 40)}".` })
      continue
    }
    hosts.push({
      component: cell('component'),
      title: cell('title'),
      host: read.host,
      port: cell('port') === '' ? read.port : wordOf(cell('port')),
      path: cell('path').startsWith('/') ? cell('path') : read.path,
      wire,
      direction: /inbound|ingress/i.test(cell('direction')) ? 'inbound' : 'outbound',
      scope: scopeOf(`${cell('scope')} ${cell('direction')}`),
      evidence,
    })
  }
  return { hosts, unread }
}

function separatorOf(text: string): ',' | '\t' | ';' | '|' | undefined {
  const [first = ''] = text.split(/\r?\n/, 1)
  return (['\t', '|', ';', ','] as const).find((separator) => first.includes(separator))
}

/** Cells by RFC 4180; quotes may be around a cell, and contain line ends. */
function cellsOf(text: string, separator: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ''
  let isQuoted = false
  const end = (): void => {
    rows.at(-1)?.push(cell.trim())
    cell = ''
  }
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? ''
    if (isQuoted) {
      if (character !== '"') cell += character
      else if (text[at + 1] === '"') {
        cell += '"'
        at += 1
      } else isQuoted = false
    } else if (character === '"' && cell.trim() === '') {
      cell = ''
      isQuoted = true
    } else if (character === separator) end()
    else if (character === '\n') {
      end()
      if (rows.length > rowLimit) return rows
      rows.push([])
    } else if (character !== '\r') cell += character
  }
  end()
  return rows
}

function columnsOf(heading: readonly string[]): Partial<Record<Column, number>> {
  const columns: Partial<Record<Column, number>> = {}
  for (const [index, cell] of heading.entries()) {
    const column = headings.find(([pattern]) => pattern.test(cell.replace(/^\ufeff/, '').trim()))?.[1]
    if (column !== undefined) columns[column] ??= index
  }
  // "Endpoint" is the host where no other column is.
  if (columns.host === undefined && columns.title !== undefined) columns.host = columns.title
  return columns
}

/** `<name>` and `$NAME` are what each customer fills in. */
const withVariables = (text: string): string =>
  text.replaceAll(/<([\w -]{1,60})>/g, (_all, name: string) => `\${${name.trim().replaceAll(/\W/g, '_')}}`)

const wordOf = (text: string): Word => shellCommands(withVariables(text))[0]?.words[0] ?? []

interface Destination {
  readonly host: Word
  readonly port: Word | undefined
  readonly path: string | undefined
  readonly wire: KnownProtocol | undefined
}

const destinationPattern = /^(?:([a-z][a-z\d+.-]*):\/\/)?(\[[\da-f:.]+\]|[^\s/:,]+)(?::([^\s/,]+))?(\/\S*)?$/i

/** `https://host:port/path`, `host:port` or `host`; undefined for anything else. */
function destination(text: string): Destination | undefined {
  const [, scheme, host, port, path] = destinationPattern.exec(withVariables(text.trim())) ?? []
  if (host === undefined || !/^[\w.*${}:[\]-]+$/.test(host) || !/[.$[]/.test(host)) return undefined
  return {
    host: wordOf(host.replace(/^\[|\]$/g, '')),
    port: port === undefined ? undefined : wordOf(port),
    path: path === '/' ? undefined : path,
    wire: scheme === undefined ? undefined : protocolOfScheme(scheme, host),
  }
}

function scopeOf(text: string): Endpoint['scope'] | undefined {
  if (/cluster/i.test(text)) return 'cluster'
  if (/vpc|private|internal|vnet/i.test(text)) return 'vpc'
  return /external|internet|public/i.test(text) ? 'external' : undefined
}
