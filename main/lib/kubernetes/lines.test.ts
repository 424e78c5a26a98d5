import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineParts, lines } from './lines.ts'

async function* inChunks(text: string, bytes: number): AsyncGenerator<Buffer> {
  const all = Buffer.from(text)
  for (let start = 0; start < all.length; start += bytes) yield all.subarray(start, start + bytes)
}

describe('lines', () => {
  it('joins chunks, even within a character', async () => {
    const read = await Array.fromAsync(lines(inChunks('{"a":"é"}\n\n{"b":1}\n{"c":2}', 1)))
    expect(read).toEqual(['{"a":"é"}', '{"b":1}', '{"c":2}'])
  })

  it('ends at an endless line', async () => {
    const endless = (async function* () {
      for (let chunk = 0; chunk < 40; chunk += 1) yield Buffer.alloc(1_048_576, 'x')
    })()
    await expect(Array.fromAsync(lines(endless))).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' })
  })
})

describe('lineParts', () => {
  it('cuts a line into parts of the limit, and not within a character', async () => {
    expect(await Array.fromAsync(lineParts(inChunks('abcd\nabc😀defg\n\n', 2), 4))).toEqual([
      { text: 'abcd', more: false },
      { text: 'abc', more: true },
      { text: '😀de', more: true },
      { text: 'fg', more: false },
      { text: '', more: false },
    ])
  })

  it('returns any text again, cut at the same places however its bytes are split', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\n') })
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 2, max: 9 }),
        async (all, bytes, limit) => {
          const parts = await Array.fromAsync(lineParts(inChunks(all, bytes), limit))
          expect(parts).toEqual(await Array.fromAsync(lineParts(inChunks(all, 1_000), limit)))
          const joined = parts.map(({ text: part, more, cut }) => (more || cut ? part : `${part}\n`)).join('')
          expect(joined).toBe(all)
          expect(parts.every(({ text: part }) => part.length <= limit)).toBe(true)
        },
      ),
    )
  })
})
