import { describe, expect, it } from 'vitest'
import type { LogStatus } from '../../../preload/contract/logs.ts'
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

const refused: LogStatus['sources'][number] = {
  id: 'gateway',
  title: 'Gateway',
  records: 0,
  newest: null,
  collection: {
    state: 'refused',
    containers: 1,
    following: 0,
    queued: 0,
    refused: 1,
    retrying: 0,
    missingPermissions: ['get pods/log'],
    problem: { code: 'CLUSTER_FORBIDDEN', message: 'No pods/log.', hint: 'Ask the administrator.', evidence: '' },
    gaps: 0,
  },
}

describe('attentionItems', () => {
  it('lists components that are down, findings, other failed endpoints, refused log sources, then what is suspended', () => {
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
      { ...component('resolver', 'suspended'), objects: ['resolver'] },
      component('optional', 'suspended'),
    ]

    const items = attentionItems(components, [row('hub', { title: 'Event hub' })], matrix, [refused])

    expect(items.map(({ title, note, opens }) => [title, note, opens])).toEqual([
      ['agent: degraded', 'reason of agent', { kind: 'component', id: 'agent' }],
      ['flux: missing', 'reason of flux', { kind: 'component', id: 'flux' }],
      ['TLS interception: 1 endpoint', '', { kind: 'endpoint', id: 'vault' }],
      [
        'Event hub: Connection refused',
        'From this computer and a pod in demo. Ask for the port to be opened.',
        { kind: 'endpoint', id: 'hub' },
      ],
      ['Logs of Gateway: permission missing', 'No pods/log. Ask the administrator.', 'logs'],
      ['resolver: suspended', 'reason of resolver', { kind: 'component', id: 'resolver' }],
    ])
  })

  it('is empty for a healthy plane', () => {
    expect(
      attentionItems([component('agent', 'healthy')], [row('hub')], matrixOf(report(result('hub', 'pass')))),
    ).toEqual([])
  })
})
