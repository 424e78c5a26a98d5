import { expect, it } from 'vitest'
import { matchesWords } from './matchesWords.ts'

it.each([
  ['', true],
  ['  ', true],
  ['orders', true],
  ['EKS orders', true],
  ['042 eks', true],
  ['orders 043', false],
])('the search %j of a text with "EKS-orders-042" matches: %s', (search, matches) => {
  expect(matchesWords(search)('arn-EKS-orders-042')).toBe(matches)
})
