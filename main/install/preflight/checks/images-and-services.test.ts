import { describe, expect, it } from 'vitest'
import { type ImagePulls, lookupsIn, pullOf } from '../facts/deep.ts'
import { deepJob, deepNamespace } from '../facts/deep-job.ts'
import type { ImageAnswer } from '../facts/registry.ts'
import { podSecurityViolations } from '../rules/pod-security.ts'
import { isLogStorage, serviceAccess } from '../rules/services.ts'
import { compareLookups } from './dns-resolve.ts'
import { comparePulls } from './image-node.ts'
import { compareImages } from './image-pull.ts'

describe('image.pull', () => {
  const answer = (outcome: ImageAnswer['outcome']): ImageAnswer[] => [
    { image: 'quay.io/a/b:1', outcome, detail: 'quay.io: x' },
  ]
  it.each([
    ['none', [], [], 'skipped'],
    ['found', ['quay.io/a/b:1'], answer('found'), 'pass'],
    ['missing', ['quay.io/a/b:1'], answer('missing'), 'fail'],
    ['denied', ['quay.io/a/b:1'], answer('denied'), 'warn'],
    ['unreachable', ['quay.io/a/b:1'], answer('unreachable'), 'unknown'],
    ['on all nodes', ['quay.io/a/b:1'], [], 'pass'],
    ['no reference', ['Not/An Image'], [], 'fail'],
  ] as const)('%s', (_, images, answers, verdict) => {
    expect(compareImages(images, new Set(), answers).verdict).toBe(verdict)
  })
})

describe('image.node', () => {
  it.each([
    ['ImagePullBackOff', { state: { waiting: { reason: 'ImagePullBackOff', message: 'm' } } }, 'failed'],
    ['ErrImagePull', { state: { waiting: { reason: 'ErrImagePull' } } }, 'failed'],
    ['a program that does not exist', { state: { terminated: { reason: 'StartError' } } }, 'pulled'],
    ['RunContainerError', { state: { waiting: { reason: 'RunContainerError' } } }, 'pulled'],
    ['ContainerCreating', { state: { waiting: { reason: 'ContainerCreating' } } }, 'unknown'],
    ['no state', {}, 'unknown'],
  ])('%s is %s', (_, status, outcome) => {
    expect(pullOf(status).outcome).toBe(outcome)
  })

  const pulls = (...outcomes: ImagePulls['pulls'][number]['outcome'][]): ImagePulls => ({
    node: 'a',
    pulls: outcomes.map((outcome) => ({ image: 'i', outcome, detail: '' })),
  })
  it.each([
    [pulls(), 'skipped'],
    [pulls('pulled', 'pulled'), 'pass'],
    [pulls('pulled', 'failed', 'unknown'), 'fail'],
    [pulls('pulled', 'unknown'), 'unknown'],
  ])('%j is %s', (given, verdict) => {
    expect(comparePulls(given).verdict).toBe(verdict)
  })
})

describe('the Job of a deep check', () => {
  const job = deepJob('n', 'demo', { containers: [{ name: 'c', image: 'i', command: ['x'] }], imagePullSecrets: ['s'] })

  it('is admitted at the level "restricted", and is ended and removed by the cluster', () => {
    expect(podSecurityViolations(job.spec.template.spec, 'restricted')).toEqual([])
    expect(job.spec.activeDeadlineSeconds + job.spec.ttlSecondsAfterFinished).toBeLessThanOrEqual(180)
    expect(job.spec.template.spec.automountServiceAccountToken).toBe(false)
  })

  it('is in a namespace of the plane that exists, or in "default"', () => {
    const ending = { metadata: { deletionTimestamp: 'x' } }
    expect(
      deepNamespace(
        new Map<string, unknown>([
          ['a', 'absent'],
          ['b', ending],
          ['c', { metadata: {} }],
        ]),
      ),
    ).toBe('c')
    expect(deepNamespace(new Map([['a', 'absent']]))).toBe('default')
  })
})

describe('dns.resolve', () => {
  const found = { name: 'a', address: '10.0.0.1', error: '' }
  it.each([
    ['found', [found], 'pass'],
    ['not found', [found, { name: 'b', address: '', error: 'ENOTFOUND' }], 'fail'],
    ['no answer', [], 'unknown'],
  ] as const)('%s', (_, lookups, verdict) => {
    expect(compareLookups(lookups, 'why').verdict).toBe(verdict)
  })

  it.each([
    ['[{"name":"a","address":"10.0.0.1","error":""}]', 1],
    ['no JSON', 0],
    ['{}', 0],
    ['', 0],
  ])('the answer %s has %i lookups', (message, count) => {
    expect(lookupsIn(message)).toHaveLength(count)
  })
})

describe('services', () => {
  const service = (host: string, more: object = {}) => ({
    id: 's',
    component: 'agent',
    protocol: 'vault' as const,
    host,
    stored: false,
    ...more,
  })
  it.each([
    ['no host', service(''), 'its host is not set'],
    ['Azure', service('plane.vault.azure.net'), 'no kind of credential'],
    ['AWS', service('secretsmanager.eu-west-1.amazonaws.com'), 'an AWS identity'],
    ['a credential that is not stored', service('vault.test', { credential: 'key' }), '"key" is not stored'],
    ['a stored credential', service('vault.test', { credential: 'key', stored: true }), '"key" is stored'],
    ['none', service('vault.test'), 'names no credential'],
  ])('are unknown with the reason: %s', (_, endpoint, reason) => {
    const { verdict, message } = serviceAccess('key vault', [endpoint])
    expect(verdict).toBe('unknown')
    expect(message).toContain(reason)
  })

  it('are skipped if the profile names none', () => {
    expect(serviceAccess('key vault', []).verdict).toBe('skipped')
  })

  it.each([
    ['logs', true],
    ['observability-loki', true],
    ['catalog', false],
    ['blog', false],
  ])('%s stores logs: %s', (id, expected) => {
    expect(isLogStorage({ ...service('h'), protocol: 'https', id })).toBe(expected)
  })
})
