import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { expect, it } from 'vitest'
import { Tap } from './tap.ts'

it('knows a connection for cut as soon as a write to it fails, before the connection itself says so', async () => {
  const cut = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
  const inner = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done(cut) })
  const tap = new Tap(inner)
  const failed = once(tap, 'error').then(() => tap.ending)
  tap.write('hello')

  expect(await failed.catch(() => tap.ending)).toBe('reset')
})
