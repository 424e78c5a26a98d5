import { describe, expect, it } from 'vitest'
import { Problem } from '../../../preload/contract/problem.ts'
import { KubernetesError } from '../../lib/kubernetes/failure.ts'
import type { KubernetesObject } from '../../lib/kubernetes/resources.ts'
import { causeOfMessage, podStage, Refused, refusalOf } from './refusal.ts'

const refused = (code: number, message: string) =>
  new KubernetesError('CLUSTER_REFUSED', message, { code, reason: 'x', message })

describe('the cause of a rejected request', () => {
  // Messages of the API server, its admission plugins and the Job controller.
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
  ])('for the message "%s" is %s', (message, cause) => {
    expect(causeOfMessage(message)).toBe(cause)
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
    [new Problem('PROBE_MISSING', 'The probe for pods is missing.'), 'vantage.failed'],
    [new Refused({ cause: 'vantage.timeout', message: 'late' }), 'vantage.timeout'],
    [new TypeError('x is not a function'), 'vantage.failed'],
  ])('for the error "%s" is %s', (error, cause) => {
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

describe('the stage of a pod that', () => {
  it.each([
    ['waits for a node', {}, 'waiting'],
    ['waits for its image', scheduled('True'), 'waiting'],
    ['has no node', scheduled('False', '0/1 nodes are available: 1 Insufficient memory.'), 'unschedulable'],
    ['runs', container({ running: {} }), 'log'],
    ['has ended', container({ terminated: { exitCode: 0, reason: 'Completed' } }), 'log'],
    ['failed, with a log', container({ terminated: { exitCode: 1, reason: 'Error' } }), 'log'],
    [
      'cannot pull its image',
      container({ waiting: { reason: 'ErrImagePull', message: 'not found' } }),
      'vantage.image',
    ],
    ['backs off from pulling its image', container({ waiting: { reason: 'ImagePullBackOff' } }), 'vantage.image'],
    ['has an invalid image name', container({ waiting: { reason: 'InvalidImageName' } }), 'vantage.image'],
    [
      'has no Node in its image',
      container({
        terminated: { exitCode: 128, reason: 'StartError', message: 'exec: "node": executable file not found' },
      }),
      'vantage.image',
    ],
    [
      'waits for its files, which are created after it',
      container({ waiting: { reason: 'CreateContainerConfigError', message: 'configmap "x" not found' } }),
      'waiting',
    ],
    ['exceeded its deadline', { phase: 'Failed', reason: 'DeadlineExceeded' }, 'vantage.timeout'],
    ['was evicted', { phase: 'Failed', reason: 'Evicted', message: 'The node was low on memory.' }, 'vantage.failed'],
    [
      'has a sidecar that starts first',
      { phase: 'Pending', containerStatuses: [{ name: 'istio-proxy', state: { running: {} } }] },
      'waiting',
    ],
  ])('%s is recognised', (_what, status, expected) => {
    const stage = podStage(pod(status))
    expect(stage.kind === 'refused' ? stage.refusal.cause : stage.kind).toBe(expected)
  })
})
