import { expect, it } from 'vitest'
import type { Verdict } from './contract/words.ts'
import { runVerdicts, verdictHistoryOf } from './verdict-history.ts'

const run = (runId: string, ...results: readonly (readonly [endpoint: string, verdict: Verdict])[]) =>
  runVerdicts({
    runId,
    startedAt: `at ${runId}`,
    results: results.map(([endpoint, verdict]) => ({ endpoint, verdict })),
  })

it.each<[string, readonly Verdict[], Verdict]>([
  ['a failure from one vantage', ['pass', 'fail', 'warn'], 'fail'],
  ['an unknown result', ['unknown', 'warn'], 'unknown'],
  ['a pass beside a vantage that skipped it', ['skipped', 'pass'], 'pass'],
])('the worst verdict of an endpoint in a run is %s', (_what, verdicts, worst) => {
  expect(run('1', ...verdicts.map((verdict) => ['a', verdict] as const)).worst.get('a')).toBe(worst)
})

it('an endpoint has one verdict for each run, and none for a run without it', () => {
  const runs = [run('1', ['a', 'pass']), run('2', ['a', 'fail'], ['b', 'pass']), run('3', ['b', 'warn'])]
  expect(verdictHistoryOf(runs)).toEqual({
    runs: [
      { runId: '1', startedAt: 'at 1' },
      { runId: '2', startedAt: 'at 2' },
      { runId: '3', startedAt: 'at 3' },
    ],
    rows: [
      { endpoint: 'a', verdicts: ['pass', 'fail', null] },
      { endpoint: 'b', verdicts: [null, 'pass', 'warn'] },
    ],
  })
})
