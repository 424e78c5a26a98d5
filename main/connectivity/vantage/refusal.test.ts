import { describe, expect, it } from 'vitest'
import { Problem } from '../../../preload/contract/problem.ts'
import { KubernetesError } from '../../lib/kubernetes/failure.ts'
import type { KubernetesObject } from '../../lib/kubernetes/resources.ts'
import { causeOfMessage, podStage, Refused, refusalOf } from './refusal.ts'

const refused = (code: number, message: string) =>
  new KubernetesError('CLUSTER_REFUSED', message, { code, reason: 'x', message })

describe('what the API server says', () => {
  // Words as the API server, its plugins and the job controller say them.
  it.each([
    ['pods "p" is forbidden: exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0', 'vantage.quota'],
    ['pods "p" is forbidden: failed quota: q: must specify limits.cpu for: probe', 'vantage.quota'],
    ['pods "p" is forbidden: [maximum memory usage per Container is 64Mi, but limit is 256Mi]', 'vantage.quota'],
    [
      'pods "p" is forbidden: violates PodSecurity "restricted:latest": host namespaces (hostNetwork=true)',
      'vantage.admission',
    ],
    ['admission webhook "validate.kyverno.svc" denied the request: images must come from here', 'vantage.admission'],
    ["pods \"p\" is forbidden: ValidatingAdmissionPolicy 'x' with binding 'y' denied request: no", 'vantage.admission'],
    ['pods "p" is forbidden: unable to validate against any security context constraint: []', 'vantage.admission'],
    ['namespaces "nowhere" not found', 'vantage.absent'],
    ['error looking up service account plane/agent: serviceaccount "agent" not found', 'vantage.absent'],
    ['jobs.batch is forbidden: User "u" cannot create resource "jobs" in API group "batch"', undefined],
  ])('%s: %s', (words, cause) => {
    expect(causeOfMessage(words)).toBe(cause)
  })

  it.each([
    [refused(403, 'jobs.batch is forbidden: User "u" cannot create resource "jobs"'), 'rbac.denied'],
    [refused(403, 'exceeded quota: q, requested: count/jobs.batch=1'), 'vantage.quota'],
    [refused(401, 'Unauthorized'), 'vantage.unreachable'],
    [refused(404, 'the server could not find the requested resource'), 'vantage.absent'],
    [refused(422, 'Job.batch "x" is invalid: spec.template'), 'vantage.admission'],
    [refused(503, 'the server is currently unable to handle the request'), 'vantage.unreachable'],
    [new Problem('CLUSTER_UNREACHABLE', 'No connection to https://x.'), 'vantage.unreachable'],
    [new Problem('TIMED_OUT', 'x did not answer in time.'), 'vantage.unreachable'],
    [new Problem('PROBE_MISSING', 'The probe for pods is not there.'), 'vantage.failed'],
    [new Refused({ cause: 'vantage.timeout', message: 'late' }), 'vantage.timeout'],
    [new TypeError('x is not a function'), 'vantage.failed'],
  ])('%s: %s', (error, cause) => {
    expect(refusalOf(error).cause).toBe(cause)
  })
})

const pod = (status: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'probe', image: 'registry.test/node:24' }] },
  status,
})
const container = (state: object): object => ({ phase: 'Pending', containerStatuses: [{ name: 'probe', state }] })
const scheduled = (status: string, message = '') => ({
  phase: 'Pending',
  conditions: [{ type: 'PodScheduled', status, reason: 'Unschedulable', message }],
})

describe('what a pod is doing', () => {
  it.each([
    ['waits for a node', {}, 'waiting'],
    ['waits for its image', scheduled('True'), 'waiting'],
    ['has no node', scheduled('False', '0/1 nodes are available: 1 Insufficient memory.'), 'unschedulable'],
    ['runs', container({ running: {} }), 'log'],
    ['has ended', container({ terminated: { exitCode: 0, reason: 'Completed' } }), 'log'],
    ['ended badly, with a log', container({ terminated: { exitCode: 1, reason: 'Error' } }), 'log'],
    [
      'cannot fetch its image',
      container({ waiting: { reason: 'ErrImagePull', message: 'not found' } }),
      'vantage.image',
    ],
    ['does not try again', container({ waiting: { reason: 'ImagePullBackOff' } }), 'vantage.image'],
    ['has an image that is no name', container({ waiting: { reason: 'InvalidImageName' } }), 'vantage.image'],
    [
      'has no Node in its image',
      container({
        terminated: { exitCode: 128, reason: 'StartError', message: 'exec: "node": executable file not found' },
      }),
      'vantage.image',
    ],
    [
      'waits for its files, which come after it',
      container({ waiting: { reason: 'CreateContainerConfigError', message: 'configmap "x" not found' } }),
      'waiting',
    ],
    ['was too long', { phase: 'Failed', reason: 'DeadlineExceeded' }, 'vantage.timeout'],
    [
      'was driven out',
      { phase: 'Failed', reason: 'Evicted', message: 'The node was low on memory.' },
      'vantage.failed',
    ],
    [
      'has a sidecar that runs before it',
      { phase: 'Pending', containerStatuses: [{ name: 'istio-proxy', state: { running: {} } }] },
      'waiting',
    ],
  ])('%s', (_what, status, expected) => {
    const stage = podStage(pod(status))
    expect(stage.kind === 'refused' ? stage.refusal.cause : stage.kind).toBe(expected)
  })
})
