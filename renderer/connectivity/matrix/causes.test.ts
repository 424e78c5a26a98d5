import { expect, it } from 'vitest'
import { finding, laptop, pod, report, result } from '../samples.ts'
import { causesOf } from './causes.ts'
import { matrixOf } from './matrix.ts'

const matrix = {
  ...matrixOf(
    report(
      result('hub', 'fail', laptop),
      result('hub', 'fail', pod),
      result('vault', 'fail', pod),
      result('git', 'warn', pod),
      result('ok', 'pass'),
    ),
  ),
  findings: [finding('tls.intercepted', [laptop], 'vault')],
}

it('lists findings, then each cause of failed endpoints that none covers, with the vantages that see it', () => {
  expect(causesOf(matrix).map(({ cause, endpoints, vantages }) => [cause, endpoints, vantages])).toEqual([
    ['tls.intercepted', ['vault'], [laptop]],
    ['tcp.refused', ['hub'], [laptop, pod]],
  ])
})

it('while a run is in progress, the causes before it stay', () => {
  const running = { ...matrix, findings: [], cells: {} }
  expect(causesOf(running, matrix).map(({ cause, endpoints }) => [cause, endpoints])).toEqual([
    ['tcp.refused', ['hub', 'vault']],
  ])
})
