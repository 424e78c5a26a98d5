import { expect, it } from 'vitest'
import { podsOf } from './podsOf.ts'

it.each([
  ['Pod', 'orders-7d9-x2', 'pod:orders-7d9-x2'],
  ['Deployment', 'orders', 'pod:orders-*'],
  ['CronJob', 'orders', 'pod:orders-*'],
  ['Service', 'orders', undefined],
])('the lines of %s %s are those of %s', (kind, name, query) => {
  expect(podsOf({ kind, name })).toBe(query)
})
