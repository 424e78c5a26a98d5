import type { LogEngine } from '../../preload/contract/logs.ts'
import { shellWord } from '../../preload/shell-word.ts'
import { pasteSafe } from '../../preload/visible-text.ts'
import type { LogFilter } from './query.ts'

const minuteMs = 60_000

/**
 * The command that searches with the same filter in a terminal, safe to paste. A query with an apostrophe or a hidden character
 * is a comment: shells differ in how they quote it. Pure.
 */
export function commandOf(
  plane: string,
  { text, levels, sources, range, order }: LogFilter,
  engine?: LogEngine,
): string {
  const times =
    range.kind === 'last'
      ? ['--since', `${Math.ceil(range.ms / minuteMs)}m`]
      : range.kind === 'between'
        ? ['--since', range.from, '--until', range.to]
        : []
  const words = [
    ...['hangar', 'logs', order === 'oldest' && engine === undefined ? 'export' : 'search', '--plane', plane],
    ...(engine === undefined ? [] : [`--${engine.kind}`, engine.service]),
    ...(engine?.tenant === undefined ? [] : ['--tenant', engine.tenant]),
    ...(engine?.index === undefined ? [] : ['--index', engine.index]),
    ...levels.flatMap((level) => ['--level', level]),
    ...sources.flatMap((source) => ['--source', source]),
    ...times,
    ...(text.trim() === '' ? [] : ['--', text.trim()]),
  ]
  const command = words.map((word) => shellWord(word, 'powershell')).join(' ')
  return words.every(isPlain) ? command : pasteSafe(command)
}

const isPlain = (word: string): boolean => !/['’‘‚‛]|[^\P{C}]|[\p{Zl}\p{Zp}]/u.test(word)
