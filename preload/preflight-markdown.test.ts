import { describe, expect, it } from 'vitest'
import type { PreflightResult } from './contract/install.ts'
import { byUrgency, preflightMarkdown } from './preflight-markdown.ts'

const result = (
  id: string,
  verdict: PreflightResult['verdict'],
  more: Partial<PreflightResult> = {},
): PreflightResult => ({
  id,
  title: `Title of ${id}`,
  category: 'nodes',
  severity: 'strict',
  deep: false,
  strict: true,
  verdict,
  message: `${id} is ${verdict}.`,
  hint: '',
  evidence: '',
  elapsedMs: 1,
  ...more,
})

describe('the preflight report', () => {
  it('has failures first, and keeps the order of equals', () => {
    const results = [
      result('a', 'pass'),
      result('b', 'warn'),
      result('c', 'fail'),
      result('d', 'fail'),
      result('e', 'skipped'),
    ]
    expect(byUrgency(results).map(({ id }) => id)).toEqual(['c', 'd', 'b', 'a', 'e'])
  })

  it('has hint and evidence of what needs action, and one row for each check', () => {
    const results = [
      result('a', 'pass', { evidence: 'hidden' }),
      result('b', 'fail', { hint: 'Do it.', evidence: 'x\ny' }),
    ]
    const text = preflightMarkdown({ schemaVersion: 1, startedAt: '2026-01-01T00:00:00Z', context: 'north', results })
    expect(text).toContain('1 failed, 0 warnings, 0 unknown, 1 passed, 0 skipped')
    expect(text).toContain('What to do: Do it.\n\n```\nx\ny\n```')
    expect(text).not.toContain('hidden')
  })

  it('contains no text of a cluster that ends its table or its code', () => {
    const results = [result('a', 'fail', { message: 'one | two\n| three', evidence: '```\n# forged' })]
    const text = preflightMarkdown({ schemaVersion: 1, startedAt: '', context: 'c', results })
    expect(text).toContain('one \\| two \\| three')
    expect(text).toContain('````\n```\n# forged\n````')
  })
})
