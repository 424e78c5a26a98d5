import { describe, expect, it } from 'vitest'
import { assess } from './assess.ts'
import type { Fields } from './fields.ts'
import { ago, nowMs, sample } from './sample.ts'

const look = (status: Fields, spec: Fields = {}) => assess(sample('v1', 'Pod', { spec, status }), nowMs)
const waiting = (reason: string, message = '') => ({ name: 'app', state: { waiting: { reason, message } } })
const ended = (exitCode: number, reason = 'Error', seconds = 60) => ({
  terminated: { exitCode, reason, finishedAt: ago(seconds) },
})
const ready = (status: string, seconds = 60, reason = '') => ({
  type: 'Ready',
  status,
  reason,
  lastTransitionTime: ago(seconds),
})
const scheduled = (status: string, seconds: number, reason = 'Unschedulable') => ({
  type: 'PodScheduled',
  status,
  reason,
  message: '0/1 nodes are available',
  lastTransitionTime: ago(seconds),
})

const cases: readonly [string, Fields, Fields, string, string][] = [
  ['is healthy when ready', { phase: 'Running', conditions: [ready('True')] }, {}, 'healthy', 'Running'],
  [
    'is healthy when it was restarted long ago and is ready',
    {
      phase: 'Running',
      conditions: [ready('True')],
      containerStatuses: [{ name: 'app', restartCount: 3, state: { running: {} }, lastState: ended(1) }],
    },
    {},
    'healthy',
    'Running',
  ],
  [
    'is degraded in a crash loop, and says how it ended last',
    {
      phase: 'Running',
      conditions: [ready('False')],
      containerStatuses: [{ ...waiting('CrashLoopBackOff', 'back-off 40s'), lastState: ended(137, 'OOMKilled') }],
    },
    {},
    'degraded',
    'CrashLoopBackOff: back-off 40s; app ended with exit code 137 (OOMKilled)',
  ],
  ...(
    ['ImagePullBackOff', 'ErrImagePull', 'CreateContainerConfigError', 'RunContainerError', 'InvalidImageName'] as const
  ).map((reason): [string, Fields, Fields, string, string] => [
    `is degraded when it waits with ${reason}`,
    { phase: 'Pending', containerStatuses: [waiting(reason, 'why')] },
    {},
    'degraded',
    `${reason}: why`,
  ]),
  [
    'is degraded when an init container crashes',
    { phase: 'Pending', initContainerStatuses: [waiting('CrashLoopBackOff')], containerStatuses: [] },
    {},
    'degraded',
    'CrashLoopBackOff',
  ],
  [
    'is progressing while its containers are made',
    { phase: 'Pending', containerStatuses: [waiting('ContainerCreating')] },
    {},
    'progressing',
    'ContainerCreating',
  ],
  [
    'is progressing after an init container that ended as it should',
    {
      phase: 'Pending',
      initContainerStatuses: [{ name: 'init', state: ended(0, 'Completed') }],
      containerStatuses: [waiting('PodInitializing')],
    },
    {},
    'progressing',
    'PodInitializing',
  ],
  [
    'is progressing while the scheduler retries',
    { phase: 'Pending', conditions: [scheduled('False', 5)] },
    {},
    'progressing',
    'Unschedulable: 0/1 nodes are available',
  ],
  [
    'is degraded when it fits no node for longer',
    { phase: 'Pending', conditions: [scheduled('False', 16)] },
    {},
    'degraded',
    'Unschedulable: 0/1 nodes are available',
  ],
  [
    'is progressing behind a scheduling gate, however long',
    { phase: 'Pending', conditions: [scheduled('False', 9_999, 'SchedulingGated')] },
    {},
    'progressing',
    'SchedulingGated: 0/1 nodes are available',
  ],
  ['is healthy when completed', { phase: 'Succeeded' }, {}, 'healthy', 'Completed'],
  [
    'is degraded when failed, by its container',
    { phase: 'Failed', containerStatuses: [{ name: 'app', state: ended(3) }] },
    { restartPolicy: 'Never' },
    'degraded',
    'app ended with exit code 3',
  ],
  [
    'is degraded when evicted, by its own words',
    { phase: 'Failed', reason: 'Evicted', message: 'low on memory' },
    {},
    'degraded',
    'Evicted: low on memory',
  ],
  [
    'is degraded while a container that should run has ended',
    { phase: 'Running', conditions: [ready('False', 1)], containerStatuses: [{ name: 'app', state: ended(137) }] },
    {},
    'degraded',
    'app ended with exit code 137',
  ],
  [
    'is degraded while it comes back from a crash',
    {
      phase: 'Running',
      conditions: [ready('False', 1)],
      containerStatuses: [{ name: 'app', state: { running: {} }, lastState: ended(1) }],
    },
    {},
    'degraded',
    'Not ready; app ended with exit code 1',
  ],
  [
    'is progressing while its probe has not passed',
    { phase: 'Running', conditions: [ready('False', 30, 'ContainersNotReady')] },
    {},
    'progressing',
    'ContainersNotReady',
  ],
  [
    'is degraded when its probe does not pass for ten minutes',
    { phase: 'Running', conditions: [ready('False', 601, 'ContainersNotReady')] },
    {},
    'degraded',
    'Not ready for over 10 min: ContainersNotReady',
  ],
  [
    'is progressing while it runs to its end',
    { phase: 'Running', conditions: [ready('True')] },
    { restartPolicy: 'OnFailure' },
    'progressing',
    'Running to completion',
  ],
  ['is unknown when its node is lost', { phase: 'Unknown' }, {}, 'unknown', 'Its node does not respond'],
]

describe('a pod', () => {
  it.each([
    ['a status', {}],
    ['a scheduler', { phase: 'Pending' }],
  ])('is progressing without %s, and degraded after 10 min', (_, status) => {
    const ofAge = (seconds: number) =>
      assess(sample('v1', 'Pod', { metadata: { creationTimestamp: ago(seconds) }, status }), nowMs)

    expect(ofAge(599)).toMatchObject({ health: 'progressing', reason: 'Waiting to be scheduled' })
    expect(ofAge(600)).toMatchObject({ health: 'degraded', reason: expect.stringContaining('No scheduler') })
  })

  it.each(cases)('%s', (_, status, spec, health, reason) => {
    expect(look(status, spec)).toMatchObject({ health, reason })
  })

  it('has the time of its latest transition', () => {
    expect(look({ phase: 'Running', conditions: [ready('True', 90)] }).since).toBe(ago(90))
    expect(look({ phase: 'Running', containerStatuses: [{ name: 'app', state: ended(1, 'Error', 7) }] }).since).toBe(
      ago(7),
    )
  })

  it('requests a recheck at the end of the grace period of an unschedulable pod', () => {
    expect(look({ phase: 'Pending', conditions: [scheduled('False', 5)] }).recheckAtMs).toBe(nowMs + 10_000)
  })

  it('is progressing while it is deleted, whatever its status, since the deletion was requested', () => {
    const assessment = assess(
      sample('v1', 'Pod', {
        metadata: { deletionTimestamp: ago(-20), deletionGracePeriodSeconds: 30, finalizers: ['example.org/hold'] },
        status: { phase: 'Running', containerStatuses: [waiting('CrashLoopBackOff')] },
      }),
      nowMs,
    )

    expect(assessment).toMatchObject({ health: 'progressing', since: ago(10) })
    expect(assessment.reason).toContain('example.org/hold')
  })

  it('has a reason of one line, at most 500 characters long', () => {
    expect(look({ phase: 'Failed', message: 'x'.repeat(9_000) }).reason).toHaveLength(500)
    expect(look({ phase: 'Failed', message: 'one\n  two\n' }).reason).toBe('one two')
  })

  it('leaves out the termination message of a container, which may be the end of its log', () => {
    const state = { terminated: { exitCode: 1, message: 'password=hunter2' } }
    const status = { phase: 'Failed', containerStatuses: [{ name: 'app', state, lastState: state }] }

    expect(look(status).reason).toBe('app ended with exit code 1')
  })
})
