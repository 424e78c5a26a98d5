import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnsOf } from './block-columns.ts'
import { bitsOf, mayHold, sign } from './signature.ts'

const signTexts = (texts: readonly string[]): Uint8Array => {
  const record = { seq: 0, atMs: 0, atSource: 'line', level: null, source: '', pod: '', container: '' } as const
  return sign(columnsOf(texts.map((raw) => ({ ...record, parser: 'auto', raw }))).text)
}

const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'aAbZ09-= "\n') },
  { weight: 1, arbitrary: fc.constantFrom('\u212a', '\u0130', 'ß', '日', 'É', '\0') },
)
const anyText = fc.string({ unit: character, maxLength: 80 })

describe('a signature', () => {
  it('never excludes text that a block contains, in any case', () => {
    fc.assert(
      fc.property(
        fc.array(anyText, { minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.nat(),
        fc.nat(),
        (texts, pick, from, length) => {
          const text = texts[pick % texts.length] ?? ''
          const start = from % (text.length + 1)
          const part = text.toLowerCase().slice(start, start + 1 + (length % 40))
          const signature = signTexts(texts)
          expect(mayHold(signature, bitsOf(part))).toBe(true)
          expect(mayHold(signature, bitsOf(part.toUpperCase().toLowerCase()))).toBe(
            mayHold(signature, bitsOf(part.toUpperCase())),
          )
        },
      ),
      { numRuns: 150 },
    )
  })

  it('excludes an identifier that only has the same form as others', () => {
    const lines = Array.from(
      { length: 500 },
      (_, index) => `id=${index.toString(16).padStart(8, '0')}-${(index * 31).toString(16)}-end`,
    )
    expect(mayHold(signTexts(lines), bitsOf('id=ffffffff-dead-end'))).toBe(false)
  })

  it('excludes a trace id, whole or in part, among a thousand others', () => {
    const id = (seed: number): string => createHash('md5').update(String(seed)).digest('hex')
    const signature = signTexts(Array.from({ length: 1_000 }, (_, index) => `level=INFO traceId=${id(index)}`))
    for (const given of [7, 77, 777]) {
      expect(mayHold(signature, bitsOf(id(given)))).toBe(true)
      expect(mayHold(signature, bitsOf(id(given).slice(5, 25)))).toBe(true)
    }
    const others = Array.from({ length: 200 }, (_, index) => id(5_000 + index))
    expect(others.filter((other) => mayHold(signature, bitsOf(other))).length).toBeLessThan(10)
  })

  it('is the same for a text as in stores that exist', () => {
    const texts = ['order 17 Accepted, traceId=b19c1ca5056bc44e7a65a28c8453d170', 'größe 5 K\tat a.b.C(D.java:7)']
    const digest = createHash('sha256').update(signTexts(texts)).digest('hex')
    expect(digest).toBe('586dc190e0a1128e8963604ae9af0a4a8c0fc47d74e130771088f35ff7f12f2c')
  })

  it('is the same for a text that is larger than a usual block', () => {
    const id = (seed: number): string => createHash('md5').update(String(seed)).digest('hex')
    const text = Array.from({ length: 15_000 }, (_, index) => `Order ${index % 77} of ${id(index)}\tétat-${index}`)
    const signature = signTexts(text)
    expect(createHash('sha256').update(signature).digest('hex')).toBe(
      '6768a2eac6d288d0a6b49ba98fc5982d4634cf536f0b9f739e3581ec0cbb6c57',
    )
    expect(mayHold(signature, bitsOf(id(14_999)))).toBe(true)
  })

  it('excludes nothing for a text of two characters', () => {
    expect(bitsOf('ab')).toEqual([])
  })
})
