import { expect, it } from 'vitest'
import { connectionToClose } from './connections.ts'

it.each([
  ['the oldest without a request', { slow: 0, other: 0 }, 'slow'],
  ['none that is being answered, while there is another', { answered: 1, slow: 0 }, 'slow'],
  ['the oldest, if all are being answered', { first: 1, second: 2 }, 'first'],
  ['nothing, if there is none', {}, undefined],
])('closes %s', (_which, requests, key) => {
  const connections = new Map(Object.entries(requests).map(([name, count]) => [name, { requests: count }]))

  expect(connectionToClose(connections)).toBe(key)
})
