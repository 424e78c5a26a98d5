import type { Writable } from 'node:stream'
import { stripVTControlCharacters, styleText } from 'node:util'
import Table from 'cli-table3'
import type { Verdict } from '../../preload/contract/words.ts'
import type { Health } from '../../preload/contract/workloads.ts'
import { visibleJson, visibleText } from '../../preload/visible-text.ts'
import type { Terminal } from './command.ts'

/** The mark of each status, shown with its word, and with its colour if the stream supports colours. */
const marks: Record<Verdict | Health, { readonly mark: string; readonly colour: 'green' | 'yellow' | 'red' | 'gray' }> =
  {
    pass: { mark: '✓', colour: 'green' },
    warn: { mark: '!', colour: 'yellow' },
    fail: { mark: '✗', colour: 'red' },
    skipped: { mark: '–', colour: 'gray' },
    unknown: { mark: '?', colour: 'yellow' },
    healthy: { mark: '✓', colour: 'green' },
    suspended: { mark: '‖', colour: 'gray' },
    progressing: { mark: '…', colour: 'yellow' },
    missing: { mark: '∅', colour: 'red' },
    degraded: { mark: '✗', colour: 'red' },
  }

export function status(word: Verdict | Health, stream: Writable): string {
  const { mark, colour } = marks[word]
  const validateStream = true
  return styleText(colour, `${mark} ${word}`, { stream, validateStream })
}

/** The only texts that may contain control sequences: the coloured statuses, whole. */
const colouredStatuses = Object.entries(marks).map(([word, { mark, colour }]) =>
  styleText(colour, `${mark} ${word}`, { validateStream: false }),
)
const colouredStatus = new RegExp(`(${colouredStatuses.map((text) => text.replaceAll('[', '\\[')).join('|')})`)

/** Shows characters that a terminal would execute or hide as marks. Text of a server or a cluster can contain them. */
export const printable = (text: string): string =>
  text
    .split(colouredStatus)
    .map((part, index) => (index % 2 === 1 ? part : visibleText(part)))
    .join('')

/**
 * The stream of a terminal, to which every text is written as `printable`: no command can forget it. JSON stays exact, because
 * `printJson` has escaped these characters.
 */
export function printableStream(stream: Writable): Writable {
  const write = (chunk: unknown, ...rest: never[]): boolean =>
    stream.write(typeof chunk === 'string' ? printable(chunk) : chunk, ...rest)
  // The rest, such as isTTY and its colours, is that of the stream.
  const printed: Writable = Object.create(stream, { write: { value: write } })
  underlying.set(printed, stream)
  return printed
}

const underlying = new WeakMap<Writable, Writable>()

/** Erases the last lines of a terminal, and puts the cursor there. Control sequences are written nowhere else. */
export function eraseLines(stream: Writable, count: number): void {
  if (count > 0) (underlying.get(stream) ?? stream).write(`\u001b[${count}A\r\u001b[J`)
}

/** A log line without the colours that its program wrote. */
export const withoutColours = (line: string): string => line.replace(/\u001b\[[\d;]*m/g, '')

/** Between columns. */
const gap = '  '

/** Minimum width of the last column. */
const minimumColumns = 24

/** Wraps text to lines of at most `width` characters, between words if possible. Pure. */
export function wrap(text: string, width: number): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    let rest = word
    if (line !== '' && line.length + 1 + rest.length <= width) {
      line = `${line} ${rest}`
      continue
    }
    if (line !== '') lines.push(line)
    for (; rest.length > width; rest = rest.slice(width)) lines.push(rest.slice(0, width))
    line = rest
  }
  return [...lines, line].join('\n')
}

/** Wraps the last column so that the rows fit into this many columns. Pure. */
function fitTo(rows: readonly (readonly string[])[], columns: number): readonly (readonly string[])[] {
  const last = Math.max(...rows.map(({ length }) => length)) - 1
  const widthOf = (cell: string): number => stripVTControlCharacters(cell).length
  let used = 0
  for (let index = 0; index < last; index += 1)
    used += Math.max(...rows.map((row) => widthOf(row[index] ?? ''))) + gap.length
  const width = Math.max(minimumColumns, columns - used)
  return rows.map((row) => row.map((cell, index) => (index === last ? wrap(cell, width) : cell)))
}

/** Prints a table without frames. On a terminal, the last column is wrapped to its width; otherwise each row is one line. */
export function printTable(terminal: Terminal, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const frame = [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ] as const
  const chars = { ...Object.fromEntries(frame.map((part) => [part, ''])), middle: gap }
  // Before the layout, so that marks count for the widths.
  const cells = rows.map((row) => row.map(printable))
  const { columns } = terminal
  const [header = [], ...body] = columns === undefined ? [head, ...cells] : fitTo([head, ...cells], columns)
  const output = new Table({
    head: [...header],
    chars,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  for (const row of body) output.push([...row])
  terminal.stdout.write(`${output.toString().replace(/(?<! ) +$/gm, '')}\n`)
}

export function printJson(terminal: Terminal, document: unknown): void {
  terminal.stdout.write(`${visibleJson(JSON.stringify(document, undefined, 2))}\n`)
}

export function printJsonLine(terminal: Terminal, document: unknown): void {
  terminal.stdout.write(visibleJsonLine(document))
}

export const visibleJsonLine = (document: unknown): string => `${visibleJson(JSON.stringify(document))}\n`

/** Prints what is not a result (progress, hints, problems) to stderr. */
export function printMessage(terminal: Terminal, text: string): void {
  terminal.stderr.write(`${text}\n`)
}

/** "3 s", "5 min", "2 h", "4 d": how long ago. */
export function age(from: string | null | undefined, now = Date.now()): string {
  if (from === null || from === undefined) return 'never'
  const seconds = Math.max(0, Math.round((now - Date.parse(from)) / 1_000))
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`
  return `${Math.round(seconds / 86_400)} d`
}
