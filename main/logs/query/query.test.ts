import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { startCpuTime } from '../../../test/cpu-time.ts'
import { predicateOf, type Subject } from './evaluate.ts'
import { parseQuery } from './parse.ts'
import { requirementOf } from './plan.ts'
import { compileRegex } from './regex.ts'
import { regexRequirement } from './regex-literals.ts'
import type { Requirement } from './requirement.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const order = subject({
  raw: 'time=… level=ERROR message="Order f(7) not accepted" status=503 took=12ms path=/api/orders "quoted"',
  level: 'ERROR',
  fields: [
    ['message', 'Order f(7) not accepted'],
    ['status', '503'],
    ['took', '12ms'],
    ['http.route', '/api/orders'],
  ],
})

function subject({
  raw,
  fields = [],
  ...more
}: { raw: string; fields?: [string, string][] } & Partial<Omit<Subject, 'fields' | 'folded'>>): Subject {
  return {
    atMs: now - 600_000,
    level: null,
    source: 'orders',
    pod: 'orders-7d9-x2',
    container: 'main',
    ...more,
    raw,
    folded: () => raw.toLowerCase(),
    fields: () => fields,
  }
}

describe('a query', () => {
  it.each([
    ['', true],
    ['order ACCEPTED', true],
    ['order missing', false],
    ['"not accepted"', true],
    ['"accepted not', false],
    ['"\\"quoted\\""', true],
    ['missing or accepted', true],
    ['missing or order refused', false],
    ['order and not refused', true],
    ['order -accepted', false],
    ['-(missing or refused)', true],
    ['(missing or accepted) and order', true],
    ['f(7)', true],
    ['(f(7))', true],
    ['/api/orders', true],
    ['/Order f\\(\\d\\)/', true],
    ['/order f/', false],
    ['/order f/i', true],
    ['-/accepted/', false],
    ['/^time.*"$/', true],
    ['level:error', true],
    ['level:error,warn', true],
    ['level:none', false],
    ['-level:none', true],
    ['level>=warn', true],
    ['level<error', false],
    ['LEVEL:Warning', false],
    ['source:orders', true],
    ['source:order', false],
    ['pod:orders-*', true],
    ['pod:*-x3', false],
    ['container:/^ma/', true],
    ['status:503', true],
    ['STATUS:503', true],
    ['status:50', false],
    ['status:5*', true],
    ['status:*', true],
    ['nothing:*', false],
    ['status>500', true],
    ['status>=503 status<504', true],
    ['status<503', false],
    ['took<=12', true],
    ['message:"order f(7) not accepted"', true],
    ['http.route:/api/orders', true],
    ['http.route:/orders$/', true],
    ['since:15m', true],
    ['since:5m', false],
    ['until:now-5m', true],
    ['time>=2026-11-22T11:50 time<2026-11-22T11:51', true],
    ['time>=2026-11-22T17:20+05:30', true],
    ['time<"2026-11-22 17:20 Asia/Colombo"', false],
    ['since:2026-11-23', false],
    ['"level:error"', false],
    ['error: accepted', false],
    ['10:30', false],
  ])('%s of an order is %s', (text, expected) => {
    expect(predicateOf(parseQuery(text, now))(order)).toBe(expected)
  })

  it.each([
    ['order )', 7, /no "\("/],
    ['(order', 1, /not closed/],
    ['order or', 9, /missing at the end/],
    ['or order', 1, /before "or"/],
    ['()', 2, /before "\)"/],
    ['order level:loud', 13, /not a level/],
    ['level: order', 7, /needs a value/],
    ['since:yesterday', 7, /not a time/],
    ['time>=2026-02-30', 7, /not a time/],
    ['x /a(b/', 4, /not valid/],
    ['/(?=x)y/', 2, /not valid/],
    ['status>"many"', 8, /number/],
  ])('%s is refused at column %i', (text, column, message) => {
    expect(() => parseQuery(text, now)).toThrow(
      expect.objectContaining({
        code: 'QUERY_INVALID',
        message: expect.stringMatching(new RegExp(`^Column ${column}: .*${message.source}`)),
      }),
    )
  })

  it('of any text is parsed or refused with a column', () => {
    const part = fc.constantFrom(
      'a',
      '"',
      '(',
      ')',
      '-',
      ' ',
      '/',
      ':',
      'level',
      'or',
      '>',
      '=',
      '\\',
      '*',
      '7',
      'time',
    )
    fc.assert(
      fc.property(fc.string({ unit: part, maxLength: 30 }), (text) => {
        try {
          predicateOf(parseQuery(text, now))(order)
        } catch (error) {
          expect(error).toMatchObject({ code: 'QUERY_INVALID', message: expect.stringMatching(/^Column \d+: /) })
        }
      }),
      { numRuns: 500 },
    )
  })

  it('evaluates an expression that explodes elsewhere in linear time', () => {
    const text = subject({ raw: 'x'.repeat(100_000) })
    const cpuMs = startCpuTime()
    expect(predicateOf(parseQuery('/(x+x+)+y/ or /(x|x?)+$y/ or /(.*)*\\d/', now))(text)).toBe(false)
    expect(cpuMs()).toBeLessThan(5_000)
  })
})

/** Whether a text can be in a block with this requirement; only texts are required here. */
const fulfils = (requirement: Requirement, text: string): boolean =>
  requirement.kind === 'all'
    ? requirement.of.every((each) => fulfils(each, text))
    : requirement.kind === 'any'
      ? requirement.of.some((each) => fulfils(each, text))
      : requirement.kind !== 'text' || text.toLowerCase().includes(requirement.text)

describe('what a regular expression requires', () => {
  it.each([
    ['order \\d+ refused', ['order ', ' refused']],
    ['(timeout|refused) by peer', ['timeout', 'refused', ' by peer']],
    ['ab?cd', ['a', 'cd']],
    ['ab+cd', ['ab', 'cd']],
    ['(?:abc){2,}x', ['abc', 'x']],
    ['(abc)*x', ['x']],
    ['[abc]def', ['def']],
    ['a\\.b\\/c', ['a.b/c']],
    ['(?i)abc', []],
    ['\\d+', []],
  ])('%s has the texts %j', (source, texts) => {
    const all = (each: Requirement): string[] =>
      each.kind === 'text' ? [each.text] : each.kind === 'all' || each.kind === 'any' ? each.of.flatMap(all) : []
    expect(all(regexRequirement({ source, ignoreCase: false }))).toEqual(texts)
  })

  it('holds for every text that matches', () => {
    const piece = fc.constantFrom(
      'a',
      'B',
      's',
      '.',
      'a?',
      'b*',
      '(ab)',
      '(a|Bs)',
      '(?:s|)',
      '[ab]',
      '[^]a]',
      '\\.',
      '\\d',
      'a+',
      '(ab){0,2}',
      'k{2}',
      '|',
      '^',
      '\\b',
    )
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'B', 's', 'ſ', 'k', '\u212a', '.', '1'), maxLength: 12 })
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), text, fc.boolean(), (pieces, given, ignoreCase) => {
        const regex = { source: pieces.join(''), ignoreCase }
        if (compileRegex(regex).test(given)) expect(fulfils(regexRequirement(regex), given)).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('what a query requires of a block', () => {
  it.each([
    [
      'a -b',
      [
        { kind: 'text', text: 'a' },
        { kind: 'all', of: [] },
      ],
    ],
    ['-level:error', { kind: 'level', levels: [null, 'FATAL', 'WARN', 'INFO', 'DEBUG', 'TRACE'] }],
    ['id:"ab-12345"', [{ kind: 'text', text: '12345' }]],
    // The line does not have the name of its format.
    ['format:logfmt', []],
  ])('%s', (text, expected) => {
    expect(requirementOf(parseQuery(text, now))).toEqual(
      Array.isArray(expected) ? { kind: 'all', of: expected } : expected,
    )
  })
})
