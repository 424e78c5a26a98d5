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
    expect(turnSeconds(collections, 1)).toBe(seconds)
  })

  it.each([1, 100, 240, 241, 300, 480, 960, 1_800])(
    'lets each of %i collections have its turn while its state is current',
    (all) => {
      const rounds = Math.ceil(all / watchesAtOnce)
      expect(rounds * turnSeconds(all, 1) * 1_000).toBeLessThan(currentForMs)
    },
  )

  it('is shorter by chance, so that the watches of a plane do not end together', () => {
    expect(turnSeconds(1, 0)).toBe(6)
  })
})
