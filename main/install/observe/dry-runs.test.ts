import { describe, expect, it } from 'vitest'
import { Problem } from '../../../preload/contract/problem.ts'
import { KubernetesError } from '../../lib/kubernetes/failure.ts'
import { refusalOf } from './dry-runs.ts'

const answer = (code: number, message: string) =>
  new KubernetesError(code === 403 ? 'CLUSTER_FORBIDDEN' : 'CLUSTER_REFUSED', message, { code, reason: 'x', message })

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
