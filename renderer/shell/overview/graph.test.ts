import { describe, expect, it } from 'vitest'
import type { ComponentStatus } from '../../../preload/contract/workloads.ts'
import { applyEvent, emptyMatrix, matrixOf } from '../../connectivity/matrix/matrix.ts'
import { laptop, pod, report, result, row, stage, startedAt } from '../../connectivity/samples.ts'
import { edgesShownSingly, planeGraph } from './graph.ts'

const component: ComponentStatus = {
  id: 'agent',
  title: 'Agent',
  summary: '',
  providedBy: 'release',
  health: 'healthy',
  reason: '',
  objects: [],
}

const stateOf = (matrix: Parameters<typeof planeGraph>[2]) =>
  planeGraph([row('hub')], [component], matrix).edges.map(({ state, cause }) => [state, cause])

describe('planeGraph', () => {
  it('an edge has the worst verdict of all vantages, with its cause', () => {
    expect(stateOf(matrixOf(report(result('hub', 'pass', laptop), result('hub', 'fail', pod))))).toEqual([
      ['fail', 'tcp.refused'],
    ])
  })

  it('an edge without a result is unchecked', () => {
    expect(stateOf(emptyMatrix)).toEqual([['unchecked', '']])
  })

  it('during a check an edge keeps its verdict until its own row is checked', () => {
    const rows = [{ endpoint: 'hub', vantage: laptop }]
    const before = matrixOf(report(result('hub', 'fail', laptop)))
    const waiting = applyEvent(before, { kind: 'started', startedAt, rows }, 'whole')
    const checking = applyEvent(
      waiting,
      { kind: 'stage', endpoint: 'hub', vantage: laptop, stage: stage('dns', 'pass') },
      'whole',
    )
    const done = applyEvent(checking, { kind: 'result', result: result('hub', 'pass', laptop) }, 'whole')

    expect([waiting, checking, done].flatMap(stateOf).map(([state]) => state)).toEqual(['fail', 'checking', 'pass'])
  })

  it('lists the components of rows that the cluster has not reported, after the reported ones', () => {
    const { components } = planeGraph(
      [row('hub', { component: 'flux', componentTitle: 'Flux' })],
      [component],
      emptyMatrix,
    )

    expect(components.map(({ id, health }) => [id, health])).toEqual([
      ['agent', 'healthy'],
      ['flux', undefined],
    ])
  })

  it('stands for all rows of a component in a scope where there are too many', () => {
    const rows = Array.from({ length: edgesShownSingly }, (_, index) => row(`hub-${index}`))
    const matrix = matrixOf(report(result('hub-3', 'fail'), result('hub-4', 'pass')))

    expect(planeGraph(rows, [], matrix).edges).toHaveLength(edgesShownSingly)
    const { edges } = planeGraph([...rows, row('vault', { scope: 'vpc' })], [], matrix)
    expect(edges.map(({ endpoints, state, scope }) => [endpoints.length, state, scope])).toEqual([
      [edgesShownSingly, 'fail', 'external'],
      [1, 'unchecked', 'vpc'],
    ])
  })
})
