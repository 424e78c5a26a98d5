import { expect, it } from 'vitest'
import type { Vantage, VantageOutcome } from '../../../preload/contract/connectivity.ts'
import { laptop, node, pod, report, result } from '../samples.ts'
import { applyEvent, matrixOf } from './matrix.ts'
import { vantageErrors } from './vantageErrors.ts'

const outcome = (vantage: Vantage, state: VantageOutcome['state'], cause: string): VantageOutcome => ({
  vantage,
  state,
  cause,
  message: `${vantage.name}: refused`,
  hint: 'Ask for it.',
  manifest: '',
})
const known = (...outcomes: VantageOutcome[]) =>
  outcomes.reduce(
    (matrix, one) => applyEvent(matrix, { kind: 'vantage', outcome: one }, 'whole'),
    matrixOf(report(result('a', 'pass', laptop))),
  )

it('fifty nodes that are refused for the same reason are one group', () => {
  const nodes = Array.from({ length: 50 }, (_, index) => outcome(node(`worker-${index}`), 'failed', 'rbac.denied'))
  expect(vantageErrors(known(...nodes)).map((group) => group.length)).toEqual([50])
})

it('another cause, state or kind of vantage is another group', () => {
  const all = known(
    outcome(node('a'), 'failed', 'rbac.denied'),
    outcome(node('b'), 'failed', 'vantage.image'),
    outcome(node('c'), 'limited', 'vantage.limited'),
    outcome(pod, 'failed', 'rbac.denied'),
  )
  expect(vantageErrors(all)).toHaveLength(4)
})

it('a vantage from which all rows were tried is in no group', () => {
  expect(vantageErrors(known(outcome(pod, 'ran', '')))).toEqual([])
})
