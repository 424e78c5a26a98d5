import { describe, expect, it } from 'vitest'
import type { StreamLine } from '../parse/join.ts'
import { Cursor, Finder, type Position } from './position.ts'

/** "5a" is the line "a" of the fifth nanosecond. */
const line = (short: string): StreamLine => ({ ns: BigInt(Number.parseInt(short, 10)), text: short })

function positionAfter(lines: readonly string[], from?: Position): Position {
  const cursor = new Cursor(from)
  for (const each of lines) cursor.advance(line(each))
  return cursor.position ?? { ns: 0n, seen: [] }
}

describe('a position', () => {
  it.each<readonly [string, readonly string[], readonly string[], readonly string[] | 'absent']>([
    ['at the end of the log', ['1a', '2b'], ['1a', '2b'], []],
    ['before new lines', ['1a', '2b'], ['1a', '2b', '3c'], ['3c']],
    ['in a log without its start', ['1a', '2b'], ['2b', '3c'], ['3c']],
    ['before a line of the same time', ['1a', '2b'], ['1a', '2b', '2c'], ['2c']],
    ['before a line of an earlier time', ['2b', '5e'], ['2b', '5e', '3c', '4d'], ['3c', '4d']],
    ['after a line of a later time', ['5e', '3c'], ['5e', '3c', '6f'], ['6f']],
    ['at one of several equal lines', ['1a', '1a'], ['1a', '1a', '1a'], ['1a']],
    ['at equal lines that are apart', ['5e', '4d', '5e'], ['5e', '4d', '5e', '6f'], ['6f']],
    ['in a log that lacks it', ['1a', '2b'], ['3c'], 'absent'],
    ['in a log with its time only', ['1a', '2b'], ['2c'], 'absent'],
    ['in an empty log', ['1a'], [], 'absent'],
  ])('%s', (_title, stored, log, expected) => {
    const finder = new Finder(positionAfter(stored))
    const found = log.filter((each) => finder.isNew(line(each)))
    expect(finder.found ? found : 'absent').toEqual(expected)
  })

  it('continues after it was stored', () => {
    const all = positionAfter(['1a', '2b', '2b', '2c'])
    expect(positionAfter(['2b', '2c'], positionAfter(['1a', '2b']))).toEqual(all)
  })
})
