import { describe, expect, it } from 'vitest'
import { conditionSentences } from './condition-sentences.ts'

interface Sample {
  readonly kind: string
  readonly apiVersion?: string
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}
const sentence = ({ kind, apiVersion = 'v1', ...condition }: Sample) =>
  conditionSentences({ apiVersion, kind, metadata: { name: 'x' }, status: { conditions: [condition] } })[0]
const deployment = { kind: 'Deployment', apiVersion: 'apps/v1' }
const release = { kind: 'HelmRelease', apiVersion: 'helm.toolkit.fluxcd.io/v2' }

describe('a condition as a sentence', () => {
  it.each<[Sample, 'good' | 'bad' | 'neutral', string]>([
    [{ kind: 'Pod', type: 'Ready', status: 'True' }, 'good', 'The pod is ready and gets requests.'],
    [
      {
        kind: 'Pod',
        type: 'Ready',
        status: 'False',
        reason: 'ContainersNotReady',
        message: 'containers with unready status: [a]',
      },
      'bad',
      'The pod is not ready and gets no requests (ContainersNotReady): containers with unready status: [a].',
    ],
    [
      {
        kind: 'Pod',
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/3 nodes are available.',
      },
      'bad',
      'No node was chosen for the pod (Unschedulable): 0/3 nodes are available.',
    ],
    [
      { kind: 'Pod', type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' },
      'bad',
      'The pod is about to be terminated (EvictionByEvictionAPI).',
    ],
    [
      { ...deployment, type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
      'good',
      'The last rollout is complete.',
    ],
    [
      { ...deployment, type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated' },
      'good',
      'A rollout is in progress.',
    ],
    [
      { ...deployment, type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' },
      'bad',
      'The rollout has stopped (ProgressDeadlineExceeded).',
    ],
    [
      { ...deployment, type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota' },
      'bad',
      'Pods cannot be created (FailedCreate): quota.',
    ],
    [{ kind: 'Node', type: 'DiskPressure', status: 'True' }, 'bad', 'The node is short of disk space.'],
    [{ kind: 'Node', type: 'DiskPressure', status: 'False' }, 'good', 'The node has enough disk space.'],
    [
      { kind: 'Node', type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown' },
      'neutral',
      'Ready is unknown (NodeStatusUnknown).',
    ],
    [
      { ...release, type: 'Ready', status: 'False', reason: 'InstallFailed', message: 'timeout' },
      'bad',
      'The release is not installed as described (InstallFailed): timeout.',
    ],
    [
      { ...release, type: 'Reconciling', status: 'True', reason: 'Progressing' },
      'neutral',
      'The controller works on a change (Progressing).',
    ],
    [{ kind: 'Widget', apiVersion: 'x.test/v1', type: 'Ready', status: 'True' }, 'good', 'The object is ready.'],
    [
      { kind: 'Widget', apiVersion: 'x.test/v1', type: 'BackupFailed', status: 'True', message: 'disk' },
      'bad',
      'BackupFailed is true: disk.',
    ],
    [
      { kind: 'Widget', apiVersion: 'x.test/v1', type: 'DatabaseReady', status: 'False' },
      'bad',
      'DatabaseReady is false.',
    ],
    [{ kind: 'Widget', apiVersion: 'x.test/v1', type: 'Sparkling', status: 'False' }, 'neutral', 'Sparkling is false.'],
    // Names that every JavaScript object has.
    [{ kind: 'constructor', type: 'constructor', status: 'True' }, 'neutral', 'constructor is true.'],
    [{ kind: 'Widget', type: '__proto__', status: 'toString' }, 'neutral', '__proto__ is tostring.'],
  ])('%o is %s: %s', (sample, tone, text) => {
    expect(sentence(sample)).toMatchObject({ tone, sentence: text })
  })

  it('hides secrets in the message, has one line and an end', () => {
    const message = `login\nfailed: https://user:hunter2@host/ ${'x'.repeat(2_000)}`
    const text = sentence({ kind: 'Pod', type: 'Ready', status: 'False', message })?.sentence ?? ''
    expect(text).toContain('login failed: https://***@host/')
    expect(text).not.toContain('hunter2')
    expect(text.length).toBeLessThan(700)
  })

  it('comes first if it is bad, and has no time that is none', () => {
    const conditions = [
      { type: 'Initialized', status: 'True', lastTransitionTime: 'yesterday' },
      { type: 'Ready', status: 'False', lastTransitionTime: '2026-03-01T10:00:00Z' },
    ]
    const shown = conditionSentences({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, status: { conditions } })
    expect(shown.map(({ type, since }) => [type, since])).toEqual([
      ['Ready', '2026-03-01T10:00:00.000Z'],
      ['Initialized', undefined],
    ])
  })

  it.each([undefined, 7, { conditions: 'none' }, { conditions: [7, null, {}] }])('%o has none', (status) => {
    expect(conditionSentences({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, status })).toEqual([])
  })
})
