import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toLowerCase } from './lower-case.ts'

it('only ASCII letters are in lower case, at each place and of each byte', () => {
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      const given = Buffer.concat([bytes, all])
      expect(toLowerCase(given).toString('latin1')).toBe(
        given.toString('latin1').replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
      )
    }),
    { numRuns: 50 },
  )
})
