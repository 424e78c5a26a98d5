import { describe, expect, it } from 'vitest'
import { type SavedRun, toRemove } from './retention.ts'

/** "w:x" is a scheduled run with fingerprint x, "p:x" a run that a user started, "?" a damaged file; the oldest first. */
const runs = (text: string, bytes = 1): SavedRun[] =>
  text.split(' ').map((word, index) => ({
    file: String(index),
    bytes,
    by: word.startsWith('p') ? 'person' : 'watch',
    fingerprint: word === '?' ? undefined : word.slice(2),
  }))

describe('retention', () => {
  it.each([
    ['nothing within the limits', 'w:x w:x w:x', 3, 99, []],
    ['the oldest', 'p:x p:x p:x p:x', 2, 99, ['0', '1']],
    ['scheduled runs between two equal ones, before all others', 'p:a w:x w:x w:x w:x p:b', 4, 99, ['2', '3']],
    ['the oldest, once no run equals its neighbours', 'p:a w:x w:x w:x w:y', 3, 99, ['2', '0']],
    [
      'the inner runs first: the first and the last of each sequence stay longer',
      'w:x w:x w:x w:y w:y w:y',
      4,
      99,
      ['1', '4'],
    ],
    ['no run of a user while there are redundant scheduled runs', 'p:x p:x p:x w:x w:x w:x', 5, 99, ['4']],
    ['damaged files first', 'p:x ? w:x w:x w:x', 4, 99, ['1']],
    ['as many runs as the size limit requires', 'p:x p:y p:z', 9, 2, ['0']],
    ['all but the newest run', 'p:x p:y', 9, 0, ['0']],
    ['all but the newest readable run', 'p:x p:y ?', 1, 0, ['2', '0']],
  ])('removes %s', (_what, saved, count, bytes, removed) => {
    expect(toRemove(runs(saved), { runs: count, bytes })).toEqual(removed)
  })
})
