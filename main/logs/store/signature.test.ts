import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bitsOf, filterBitsOf, firstBits, mayHold, type Signed, sign } from './signature.ts'

/** Each text is a part. */
const signParts = (texts: readonly string[]): Signed => sign(texts.map((text) => Buffer.from(`${text}\n`)))
const signTexts = (texts: readonly string[]): Uint8Array => signParts([texts.join('\n')]).signature
/** What the versions before 2026-12 have of a signature. */
const firstPart = (signature: Uint8Array): Uint8Array => signature.subarray(0, firstBits / 8)

const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'aAbZ0099--= "\n') },
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
          const { signature, filters } = signParts(texts)
          expect(mayHold(signature, bitsOf(part))).toBe(true)
          expect(mayHold(signTexts(texts), bitsOf(part))).toBe(true)
          expect(mayHold(filters[pick % texts.length] ?? expect.fail(), filterBitsOf(part))).toBe(true)
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

  it('excludes a UUID, whole or in the middle, among a thousand others', () => {
    const uuid = (seed: number): string => {
      const hex = createHash('md5').update(`uuid ${seed}`).digest('hex')
      return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join(
        '-',
      )
    }
    const signature = signTexts(Array.from({ length: 1_000 }, (_, index) => `level=INFO id=${uuid(index)} took=5`))
    const found = (text: string): boolean => mayHold(signature, bitsOf(text))
    for (const given of [7, 77, 777]) {
      expect(found(uuid(given).toUpperCase())).toBe(true)
      expect(found(uuid(given).slice(4, 28))).toBe(true)
    }
    const others = Array.from({ length: 500 }, (_, index) => uuid(5_000 + index))
    expect(others.filter(found)).toEqual([])
    expect(others.filter((id) => found(id.slice(4, 28))).length).toBeLessThan(5)
  })

  it('has a filter for each part that excludes the identifiers of the others', () => {
    const id = (seed: number): string => createHash('md5').update(String(seed)).digest('hex')
    const part = (first: number): string =>
      Array.from(
        { length: 300 },
        (_, index) => `traceId=${id(first + index)} order=${id(index).slice(0, 9)}-0c0b`,
      ).join('\n')
    const { filters } = signParts([part(0), part(1_000), part(2_000)])
    const holding = (text: string): number[] =>
      filters.flatMap((filter, index) => (mayHold(filter, filterBitsOf(text)) ? [index] : []))
    expect(
      Array.from({ length: 100 }, (_, index) => holding(id(1_000 + index))).filter((parts) => !parts.includes(1)),
    ).toEqual([])
    expect(Array.from({ length: 100 }, (_, index) => holding(id(9_000 + index))).flat().length).toBeLessThan(30)
    expect(holding('traceId=')).toEqual([0, 1, 2])
  })

  it('is the same for a text as in stores that exist', () => {
    const texts = ['order 17 Accepted, traceId=b19c1ca5056bc44e7a65a28c8453d170', 'größe 5 K\tat a.b.C(D.java:7)']
    const digest = createHash('sha256')
      .update(firstPart(signTexts(texts)))
      .digest('hex')
    expect(digest).toBe('586dc190e0a1128e8963604ae9af0a4a8c0fc47d74e130771088f35ff7f12f2c')
  })

  it('is the same for a text that is larger than a usual block', () => {
    const id = (seed: number): string => createHash('md5').update(String(seed)).digest('hex')
    const text = Array.from({ length: 15_000 }, (_, index) => `Order ${index % 77} of ${id(index)}\tétat-${index}`)
    const signature = signTexts(text)
    expect(createHash('sha256').update(firstPart(signature)).digest('hex')).toBe(
      '6768a2eac6d288d0a6b49ba98fc5982d4634cf536f0b9f739e3581ec0cbb6c57',
    )
    expect(mayHold(signature, bitsOf(id(14_999)))).toBe(true)
  })

  it('excludes nothing for a text of two characters', () => {
    expect(bitsOf('ab')).toEqual([])
  })
})
