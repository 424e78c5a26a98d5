import type { LogPattern, LogPatterns, LogQuery } from '../../preload/contract/logs.ts'
import { formOf, type OptionValues, type Terminal, text } from './command.ts'
import { LiveLines } from './live-lines.ts'
import { comparedTimes } from './log-times.ts'
import { printJson, printMessage, printTable } from './print.ts'

/** Rows of the table; `--output json` has all patterns. */
const shownPatterns = 50

const marks: Readonly<Record<LogPattern['change'], string>> = {
  new: '✱ new',
  risen: '↑ risen',
  steady: '',
  fallen: '↓ fallen',
  gone: '∅ gone',
}

/** `hangar logs patterns [QUERY]`: the lines that match, grouped by what they share. Throws INPUT_INVALID. */
export async function printPatterns(
  terminal: Terminal,
  query: Omit<LogQuery, 'limit' | 'before' | 'after' | 'order'>,
  options: OptionValues,
  signal: AbortSignal,
): Promise<0 | 1> {
  const given = text(options, 'compare')
  const compare = given === undefined ? undefined : comparedTimes(given, query)
  const client = await terminal.client()
  let result: LogPatterns | undefined
  const live = new LiveLines(terminal)
  for await (const event of await client.logs.patterns({ ...query, compare }, { signal })) {
    if (event.kind === 'done') result = event
    else live.show([`${event.lines} lines read`])
  }
  live.clear()
  // The stream of a cancelled command just ends.
  if (result === undefined) return 1
  if (formOf(options) === 'table') printRows(terminal, result)
  else printJson(terminal, { schemaVersion: 1, ...result })
  if (result.damaged === undefined) return 0
  printMessage(terminal, `✗ ${result.damaged} parts of the store are damaged and were not read.`)
  return 1
}

function printRows(terminal: Terminal, { patterns, lines, more, rest, compared }: LogPatterns): void {
  const shown = patterns.slice(0, shownPatterns)
  const before = ({ before: count = 0 }: LogPattern) => (compared === undefined ? [] : [String(count)])
  printTable(
    terminal,
    ['COUNT', ...(compared === undefined ? [] : ['BEFORE']), 'TREND', 'CHANGE', 'LEVEL', 'PATTERN'],
    shown.map((pattern) => [
      String(pattern.count),
      ...before(pattern),
      bars(pattern.counts),
      marks[pattern.change],
      pattern.level ?? '',
      pattern.text,
    ]),
  )
  const further = patterns.length > shown.length ? `; the first ${shown.length} are shown` : ''
  const without = rest === 0 ? '' : `; ${rest} lines are in none`
  printMessage(
    terminal,
    `${patterns.length} patterns of ${more ? `the newest ${lines}` : lines} lines${without}${further}`,
  )
  if (compared === undefined) return
  const other = compared.more ? `the newest ${compared.lines}` : compared.lines
  printMessage(terminal, `Compared with ${other} lines of the other time.`)
}

const heights = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** A histogram of one character for two steps. */
function bars(counts: readonly number[]): string {
  const pairs = counts.filter((_, index) => index % 2 === 0).map((count, index) => count + (counts[index * 2 + 1] ?? 0))
  const highest = Math.max(1, ...pairs)
  return pairs.map((count) => (count === 0 ? '·' : heights[Math.ceil((count / highest) * heights.length) - 1])).join('')
}
