import { expect, it } from 'vitest'
import type { KubernetesObject } from '../../../lib/kubernetes/resources.ts'
import { isLeftover } from './leftovers.ts'
import { marks } from './manifest.ts'

const now = Date.parse('2026-03-01T10:00:00Z')
const ago = (seconds: number): string => new Date(now - seconds * 1_000).toISOString()
const live = { pid: 100, started: '5' }
const facts = { now, host: 'me', isRunning: ({ pid }: { pid: number }) => pid === live.pid }

interface Wishes {
  readonly labels?: Record<string, string>
  readonly process?: string
  readonly created?: string
  readonly ended?: string
}
const job = ({ labels = {}, process = '100 5', created = ago(20), ended }: Wishes): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {
    name: 'x',
    labels: { [marks.probe]: 'pod', [marks.host]: 'me', ...labels },
    annotations: { [marks.process]: process },
    creationTimestamp: created,
  },
  spec: { activeDeadlineSeconds: 150 },
  status: ended === undefined ? {} : { conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: ended }] },
})

it.each([
  ['one of a process that runs', job({}), false],
  ['one of a process that is gone', job({ process: '101 9' }), true],
  [
    'one of somebody else, whose processes are not ours to judge',
    job({ process: '101 9', labels: { [marks.host]: 'you' } }),
    false,
  ],
  ['somebody else’s that is overdue', job({ labels: { [marks.host]: 'you' }, created: ago(300) }), true],
  ['one that somebody else made of a manifest', job({ process: '', labels: { [marks.host]: '' } }), false],
  ['one that has just ended', job({ ended: ago(5) }), false],
  ['one that ended a while ago', job({ ended: ago(60) }), true],
  [
    'a job that is not Hangar’s',
    { ...job({ process: '101 9' }), metadata: { name: 'x', creationTimestamp: ago(9_999) } },
    false,
  ],
])('%s', (_what, found, expected) => {
  expect(isLeftover(found, facts)).toBe(expected)
})
