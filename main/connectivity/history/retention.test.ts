import { describe, expect, it } from 'vitest'
import { type KeptRun, toRemove } from './retention.ts'

/** "w:x" is a run of the schedule that says x, "p:x" one that a person asked for, "?" a damaged file; the oldest first. */
const runs = (text: string, bytes = 1): KeptRun[] =>
  text.split(' ').map((word, index) => ({
    file: String(index),
    bytes,
    by: word.startsWith('p') ? 'person' : 'watch',
    fingerprint: word === '?' ? undefined : word.slice(2),
  }))

describe('what is removed', () => {
  it.each([
    ['nothing within the limits', 'w:x w:x w:x', 3, 99, []],
    ['the oldest', 'p:x p:x p:x p:x', 2, 99, ['0', '1']],
    ['scheduled runs between two that say the same, before all others', 'p:a w:x w:x w:x w:x p:b', 4, 99, ['2', '3']],
    ['the oldest, once no run says what its neighbours say', 'p:a w:x w:x w:x w:y', 3, 99, ['2', '0']],
    ['no change: the first and the last of each stretch stay longer', 'w:x w:x w:x w:y w:y w:y', 4, 99, ['1', '4']],
    ['none that a person asked for, while scheduled ones say nothing new', 'p:x p:x p:x w:x w:x w:x', 5, 99, ['4']],
    ['what cannot be read, first of all', 'p:x ? w:x w:x w:x', 4, 99, ['1']],
    ['as much as the bytes ask for', 'p:x p:y p:z', 9, 2, ['0']],
    ['never the newest', 'p:x p:y', 9, 0, ['0']],
    ['never the newest that can be read', 'p:x p:y ?', 1, 0, ['2', '0']],
  ])('is %s', (_what, kept, count, bytes, removed) => {
    expect(toRemove(runs(kept), { runs: count, bytes })).toEqual(removed)
  })
})
