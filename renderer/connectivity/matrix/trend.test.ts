import { expect, it } from 'vitest'
import { historyByRow, type RowHistory, streakOf } from './trend.ts'

it.each<[string, RowHistory, ReturnType<typeof streakOf>]>([
  ['failed since two runs', ['pass', 'fail', 'pass', 'fail', 'fail'], { verdict: 'fail', runs: 2 }],
  ['always passed', ['pass', 'pass'], { verdict: 'pass', runs: 2 }],
  ['was not in the last run', ['warn', 'fail', null], { verdict: 'fail', runs: 1 }],
  ['was not in a run between', ['fail', null, 'fail'], { verdict: 'fail', runs: 2 }],
  ['is in no saved run', [null, null], undefined],
  ['has no history', [], undefined],
])('the streak of a row that %s is counted in the runs that had it', (_what, history, streak) => {
  expect(streakOf(history)).toEqual(streak)
})

it('a row is found by its endpoint', () => {
  const history = historyByRow({ runs: [], rows: [{ endpoint: 'a', verdicts: ['pass', null] }] })
  expect(history.get('a')).toEqual(['pass', null])
  expect(history.get('b')).toBeUndefined()
})
