import { describe, expect, it } from 'vitest'
import type { ComponentStatus } from '../../../preload/contract/workloads.ts'
import { matrixOf } from '../../connectivity/matrix/matrix.ts'
import { finding, laptop, pod, report, result, row } from '../../connectivity/samples.ts'
import { attentionItems } from './attention.ts'

const component = (id: string, health: ComponentStatus['health']): ComponentStatus => ({
  id,
  title: id,
  summary: '',
  providedBy: 'release',
  health,
  reason: `reason of ${id}`,
  objects: [],
})

describe('attentionItems', () => {
  it('lists components that are down, then findings, then failed endpoints that no finding covers', () => {
    const matrix = {
      ...matrixOf(
        report(
          result('hub', 'fail', laptop),
          result('hub', 'fail', pod),
          result('vault', 'fail', pod),
          result('ok', 'pass'),
        ),
      ),
      findings: [finding('tls.intercepted', [laptop], 'vault')],
    }
    const components = [
      component('flux', 'missing'),
      component('agent', 'degraded'),
      component('gateway', 'progressing'),
    ]

    const items = attentionItems(components, [row('hub', { title: 'Event hub' })], matrix)

    expect(items.map(({ title, note, detail }) => [title, note, detail.id])).toEqual([
      ['agent', 'reason of agent', 'agent'],
      ['flux', 'reason of flux', 'flux'],
      ['TLS interception: 1 endpoint', '', 'vault'],
      ['Event hub: Connection refused', 'Failed from this computer and a pod in demo', 'hub'],
    ])
  })

  it('is empty for a healthy plane', () => {
    expect(
      attentionItems([component('agent', 'healthy')], [row('hub')], matrixOf(report(result('hub', 'pass')))),
    ).toEqual([])
  })
})
