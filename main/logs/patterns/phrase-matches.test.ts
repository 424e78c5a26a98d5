import fc from 'fast-check'
import { expect, it } from 'vitest'
import { phraseMatches } from './phrase-matches.ts'

const never = new AbortController().signal

it('counts the lines with each phrase, in upper or lower case, as a search does', async () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'C', ' ', 'é'), minLength: 4, maxLength: 6 })
  const line = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'C', ' ', 'é'), maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.option(word, { nil: undefined }), { maxLength: 6 }),
      fc.array(fc.record({ raw: line, pattern: fc.option(fc.nat(5), { nil: undefined }) }), { maxLength: 20 }),
      async (phrases, lines) => {
        const has = (raw: string, phrase: string | undefined) =>
          phrase !== undefined && raw.toLowerCase().includes(phrase.toLowerCase())
        const expected = phrases.map((phrase, index) => {
          const all = lines.filter(({ raw }) => has(raw, phrase))
          return { all: all.length, own: all.filter(({ pattern }) => pattern === index).length }
        })
        expect(await phraseMatches(lines, phrases, never)).toEqual(expected)
      },
    ),
    { numRuns: 300 },
  )
})

it('ends when it is cancelled', async () => {
  await expect(phraseMatches([{ raw: 'a line', pattern: 0 }], ['line'], AbortSignal.abort())).rejects.toThrow()
})
