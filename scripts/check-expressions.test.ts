import { expect, it } from 'vitest'
import { findSlowExpressions } from './check-expressions.ts'

const growthOf = (expression: string): string | undefined =>
  findSlowExpressions('a.ts', `const a = 1\nexport const pattern = ${expression}`)[0]?.growth

it.each([
  ['/^(a+)+$/', 'exponential'],
  ['/a*b?a*c/', 'polynomial'],
  ['/\\s+$/', 'polynomial'],
  ['/[[\\p{C}\\p{Z}]--[ ]]+$/v', 'polynomial'],
  ['/^\\s+/', undefined],
  ['/^[a-z]+$/', undefined],
  ['/(?<!\\/)\\/+$/', undefined],
])('the time of %s is found to be %s in its text', (expression, growth) => {
  expect(growthOf(expression)).toBe(growth)
})

it('an expression is reported with its line', () => {
  expect(findSlowExpressions('a.ts', 'const a = 1\nexport const x = /(a*)*$/')).toMatchObject([
    { file: 'a.ts', line: 2, source: '(a*)*$' },
  ])
})
