import type { Writable } from 'node:stream'
import { stripVTControlCharacters, styleText } from 'node:util'
import Table from 'cli-table3'
import type { Verdict } from '../../preload/contract/words.ts'
import type { Health } from '../../preload/contract/workloads.ts'
import type { Terminal } from './command.ts'

/** Status is a mark and a word, and a colour where there is one. */
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

/** Text of a peer or a cluster may hold control characters: a terminal must not obey them. */
export function plain(untrusted: string): string {
  return stripVTControlCharacters(untrusted).replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    '�',
  )
}

/** Between columns. */
const gap = '  '

/** A last column narrower than this could not be read. */
const minimumColumns = 24

/** The text in lines of at most `width` characters, broken between words where it can be. Pure. */
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

/** Rows whose last column is wrapped to what a terminal of that many columns leaves for it. Pure. */
function fitTo(rows: readonly (readonly string[])[], columns: number): readonly (readonly string[])[] {
  const last = Math.max(...rows.map(({ length }) => length)) - 1
  const widthOf = (cell: string): number => stripVTControlCharacters(cell).length
  let used = 0
  for (let index = 0; index < last; index += 1)
    used += Math.max(...rows.map((row) => widthOf(row[index] ?? ''))) + gap.length
  const width = Math.max(minimumColumns, columns - used)
  return rows.map((row) => row.map((cell, index) => (index === last ? wrap(cell, width) : cell)))
}

/** A table without frames. On a terminal its last column is wrapped to the width; elsewhere each row is one line. */
export function table(terminal: Terminal, head: readonly string[], rows: readonly (readonly string[])[]): void {
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
  const cells = rows.map((row) => row.map(plainButColoured))
  const { columns } = terminal
  const [header = [], ...body] = columns === undefined ? [head, ...cells] : fitTo([head, ...cells], columns)
  const printed = new Table({
    head: [...header],
    chars,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  for (const row of body) printed.push([...row])
  terminal.stdout.write(`${printed.toString().replace(/ +$/gm, '')}\n`)
}

/** Our own colours (SGR) stay; everything else that a terminal would obey goes. */
function plainButColoured(cell: string): string {
  return cell
    .split(/(\u001b\[\d+m)/)
    .map((part, index) => (index % 2 === 1 ? part : plain(part)))
    .join('')
}

export function json(terminal: Terminal, document: unknown): void {
  terminal.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`)
}

export function line(terminal: Terminal, document: unknown): void {
  terminal.stdout.write(`${JSON.stringify(document)}\n`)
}

/** What is not a result: progress, hints, questions. */
export function say(terminal: Terminal, sentence: string): void {
  terminal.stderr.write(`${plain(sentence)}\n`)
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
