import { expect, it } from 'vitest'
import { changeOf } from './change.ts'

it.each([
  [1, 0, 1, 'new'],
  [0, 0, 1, 'steady'],
  [0, 2, 1, 'steady'],
  [0, 3, 1, 'gone'],
  [0, 6, 1 / 3, 'steady'],
  [20, 10, 1, 'risen'],
  [19, 10, 1, 'steady'],
  [4, 2, 1, 'steady'],
  [20, 30, 1 / 3, 'risen'],
  [18, 36, 1, 'fallen'],
  [2, 6, 1, 'steady'],
  [100, 100, 1, 'steady'],
  [1_000, 100, 10, 'steady'],
] as const)('%i lines after %i in 1/%f of the time are %s', (now, before, share, change) => {
  expect(changeOf(now, before, share)).toBe(change)
})
