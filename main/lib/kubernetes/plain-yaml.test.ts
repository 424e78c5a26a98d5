import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDocument, stringify } from 'yaml'
import { readPlainYaml } from './plain-yaml.ts'

const library = (text: string): unknown => {
  const document = parseDocument(text, { schema: 'failsafe', prettyErrors: false })
  return document.errors.length > 0 ? 'invalid' : document.toJS()
}

/** Pieces of which kubeconfigs, and near misses of them, are made. */
const word = fc.constantFrom(
  'name',
  'c-1',
  'https://h:1/x',
  '-',
  '- ',
  '--flag',
  'a b',
  ':',
  ': ',
  '"q"',
  "'s'",
  '#',
  ' #',
  '|',
  '>',
  '&a',
  '*a',
  '{',
  '[',
  '!t',
  '1e3',
  'null',
  '~',
  '%',
  '@',
  'é',
  '\t',
  '?',
  '...',
  '---',
  '=',
  '<<',
)
const line = fc
  .tuple(fc.nat({ max: 6 }), fc.array(word, { maxLength: 4 }))
  .map(([indent, words]) => ' '.repeat(indent) + words.join(''))
const mapping = fc
  .tuple(fc.nat({ max: 6 }), fc.constantFrom('', '- '), fc.constantFrom('k', 'name', 'a-b'), word)
  .map(([indent, dash, key, value]) => `${' '.repeat(indent)}${dash}${key}: ${value}`)

describe('readPlainYaml', () => {
  it('reads whatever it accepts as the YAML library does', () => {
    let accepted = 0
    fc.assert(
      fc.property(fc.array(fc.oneof(line, mapping), { minLength: 1, maxLength: 6 }), (lines) => {
        const text = lines.join('\n')
        const read = readPlainYaml(text)
        if (read === undefined) return
        accepted += 1
        expect(read).toEqual(library(text))
      }),
      { numRuns: 5_000, interruptAfterTimeLimit: 4_000 },
    )
    expect(accepted).toBeGreaterThan(50)
  })

  it('accepts what a YAML writer makes of an ordinary entry', () => {
    const text = fc.stringMatching(/^[a-z][a-z0-9:/._@+=-]{0,20}[a-z0-9=]$/)
    const entry = fc.record({ name: text, user: fc.record({ token: text, args: fc.array(text, { minLength: 1 }) }) })
    fc.assert(
      fc.property(entry, (value) => {
        expect(readPlainYaml(stringify([value], { lineWidth: 0 }))).toEqual([value])
      }),
      { numRuns: 500, interruptAfterTimeLimit: 3_000 },
    )
  })
})
