import { expect, it } from 'vitest'
import { type StageResult, Stage as Stages } from './contract/connectivity.ts'
import { Verdict } from './contract/words.ts'
import { countVerdicts, decidingStage, severityOf, verdictsWorstFirst, worstVerdict } from './verdicts.ts'

it('the order of verdicts contains each verdict once, and skipped has severity 0', () => {
  expect([...verdictsWorstFirst].toSorted()).toEqual([...Verdict.values].toSorted())
  expect(verdictsWorstFirst.map(severityOf)).toEqual([4, 3, 2, 1, 0])
  expect(worstVerdict(['pass', 'warn', 'unknown'])).toBe('unknown')
  expect(worstVerdict([])).toBeUndefined()
})

it('counts verdicts, with 0 for those that did not occur', () => {
  const results = [{ verdict: 'fail' }, { verdict: 'fail' }, { verdict: 'pass' }] as const
  expect(countVerdicts(results)).toEqual({ pass: 1, warn: 0, fail: 2, skipped: 0, unknown: 0 })
})

it.each<[readonly Verdict[], number | undefined]>([
  [['pass', 'warn', 'fail', 'skipped'], 2],
  [['pass', 'unknown', 'warn', 'unknown'], 1],
  [['pass', 'warn'], 1],
  [['pass', 'skipped'], undefined],
  [[], undefined],
])('stages with the verdicts %j are decided by the one at index %s', (verdicts, index) => {
  const names = [...Stages.values]
  const stages = verdicts.map(
    (verdict, at): StageResult => ({ stage: names[at] ?? 'auth', verdict, at: '', ms: 0, evidence: '' }),
  )
  expect(decidingStage(stages)).toBe(index === undefined ? undefined : stages[index])
})
