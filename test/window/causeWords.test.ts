import { expect, it } from 'vitest'
import { causes } from '../../main/connectivity/probe/causes.ts'
import { causeWords } from '../../renderer/connectivity/causeWords.ts'

/** What fits the second line of a cell. */
const longest = 24

it.each(Object.keys(causes))('has a few words of its own for %s', (cause) => {
  expect(causeWords(cause)).not.toBe(cause)
  expect(causeWords(cause).length).toBeLessThanOrEqual(longest)
})
