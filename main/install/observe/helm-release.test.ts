import { describe, expect, it } from 'vitest'
import { labelKeys } from '../labels.ts'
import { readHelmRelease } from './helm-release.ts'
import type { KubernetesObject } from './kubernetes-object.ts'

const release = (conditions: readonly object[], more: object = {}): KubernetesObject => ({
  metadata: {
    name: 'gateway',
    generation: 2,
    labels: { [labelKeys.profile]: 'demo' },
    annotations: { [labelKeys.contentDigest]: 'd1' },
  },
  status: { observedGeneration: 2, conditions, ...more },
})
const ready = { type: 'Ready', status: 'True', reason: 'InstallSucceeded', message: 'done' }

describe('the state of a HelmRelease', () => {
  it.each([
    ['absent if it does not exist', undefined, undefined, 'absent'],
    ['ready if its condition is', release([ready]), undefined, 'ready'],
    [
      'working until the latest generation is observed',
      release([ready], { observedGeneration: 1 }),
      undefined,
      'working',
    ],
    [
      'working until the requested retry is handled',
      release([ready], { lastHandledReconcileAt: 't1' }),
      't2',
      'working',
    ],
    ['ready after the requested retry', release([ready], { lastHandledReconcileAt: 't2' }), 't2', 'ready'],
    [
      'working while its source is not ready',
      release([{ ...ready, status: 'False', reason: 'SourceNotReady' }]),
      undefined,
      'working',
    ],
    [
      'failed if the install failed',
      release([{ ...ready, status: 'False', reason: 'InstallFailed' }]),
      undefined,
      'failed',
    ],
    [
      'failed if no retries are left',
      release([
        { ...ready, status: 'Unknown' },
        { type: 'Stalled', status: 'True', reason: 'RetriesExceeded' },
      ]),
      undefined,
      'failed',
    ],
    ['working if it has no conditions yet', release([]), undefined, 'working'],
  ] as const)('is %s', (_, object, retryToken, state) => {
    expect(readHelmRelease(object, retryToken).state).toBe(state)
  })
})
