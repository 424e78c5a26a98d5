import { expect, it } from 'vitest'
import type { KubernetesObject } from '../../../lib/kubernetes/resources.ts'
import { isLeftover } from './leftovers.ts'
import { labelKeys } from './manifest.ts'

const now = Date.parse('2026-03-01T10:00:00Z')
const ago = (seconds: number): string => new Date(now - seconds * 1_000).toISOString()
const live = { pid: 100, started: '5' }
const facts = { now, host: 'me', isRunning: ({ pid }: { pid: number }) => pid === live.pid }

interface JobOptions {
  readonly labels?: Record<string, string>
  readonly process?: string
  readonly created?: string
  readonly ended?: string
}
const job = ({ labels = {}, process = '100 5', created = ago(20), ended }: JobOptions): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {
    name: 'x',
    labels: { [labelKeys.probe]: 'pod', [labelKeys.host]: 'me', ...labels },
    annotations: { [labelKeys.process]: process },
    creationTimestamp: created,
  },
  spec: { activeDeadlineSeconds: 150 },
  status: ended === undefined ? {} : { conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: ended }] },
})

it.each([
  ['a Job of a running process is kept', job({}), false],
  ['a Job of an ended process is removed', job({ process: '101 9' }), true],
  [
    'a Job of another computer is kept, because its processes are unknown',
    job({ process: '101 9', labels: { [labelKeys.host]: 'you' } }),
    false,
  ],
  [
    'an overdue Job of another computer is removed',
    job({ labels: { [labelKeys.host]: 'you' }, created: ago(300) }),
    true,
  ],
  ['a Job that an administrator applied is kept', job({ process: '', labels: { [labelKeys.host]: '' } }), false],
  ['a Job that ended just now is kept', job({ ended: ago(5) }), false],
  ['a Job that ended a while ago is removed', job({ ended: ago(60) }), true],
  [
    'a Job without Hangar’s labels is kept',
    { ...job({ process: '101 9' }), metadata: { name: 'x', creationTimestamp: ago(9_999) } },
    false,
  ],
])('%s', (_what, object, expected) => {
  expect(isLeftover(object, facts)).toBe(expected)
})
