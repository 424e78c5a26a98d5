import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { expect, it } from 'vitest'
import { ObservedStream } from './observed-stream.ts'

it('a failed write is recorded as a reset before the connection emits its error', async () => {
  const error = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
  const inner = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done(error) })
  const observed = new ObservedStream(inner)
  const failed = once(observed, 'error').then(() => observed.ending)
  observed.write('hello')

  expect(await failed.catch(() => observed.ending)).toBe('reset')
})
