import { describe, expect, it } from 'vitest'
import { Problem } from '../../../preload/contract/problem.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { KubernetesError } from '../../lib/kubernetes/failure.ts'
import { dryRuns, refusalOf } from './dry-runs.ts'

const answer = (code: number, message: string) =>
  new KubernetesError(code === 403 ? 'CLUSTER_FORBIDDEN' : 'CLUSTER_REFUSED', message, { code, reason: 'x', message })

it('a dry run stores nothing, also where it is tried again with force or under another name', async () => {
  const sent: unknown[] = []
  const resource = { kind: 'ConfigMap', name: 'configmaps', namespaced: true, verbs: ['patch'] }
  const client: KubernetesClient = {
    server: 'https://fake.invalid',
    async request<Answer>(method: string, path: string, { query }: { readonly query?: object }) {
      if (method === 'GET') return { resources: [resource] } as Answer
      sent.push([path.split('/').at(-1), query])
      throw answer(sent.length === 1 ? 409 : 422, 'refused')
    },
    stream: () => Promise.reject(new Error('not used here')),
    socket: () => Promise.reject(new Error('not used here')),
    close: async () => undefined,
  }
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'words' } }
  const resources = [{ ...resource, apiVersion: 'v1', plural: 'configmaps' }]
  const placed = { release: 'one', releaseNamespace: 'demo', namespace: 'demo', object }

  const [run] = await dryRuns(
    client,
    { version: '', apiVersions: ['v1'], resources },
    [placed],
    AbortSignal.timeout(5_000),
  )

  expect(run?.outcome).toBe('refused')
  expect(sent).toEqual(
    [
      ['words', false],
      ['words', true],
      ['hangar-dry-run', true],
    ].map(([name, force]) => [name, { fieldManager: 'helm', force, dryRun: 'All' }]),
  )
})

describe('the refusal of a dry run', () => {
  it.each([
    [409, 'Apply failed with 1 conflict: conflict with "kubectl": .spec.replicas', 'conflict'],
    [403, 'pods "p" is forbidden: exceeded quota: q', 'refused'],
    [403, 'pods "p" is forbidden: violates PodSecurity "restricted:latest"', 'refused'],
    [403, 'pods is forbidden: User "weak" cannot create resource "pods"', 'not-permitted'],
    [403, 'deployments.apps "d" is forbidden: User "weak" cannot patch resource "deployments"', 'not-permitted'],
    [400, 'admission webhook "w" does not support dry run', 'not-supported'],
    [404, 'namespaces "demo" not found', 'namespace-absent'],
    [422, 'Deployment.apps "d" is invalid: spec.selector: field is immutable', 'refused'],
    [500, 'Internal error occurred: failed calling webhook "w"', 'refused'],
  ])('HTTP %i "%s" is %s', (code, message, outcome) => {
    expect(refusalOf(answer(code, message))).toEqual({ outcome, message })
  })

  it('is no refusal if the API server is unreachable', () => {
    const away = new Problem('CLUSTER_UNREACHABLE', 'No connection.')
    expect(() => refusalOf(away)).toThrow(away)
  })
})
