import { describe, expect, it } from 'vitest'
import { currentForMs } from './collection-states.ts'
import { turnSeconds, watchesAtOnce } from './followed-cluster.ts'

describe('turnSeconds', () => {
  it.each([
    ['one collection', 1, 8],
    ['as many as can be watched at once', watchesAtOnce, 8],
    ['twice as many', 2 * watchesAtOnce, 5],
    ['1,200 collections', 1_200, 2],
    ['1,800 collections: the shortest that can be asked for', 1_800, 1],
  ])('of %s', (_, collections, seconds) => {
    expect(turnSeconds(collections, watchesAtOnce, 1)).toBe(seconds)
  })

  it.each([1, 100, 240, 241, 300, 480, 960, 1_800])(
    'lets each of %i collections have its turn while its state is current',
    (all) => {
      const rounds = Math.ceil(all / watchesAtOnce)
      expect(rounds * turnSeconds(all, watchesAtOnce, 1) * 1_000).toBeLessThan(currentForMs)
    },
  )

  it('is shorter by chance, so that the watches of a plane do not end together', () => {
    expect(turnSeconds(1, watchesAtOnce, 0)).toBe(6)
  })

  it.each([
    ['as many as end every 8 s', 240, 8],
    ['60 namespaces with 30 kinds', 1_800, 120],
    ['as many as can be watched at once', 2_384, 159],
  ])('over shared connections, of %s', (_, collections, seconds) => {
    expect(turnSeconds(collections, 2_384, 1)).toBe(seconds)
  })

  it.each([241, 500, 1_800, 2_384])('begins at most 30 watches a second of %i collections', (collections) => {
    expect(collections / turnSeconds(collections, 2_384, 0)).toBeLessThanOrEqual(31)
  })
})
