import { describe, expect, it } from 'vitest'
import { labelKeys } from '../labels.ts'
import type { DesiredRelease } from './desired.ts'
import { droppedNulls, helmRelease, ociRepository } from './flux-objects.ts'

const desired: DesiredRelease = {
  name: 'gateway',
  namespace: 'gw',
  title: 'Gateway',
  via: 'flux',
  timeoutSeconds: 120,
  chart: { file: '/x.tgz', digest: 'c', name: 'gateway', version: '1.0.0' },
  values: { a: 1, probe: null },
  source: { url: 'oci://registry.example/charts/gateway', tag: '1.0.0', insecure: false },
  contentDigest: 'd1',
}

describe('the objects for Flux', () => {
  it('set the three names without which Flux would create a second release', () => {
    expect(helmRelease(desired, 'demo').spec).toMatchObject({
      releaseName: 'gateway',
      targetNamespace: 'gw',
      storageNamespace: 'gw',
      chartRef: { kind: 'OCIRepository', name: 'gateway' },
    })
    expect(ociRepository(desired, 'demo').spec).toEqual({
      interval: '10m',
      url: desired.source?.url,
      ref: { tag: '1.0.0' },
    })
  })

  it('request a retry by annotations alone', () => {
    const { metadata } = helmRelease(desired, 'demo', 't1')
    expect(metadata.annotations).toMatchObject({ 'reconcile.fluxcd.io/forceAt': 't1', [labelKeys.contentDigest]: 'd1' })
  })

  it('are compared with the applied ones to find dropped nulls', () => {
    expect(droppedNulls(desired.values, { spec: { values: { a: 1 } } })).toEqual(['probe'])
    expect(droppedNulls(desired.values, { spec: { values: { a: 1, probe: null } } })).toEqual([])
  })
})
