import { describe, expect, it } from 'vitest'
import { afterRepeat, knownIssues, type Outcome, outcomesOf } from './tally.ts'

const outcome = (name: string, status: Outcome['status'], file = 'a.test.ts'): Outcome => ({ file, name, status })

describe('outcomesOf', () => {
  it('has each test once, and a file that failed without a failed test', () => {
    const test = (fullName: string, status: string) => ({ fullName, status })
    const report = {
      testResults: [
        { name: 'a', status: 'failed', assertionResults: [test('is  spaced ', 'passed'), test('fails', 'failed')] },
        { name: 'b', status: 'failed', assertionResults: [] },
        { name: 'c', status: 'passed', assertionResults: [test('waits', 'pending')] },
      ],
    }

    expect(outcomesOf(report)).toEqual([
      outcome('is spaced', 'passed', 'a'),
      outcome('fails', 'failed', 'a'),
      outcome('b', 'failed', 'b'),
      outcome('waits', 'skipped', 'c'),
    ])
  })
})

describe('afterRepeat', () => {
  it.each([
    ['failed', 'passed', 'flaky'],
    ['failed', 'failed', 'failed'],
    ['passed', 'failed', 'flaky'],
    ['passed', 'passed', 'passed'],
    ['failed', 'skipped', 'failed'],
    ['skipped', 'skipped', 'skipped'],
  ] as const)('a test that %s and then %s is %s', (first, second, status) => {
    expect(afterRepeat([outcome('x', first)], [outcome('x', second)])).toEqual([outcome('x', status)])
  })

  it('keeps the outcome of a test that the repeat did not reach', () => {
    const first = [outcome('x', 'failed'), outcome('y', 'passed', 'b.test.ts')]

    expect(afterRepeat(first, [])).toEqual(first)
  })

  it('compares tests with the same name in their order', () => {
    const first = [outcome('x', 'failed'), outcome('x', 'failed')]

    expect(afterRepeat(first, [outcome('x', 'failed'), outcome('x', 'passed')])).toEqual([
      outcome('x', 'failed'),
      outcome('x', 'flaky'),
    ])
  })

  it('reports a file as flaky that loaded only the second time, and counts its tests', () => {
    expect(afterRepeat([outcome('a.test.ts', 'failed')], [outcome('x', 'passed')])).toEqual([
      outcome('a.test.ts', 'flaky'),
      outcome('x', 'passed'),
    ])
  })
})

it('reads the tests that KNOWN_ISSUES.md lists', () => {
  expect(knownIssues('# Known issues\n\n`not an item`\n\n- `unit: a b`: why\n- no name\n* `peers: c`: why\n')).toEqual([
    'unit: a b',
    'peers: c',
  ])
})
