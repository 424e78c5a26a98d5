import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { predicateOf } from '../query/evaluate.ts'
import { parseQuery } from '../query/parse.ts'
import { requirementOf } from '../query/plan.ts'
import { compileRegex } from '../query/regex.ts'
import { timesOf } from '../store/query.ts'
import { canBeFrom } from './certain-texts.ts'
import { lineFilterOf, streamSelector } from './logql.ts'

const nowMs = Date.parse('2026-11-22T12:00:00Z')
const requirement = (query: string) => requirementOf(parseQuery(query, nowMs))
/** Of each text in a filter. */
const filter = (texts: string) => `|~ ${JSON.stringify(`(?i:${texts})|[\\x{130}\\x{212A}]`)}`

describe('what Loki is asked to choose lines by', () => {
  it.each([
    ['timeout', 'timeout'],
    ['TimeOut', 'timeout'],
    ['"connection refused"', 'connection refused'],
    // A record can have several lines: only one of the texts is certain to be in a chosen one.
    ['order refused', 'refused'],
    ['order and "no such host"', 'no such host'],
    ['timeout or refused', 'timeout|refused'],
    ['(timeout or refused) order-1234567', 'order-1234567'],
    ['a or (bb ccc)', 'a|ccc'],
    ['f(7).x[0]', 'f\\(7\\)\\.x\\[0\\]'],
    ['"a|b*c+d?e^f$g{1}"', 'a\\|b\\*c\\+d\\?e\\^f\\$g\\{1\\}'],
    ['"say \\"hello\\" \\\\ there"', 'say "hello" \\\\ there'],
    // Case folding of other letters differs: only what is ASCII is asked for.
    ['Übergröße', 'bergr'],
    ['/order \\d+ (lost|late)/', 'order '],
    ['/(timeout|refused)/', 'timeout|refused'],
    ['timeout -debug', 'timeout'],
    ['timeout level:error', 'timeout'],
    ['status:503', '503'],
    ['message:"order 77 not found"', 'order'],
    ['trace:4bf92f3577b34da6a3ce929d0e0e4736', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ['timeout since:15m', 'timeout'],
  ])('%s: lines with %s', (query, texts) => {
    expect(lineFilterOf(requirement(query))).toBe(filter(texts))
  })

  it.each([
    [''],
    ['-debug'],
    ['level:error'],
    ['level>=warn'],
    ['status>=500'],
    ['since:15m'],
    ['pod:orders-*'],
    ['timeout or level:error'],
    ['/\\d+/'],
    ['"日本"'],
    ['not (timeout and refused)'],
    [Array.from({ length: 51 }, (_, index) => `word${index}`).join(' or ')],
  ])('%s: all lines', (query) => {
    expect(lineFilterOf(requirement(query))).toBeUndefined()
  })

  it('chooses a line of each record that matches', () => {
    const word = fc.constantFrom('ab', 'aab', 'kelvin', 'i', '"b c"', '/a+b/', '/(ab|k)i/', 'İ', 'x', 'a.b', '-ab')
    const query = fc.array(fc.tuple(word, fc.constantFrom(' ', ' or ')), { minLength: 1, maxLength: 4 })
    const line = fc.string({
      unit: fc.constantFrom('a', 'A', 'b', 'B', ' c', 'k', '\u212a', 'elvin', 'i', 'I', 'İ', 'x', '.', '"'),
      maxLength: 8,
    })
    fc.assert(
      fc.property(query, fc.array(line, { minLength: 1, maxLength: 3 }), (words, lines) => {
        const text = words.map(([each, joint], index) => (index === 0 ? each : joint + each)).join('')
        const raw = lines.join('\n')
        const record = { atMs: 0, level: null, source: '', pod: '', container: '', raw }
        const expression = parseQuery(text, nowMs)
        if (!predicateOf(expression)({ ...record, folded: () => raw.toLowerCase(), fields: () => [] })) return
        const asked = lineFilterOf(requirementOf(expression))
        if (asked === undefined) return
        const regex = compileRegex({ source: JSON.parse(asked.slice(3)), ignoreCase: false })
        expect(lines.some((each) => regex.test(each))).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('where Loki is asked for lines', () => {
  const orders = { source: 'orders', pod: 'orders-7d9-x2', container: 'main' }

  it.each([
    ['timeout', true],
    ['source:orders', true],
    ['source:payments', false],
    ['pod:orders-*', true],
    ['pod:/^pay/', false],
    ['container:main timeout', true],
    ['container:sidecar or timeout', true],
    ['container:sidecar or pod:pay*', false],
    // What is excluded is decided on records.
    ['-source:orders', true],
  ])('%s in the container of an order: %s', (query, expected) => {
    expect(canBeFrom(requirement(query), orders)).toBe(expected)
  })

  it('names namespaces, pods and containers, as long as the query does not get too long', () => {
    const names = { namespace: 'namespace', pod: 'pod', container: 'container' }
    const labels = (pod: string) => ({ namespace: 'apps', pod, container: 'main' })

    expect(streamSelector(names, [labels('a-0')])).toBe('{namespace="apps",pod="a-0",container="main"}')
    expect(streamSelector(names, [labels('b.c'), labels('a-0')])).toBe(
      '{namespace="apps",pod=~"a-0|b\\\\.c",container="main"}',
    )
    const many = Array.from({ length: 500 }, (_, index) => labels(`a-long-name-of-a-pod-${index}`))
    expect(streamSelector(names, many)).toBe('{namespace="apps",container="main"}')
  })
})

it('the time of a query is that of its conditions', () => {
  expect(timesOf(requirement('since:15m timeout'))).toEqual([nowMs - 900_000, Number.POSITIVE_INFINITY])
})
