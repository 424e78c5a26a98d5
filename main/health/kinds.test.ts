import { describe, expect, it } from 'vitest'
import { assess } from './assess.ts'
import type { Fields } from './fields.ts'
import { durationMs } from './flux.ts'
import { ago, nowMs, sample } from './sample.ts'
import { isWorse } from './worst.ts'

const condition = (type: string, status: string, reason = '', message = '', seconds = 60) => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: ago(seconds),
})
const conditions = (...all: readonly Fields[]): Fields => ({ conditions: all })

type Case = readonly [
  why: string,
  apiVersion: string,
  kind: string,
  given: { spec?: Fields; status?: Fields },
  health: string,
  reason: string,
]

const release = ['helm.toolkit.fluxcd.io/v2', 'HelmRelease'] as const
const cert = ['cert-manager.io/v1', 'Certificate'] as const
const crd = ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'] as const
const gateway = ['gateway.networking.k8s.io/v1', 'Gateway'] as const
const route = ['gateway.networking.k8s.io/v1', 'HTTPRoute'] as const
const widget = ['example.org/v1', 'Widget'] as const

const cases: readonly Case[] = [
  [
    'a load balancer without an address waits, though it has a cluster address',
    'v1',
    'Service',
    { spec: { type: 'LoadBalancer', clusterIP: '10.96.0.7' }, status: { loadBalancer: {} } },
    'progressing',
    'Waiting for an external address',
  ],
  [
    'a load balancer with an address is well',
    'v1',
    'Service',
    { spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [{ hostname: 'lb.example.org' }] } } },
    'healthy',
    'At lb.example.org',
  ],
  [
    'a service with a cluster address is well',
    'v1',
    'Service',
    { spec: { clusterIP: '10.96.0.7' } },
    'healthy',
    'At 10.96.0.7',
  ],
  ['a headless service is well', 'v1', 'Service', { spec: { clusterIP: 'None' } }, 'healthy', 'Headless'],
  ['a service without an address waits', 'v1', 'Service', { spec: {} }, 'progressing', 'Waiting for a cluster address'],
  [
    'a name for another host is well',
    'v1',
    'Service',
    { spec: { type: 'ExternalName', externalName: 'a.example.org' } },
    'healthy',
    'Alias of a.example.org',
  ],

  ['a claim that is bound is well', 'v1', 'PersistentVolumeClaim', { status: { phase: 'Bound' } }, 'healthy', 'Bound'],
  [
    'a claim that is pending waits',
    'v1',
    'PersistentVolumeClaim',
    { status: { phase: 'Pending' } },
    'progressing',
    'Waiting for a volume',
  ],
  [
    'a claim that lost its volume is degraded',
    'v1',
    'PersistentVolumeClaim',
    { status: { phase: 'Lost' } },
    'degraded',
    'Its volume was lost',
  ],

  ['a namespace that is active is well', 'v1', 'Namespace', { status: { phase: 'Active' } }, 'healthy', 'Active'],
  [
    'a namespace that cannot go says what holds it',
    'v1',
    'Namespace',
    {
      status: {
        phase: 'Terminating',
        ...conditions(condition('NamespaceContentRemaining', 'True', 'SomeResourcesRemain', '2 pods')),
      },
    },
    'progressing',
    'SomeResourcesRemain: 2 pods',
  ],
  [
    'a node that is not ready is degraded',
    'v1',
    'Node',
    { status: conditions(condition('Ready', 'False', 'KubeletNotReady', 'no CNI')) },
    'degraded',
    'KubeletNotReady: no CNI',
  ],
  [
    'a node that does not answer is unknown',
    'v1',
    'Node',
    { status: conditions(condition('Ready', 'Unknown', 'NodeStatusUnknown')) },
    'unknown',
    'NodeStatusUnknown',
  ],
  ['a config map is healthy by being there', 'v1', 'ConfigMap', {}, 'healthy', 'Exists'],
  ['a cron job is healthy between its runs', 'batch/v1', 'CronJob', {}, 'healthy', 'Has not run yet'],
  ['a cron job may be suspended', 'batch/v1', 'CronJob', { spec: { suspend: true } }, 'suspended', 'Suspended'],

  ['a CRD is being set up before anyone said so', ...crd, {}, 'progressing', 'Not established yet'],
  [
    'a CRD is progressing while it is installed',
    ...crd,
    { status: conditions(condition('Established', 'False', 'Installing')) },
    'progressing',
    'Not established yet',
  ],
  [
    'a CRD is healthy once established',
    ...crd,
    { status: conditions(condition('NamesAccepted', 'True'), condition('Established', 'True')) },
    'healthy',
    'Established',
  ],
  [
    'a CRD whose names are taken is degraded',
    ...crd,
    { status: conditions(condition('NamesAccepted', 'False', 'PluralConflict', 'taken')) },
    'degraded',
    'PluralConflict: taken',
  ],

  [
    'a custom resource without a status is unknown',
    ...widget,
    {},
    'unknown',
    'Its controller has not reported its status yet',
  ],
  [
    'a custom resource with a status but no conditions is unknown',
    ...widget,
    { status: { phase: 'Fine' } },
    'unknown',
    'Its status does not tell its state: Fine',
  ],
  [
    'a custom resource that was observed without complaint is well',
    ...widget,
    { status: { observedGeneration: 1 } },
    'healthy',
    'Exists',
  ],
  [
    'a custom resource that is ready is well',
    ...widget,
    { status: conditions(condition('Ready', 'True', 'Done')) },
    'healthy',
    'Done',
  ],
  [
    'a custom resource that is not ready is progressing',
    ...widget,
    { status: conditions(condition('Ready', 'False', 'Working', 'step 2')) },
    'progressing',
    'Working: step 2',
  ],
  [
    'a custom resource that is stalled is degraded',
    ...widget,
    { status: conditions(condition('Stalled', 'True', 'Stuck'), condition('Ready', 'False')) },
    'degraded',
    'Stuck',
  ],
  [
    'a custom resource that is reconciling is progressing, though ready',
    ...widget,
    { status: conditions(condition('Reconciling', 'True', 'Working'), condition('Ready', 'True')) },
    'progressing',
    'Working',
  ],
  [
    'a custom resource with conditions of another shape is unknown',
    ...widget,
    { status: { conditions: { Ready: true } } },
    'unknown',
    'Its controller has not reported its status yet',
  ],

  ['a HelmRelease that nobody looked at is unknown', ...release, {}, 'unknown', 'Flux has not reconciled it yet'],
  [
    'a HelmRelease is progressing until the change was seen',
    ...release,
    { status: { observedGeneration: -1, ...conditions(condition('Ready', 'True')) } },
    'progressing',
    'Flux has not observed the latest change yet',
  ],
  [
    'a HelmRelease that is installed is well',
    ...release,
    { status: { observedGeneration: 1, ...conditions(condition('Ready', 'True', 'InstallSucceeded', 'v1')) } },
    'healthy',
    'InstallSucceeded: v1',
  ],
  ...['InstallFailed', 'UpgradeFailed', 'RollbackFailed', 'TestFailed', 'ArtifactFailed', 'ValuesError'].map(
    (reason): Case => [
      `a HelmRelease with ${reason} is degraded, though it is being tried again`,
      ...release,
      {
        status: conditions(
          condition('Reconciling', 'True', 'ProgressingWithRetry'),
          condition('Ready', 'False', reason, 'why'),
        ),
      },
      'degraded',
      `${reason}: why`,
    ],
  ),
  [
    'a HelmRelease that is stalled needs a person',
    ...release,
    {
      status: conditions(
        condition('Ready', 'False', 'UpgradeFailed'),
        condition('Stalled', 'True', 'RetriesExceeded', '3 times'),
      ),
    },
    'degraded',
    'Stalled: RetriesExceeded: 3 times',
  ],
  [
    'a HelmRelease that waits for another is progressing',
    ...release,
    { status: conditions(condition('Ready', 'False', 'DependencyNotReady', 'a')) },
    'progressing',
    'DependencyNotReady: a',
  ],
  [
    'a HelmRelease that works is progressing',
    ...release,
    { status: conditions(condition('Reconciling', 'True', 'Progressing', 'upgrading'), condition('Ready', 'Unknown')) },
    'progressing',
    'Progressing: upgrading',
  ],
  [
    'a HelmRelease that works for too long says so',
    ...release,
    { spec: { timeout: '30s' }, status: conditions(condition('Ready', 'Unknown', 'Progressing', 'upgrading', 31)) },
    'progressing',
    'Exceeds its timeout of 30s: Progressing: upgrading',
  ],
  [
    'a HelmRelease that is suspended is that, however it was',
    ...release,
    {
      spec: { suspend: true },
      status: { observedGeneration: 0, ...conditions(condition('Ready', 'False', 'InstallFailed')) },
    },
    'suspended',
    'Suspended',
  ],
  [
    'an OCIRepository that cannot be pulled is degraded',
    'source.toolkit.fluxcd.io/v1',
    'OCIRepository',
    {
      status: conditions(
        condition('Reconciling', 'True', 'ProgressingWithRetry'),
        condition('Ready', 'False', 'OCIArtifactPullFailed', '401'),
      ),
    },
    'degraded',
    'OCIArtifactPullFailed: 401',
  ],
  [
    'an OCIRepository with its artifact is well',
    'source.toolkit.fluxcd.io/v1beta2',
    'OCIRepository',
    { status: conditions(condition('Ready', 'True', 'Succeeded', 'stored')) },
    'healthy',
    'Succeeded: stored',
  ],

  [
    'a certificate that nobody looked at is unknown',
    ...cert,
    {},
    'unknown',
    'Its controller has not reported its status yet',
  ],
  [
    'a certificate that is issued says until when',
    ...cert,
    { status: { notAfter: ago(-3_600), ...conditions(condition('Ready', 'True', 'Ready')) } },
    'healthy',
    `Valid until ${ago(-3_600)}`,
  ],
  [
    'a certificate that has expired is degraded, whatever else it says',
    ...cert,
    { status: { notAfter: ago(1), ...conditions(condition('Ready', 'True', 'Ready')) } },
    'degraded',
    `Expired at ${ago(1)}`,
  ],
  [
    'a certificate that is being issued is progressing',
    ...cert,
    {
      status: conditions(
        condition('Ready', 'False', 'DoesNotExist'),
        condition('Issuing', 'True', 'DoesNotExist', 'issuing'),
      ),
    },
    'progressing',
    'DoesNotExist: issuing',
  ],
  [
    'a certificate whose issuing failed is degraded',
    ...cert,
    {
      status: conditions(
        condition('Ready', 'False', 'DoesNotExist'),
        condition('Issuing', 'False', 'Failed', 'rejected'),
      ),
    },
    'degraded',
    'Failed: rejected',
  ],

  [
    'a gateway that is programmed is well',
    ...gateway,
    { status: conditions(condition('Accepted', 'True'), condition('Programmed', 'True', 'Programmed')) },
    'healthy',
    'Programmed',
  ],
  [
    'a gateway that is pending is progressing',
    ...gateway,
    { status: conditions(condition('Accepted', 'True'), condition('Programmed', 'False', 'Pending')) },
    'progressing',
    'Pending',
  ],
  [
    'a gateway that is refused is degraded',
    ...gateway,
    { status: conditions(condition('Accepted', 'False', 'InvalidParameters')) },
    'degraded',
    'InvalidParameters',
  ],
  [
    'a gateway that nobody looked at is unknown',
    ...gateway,
    {},
    'unknown',
    'Its controller has not reported its status yet',
  ],
  [
    'a route whose backend is missing is degraded',
    ...route,
    {
      status: {
        parents: [conditions(condition('Accepted', 'True'), condition('ResolvedRefs', 'False', 'BackendNotFound'))],
      },
    },
    'degraded',
    'BackendNotFound',
  ],
  [
    'a route that all its gateways took is well',
    ...route,
    {
      status: {
        parents: [conditions(condition('Accepted', 'True'), condition('ResolvedRefs', 'True', 'ResolvedRefs'))],
      },
    },
    'healthy',
    'ResolvedRefs',
  ],
]

describe('health', () => {
  it.each(cases)('%s', (_, apiVersion, kind, given, health, reason) => {
    const object = sample(apiVersion, kind, { metadata: { generation: 1 }, ...given })

    expect(assess(object, nowMs)).toMatchObject({ health, reason })
  })

  it('is not of a kind of the same name in another group', () => {
    const foreign = sample('example.org/v1', 'Service', { spec: { clusterIP: '10.96.0.7' } })

    expect(assess(foreign, nowMs).health).toBe('unknown')
  })

  it('requests a recheck when a certificate expires', () => {
    const status = { notAfter: ago(-90), ...conditions(condition('Ready', 'True')) }

    expect(assess(sample(...cert, { status }), nowMs).recheckAtMs).toBe(nowMs + 90_000)
  })
})

describe('isWorse', () => {
  it('follows the order of the contract, unknown last', () => {
    const order = ['healthy', 'suspended', 'progressing', 'missing', 'degraded', 'unknown'] as const

    for (const [index, health] of order.entries()) {
      for (const better of order.slice(0, index)) {
        expect(isWorse(health, better)).toBe(true)
        expect(isWorse(better, health)).toBe(false)
      }
      expect(isWorse(health, health)).toBe(false)
    }
  })
})

describe('durationMs', () => {
  it.each([
    ['30s', 30_000],
    ['1h5m0.5s', 3_900_500],
    ['250ms', 250],
    ['soon', undefined],
    ['', undefined],
  ])('%s is %s', (text, expected) => {
    expect(durationMs(text)).toBe(expected)
  })
})
