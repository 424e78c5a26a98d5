import { describe, expect, it } from 'vitest'
import { type DesiredRelease, marks } from '../plan/desired.ts'
import { helmRelease, lostNulls, ociRepository, readHelmRelease } from './flux.ts'
import type { KubernetesObject } from './kubernetes-object.ts'

const wanted: DesiredRelease = {
  name: 'gateway',
  namespace: 'gw',
  title: 'Gateway',
  via: 'flux',
  timeoutSeconds: 120,
  chart: { file: '/x.tgz', digest: 'c', name: 'gateway', version: '1.0.0' },
  values: { a: 1, probe: null },
  source: { url: 'oci://registry.example/charts/gateway', tag: '1.0.0', insecure: false },
  desired: 'd1',
}

const release = (conditions: readonly object[], more: object = {}): KubernetesObject => ({
  metadata: {
    name: 'gateway',
    generation: 2,
    labels: { [marks.profile]: 'demo' },
    annotations: { [marks.desired]: 'd1' },
  },
  status: { observedGeneration: 2, conditions, ...more },
})
const ready = { type: 'Ready', status: 'True', reason: 'InstallSucceeded', message: 'done' }

describe('what a HelmRelease says', () => {
  it.each([
    ['absent when there is none', undefined, undefined, 'absent'],
    ['ready when it is', release([ready]), undefined, 'ready'],
    [
      'at work while the latest change has not been looked at',
      release([ready], { observedGeneration: 1 }),
      undefined,
      'working',
    ],
    ['at work until the retry that was asked for', release([ready], { lastHandledReconcileAt: 't1' }), 't2', 'working'],
    ['ready after that retry', release([ready], { lastHandledReconcileAt: 't2' }), 't2', 'ready'],
    [
      'at work while its source is not there',
      release([{ ...ready, status: 'False', reason: 'SourceNotReady' }]),
      undefined,
      'working',
    ],
    [
      'failed when the install failed',
      release([{ ...ready, status: 'False', reason: 'InstallFailed' }]),
      undefined,
      'failed',
    ],
    [
      'failed when it will not try again',
      release([
        { ...ready, status: 'Unknown' },
        { type: 'Stalled', status: 'True', reason: 'RetriesExceeded' },
      ]),
      undefined,
      'failed',
    ],
    ['at work when nothing is said yet', release([]), undefined, 'working'],
  ] as const)('is %s', (_, object, token, state) => {
    expect(readHelmRelease(object, token).state).toBe(state)
  })
})

describe('what Flux is given', () => {
  it('pins the three names that would make a second release if left out', () => {
    expect(helmRelease(wanted, 'demo').spec).toMatchObject({
      releaseName: 'gateway',
      targetNamespace: 'gw',
      storageNamespace: 'gw',
      chartRef: { kind: 'OCIRepository', name: 'gateway' },
    })
    expect(ociRepository(wanted, 'demo').spec).toEqual({
      interval: '10m',
      url: wanted.source?.url,
      ref: { tag: '1.0.0' },
    })
  })

  it('asks for one more try by annotations alone', () => {
    const { metadata } = helmRelease(wanted, 'demo', 't1')
    expect(metadata.annotations).toMatchObject({ 'reconcile.fluxcd.io/forceAt': 't1', [marks.desired]: 'd1' })
  })

  it('is missed where the cluster drops an empty value', () => {
    expect(lostNulls(wanted.values, { spec: { values: { a: 1 } } })).toEqual(['probe'])
    expect(lostNulls(wanted.values, { spec: { values: { a: 1, probe: null } } })).toEqual([])
  })
})
