import { describe, expect, it } from 'vitest'
import type { DryRun } from '../../observe/dry-runs.ts'
import type { PodDryRun } from '../facts/pod-dry-runs.ts'
import { podSecurityViolations } from '../rules/pod-security.ts'
import { podsOf } from '../rules/pods.ts'
import { container, deployment, placed } from '../sample.ts'
import { compareDryRuns } from './admission-dry-run.ts'
import { comparePodDryRuns } from './admission-pods.ts'
import { compareWebhooks } from './admission-webhooks.ts'
import { compareLimitRanges } from './limits-range.ts'
import { comparePodSecurity } from './pod-security.ts'
import { compareQuotas } from './quota-headroom.ts'

const restricted = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [{ name: 'c', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
}

describe('the Pod Security Standards', () => {
  const inContainer = (securityContext: object) => ({ containers: [{ name: 'c', securityContext }] })
  it.each([
    ['a plain pod', { containers: [{ name: 'c' }] }, [], ['allowPrivilegeEscalation != false']],
    ['a restricted pod', restricted, [], []],
    ['the network of the node', { ...restricted, hostNetwork: true }, ['hostNetwork'], ['hostNetwork']],
    ['a privileged container', inContainer({ privileged: true }), ['privileged'], ['privileged']],
    ['an unusual capability', inContainer({ capabilities: { add: ['NET_ADMIN'] } }), ['capability NET_ADMIN'], []],
    ['a usual capability', inContainer({ capabilities: { add: ['CHOWN'] } }), [], ['capability CHOWN']],
    [
      'a folder of the node',
      { ...restricted, volumes: [{ hostPath: {} }] },
      ['hostPath volumes'],
      ['hostPath volumes'],
    ],
    ['an NFS volume', { ...restricted, volumes: [{ name: 'v', nfs: {} }] }, [], ['nfs volumes']],
    ['a port of the node', { containers: [{ ports: [{ hostPort: 80 }] }] }, ['hostPort'], []],
    ['no seccomp', inContainer({ seccompProfile: { type: 'Unconfined' } }), ['seccompProfile Unconfined'], []],
    [
      'a sysctl',
      { ...restricted, securityContext: { ...restricted.securityContext, sysctls: [{ name: 'kernel.msgmax' }] } },
      ['sysctl kernel.msgmax'],
      [],
    ],
    ['root', { ...restricted, securityContext: { ...restricted.securityContext, runAsUser: 0 } }, [], ['runAsUser=0']],
    [
      'an init container',
      { ...restricted, initContainers: [{ securityContext: { privileged: true } }] },
      ['privileged'],
      [],
    ],
  ] as const)('judge %s', (_, spec, baseline, atRestricted) => {
    expect(podSecurityViolations(spec, 'baseline')).toEqual(baseline)
    expect(podSecurityViolations(spec, 'restricted')).toEqual(expect.arrayContaining([...baseline, ...atRestricted]))
    expect(podSecurityViolations(spec, 'privileged')).toEqual([])
  })

  it('admit the restricted pod to a restricted namespace', () => {
    expect(podSecurityViolations(restricted, 'restricted')).toEqual([])
  })
})

describe('pod.security', () => {
  const pods = podsOf([placed(deployment({}))])
  const labelled = (labels: object) => new Map([['demo', { metadata: { name: 'demo', labels: { ...labels } } }]])
  it.each([
    ['no labels', labelled({}), 'pass'],
    ['enforce', labelled({ 'pod-security.kubernetes.io/enforce': 'restricted' }), 'fail'],
    ['enforce a level that the pods have', labelled({ 'pod-security.kubernetes.io/enforce': 'baseline' }), 'pass'],
    ['warn', labelled({ 'pod-security.kubernetes.io/warn': 'restricted' }), 'warn'],
    ['a namespace that will be created', new Map([['demo', 'absent' as const]]), 'pass'],
    ['a namespace that cannot be read', new Map([['demo', 'unreadable' as const]]), 'unknown'],
  ])('%s', (_, namespaces, verdict) => {
    expect(comparePodSecurity(pods, namespaces).verdict).toBe(verdict)
  })

  it('has nothing to check without pods', () => {
    expect(comparePodSecurity([], labelled({})).verdict).toBe('skipped')
  })
})

describe('quota.headroom', () => {
  const quota = (hard: object, used: object = {}, spec: object = {}) => ({
    metadata: { name: 'q', namespace: 'demo' },
    spec: { hard, ...spec },
    status: { used },
  })
  const two = [placed(deployment({ containers: [container({ requests: { cpu: '500m' } })] }, { replicas: 2 }))]
  const defaults = {
    metadata: { name: 'd', namespace: 'demo' },
    spec: { limits: [{ type: 'Container', default: { memory: '64Mi' }, defaultRequest: { memory: '32Mi' } }] },
  }
  const claim = {
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'd' },
    spec: { resources: { requests: { storage: '5Gi' } } },
  }
  const balancer = { kind: 'Service', metadata: { name: 's' }, spec: { type: 'LoadBalancer' } }
  it.each([
    ['room for both pods', quota({ 'requests.cpu': '2' }, { 'requests.cpu': '1' }), [], two, 'pass'],
    ['too little', quota({ 'requests.cpu': '2' }, { 'requests.cpu': '1500m' }), [], two, 'fail'],
    ['the short name', quota({ cpu: '500m' }), [], two, 'fail'],
    ['too few pods', quota({ pods: '1' }), [], two, 'fail'],
    ['a mandatory value that is not set', quota({ 'limits.memory': '1Gi' }), [], two, 'fail'],
    ['the same with a default', quota({ 'limits.memory': '1Gi' }), [defaults], two, 'pass'],
    ['a default beyond the quota', quota({ 'limits.memory': '100Mi' }), [defaults], two, 'fail'],
    ['storage', quota({ 'requests.storage': '4Gi' }), [], [placed(claim)], 'fail'],
    ['load balancers', quota({ 'services.loadbalancers': '0' }), [], [placed(balancer)], 'fail'],
    [
      'objects, and the record of the release',
      quota({ 'count/secrets': '1' }, { 'count/secrets': '1' }),
      [],
      two,
      'fail',
    ],
    ['a kind by its group', quota({ 'count/deployments.apps': '0' }), [], two, 'fail'],
    ['a resource that no pod has', quota({ 'requests.nvidia.com/gpu': '0' }), [], two, 'pass'],
    ['a scope that is not computed', quota({ pods: '0' }, {}, { scopes: ['BestEffort'] }), [], two, 'unknown'],
    ['a scope that matches', quota({ pods: '0' }, {}, { scopes: ['NotTerminating'] }), [], two, 'fail'],
    ['another namespace', { ...quota({ pods: '0' }), metadata: { name: 'q', namespace: 'other' } }, [], two, 'pass'],
  ])('%s', (_, one, ranges, objects, verdict) => {
    expect(compareQuotas([one], ranges, objects, 1).verdict).toBe(verdict)
  })

  it('counts a DaemonSet once for each node', () => {
    const daemonSet = { ...deployment({}), kind: 'DaemonSet' }
    expect(compareQuotas([quota({ pods: '2' })], [], [placed(daemonSet)], 3).verdict).toBe('fail')
    expect(compareQuotas([quota({ pods: '3' })], [], [placed(daemonSet)], 3).verdict).toBe('pass')
  })

  it('names the quota, what is used and what is needed', () => {
    const { evidence, message } = compareQuotas([quota({ cpu: '1' }, { cpu: '750m' })], [], two, 1)
    expect(message).toContain('cpu in demo')
    expect(evidence).toBe('demo/q: cpu 750m of 1 used; the plane needs 1')
  })
})

describe('limits.range', () => {
  const range = (limit: object) => [{ metadata: { name: 'r', namespace: 'demo' }, spec: { limits: [limit] } }]
  const pod = (resources: object) => [placed(deployment({ containers: [container(resources), container(resources)] }))]
  const small = { requests: { cpu: '100m' }, limits: { cpu: '200m' } }
  it.each([
    ['within', range({ type: 'Container', min: { cpu: '50m' }, max: { cpu: '1' } }), pod(small), 'pass'],
    ['below the minimum', range({ type: 'Container', min: { cpu: '150m' } }), pod(small), 'fail'],
    ['no request at all', range({ type: 'Container', min: { cpu: '1m' } }), pod({}), 'fail'],
    [
      'the default as the request',
      range({ type: 'Container', min: { cpu: '1m' }, defaultRequest: { cpu: '2m' } }),
      pod({}),
      'pass',
    ],
    ['above the maximum', range({ type: 'Container', max: { cpu: '100m' } }), pod(small), 'fail'],
    ['no limit at all', range({ type: 'Container', max: { cpu: '1' } }), pod({}), 'fail'],
    ['the ratio', range({ type: 'Container', maxLimitRequestRatio: { cpu: '1.5' } }), pod(small), 'fail'],
    ['a ratio that is permitted', range({ type: 'Container', maxLimitRequestRatio: { cpu: '2' } }), pod(small), 'pass'],
    ['the sum of a pod', range({ type: 'Pod', max: { cpu: '300m' } }), pod(small), 'fail'],
    [
      'a claim',
      range({ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }),
      [
        placed({
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'd' },
          spec: { resources: { requests: { storage: '5Gi' } } },
        }),
      ],
      'fail',
    ],
  ])('%s', (_, ranges, objects, verdict) => {
    expect(compareLimitRanges(ranges, objects).verdict).toBe(verdict)
  })

  it('has nothing to check without limit ranges', () => {
    expect(compareLimitRanges([], pod(small)).verdict).toBe('skipped')
  })
})

describe('admission.webhooks', () => {
  const discovery = {
    resources: [{ apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true, verbs: [] }],
  }
  const pods = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }
  const webhook = (more: object = {}) => [
    {
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'w' },
      webhooks: [
        {
          name: 'w.test',
          failurePolicy: 'Fail',
          rules: [pods],
          clientConfig: { service: { namespace: 'x', name: 's' } },
          ...more,
        },
      ],
    },
  ]
  const exempt = {
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['demo'] }],
    },
  }
  const down = new Map([['x/s', 0]])
  it.each([
    ['no server', webhook(), down, 'fail'],
    ['a server', webhook(), new Map([['x/s', 1]]), 'pass'],
    ['a server that cannot be read', webhook(), new Map([['x/s', undefined]]), 'pass'],
    ['failing open', webhook({ failurePolicy: 'Ignore' }), down, 'skipped'],
    ['the default policy', webhook({ failurePolicy: undefined }), down, 'fail'],
    ['an exempt namespace, also one that does not exist yet', webhook(exempt), down, 'skipped'],
    ['other labels', webhook({ objectSelector: { matchLabels: { app: 'other' } } }), down, 'skipped'],
    ['the labels of the pods', webhook({ objectSelector: { matchLabels: { app: 'web' } } }), down, 'fail'],
    ['only updates', webhook({ rules: [{ ...pods, operations: ['UPDATE'] }] }), down, 'skipped'],
    [
      'any resource',
      webhook({ rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }] }),
      down,
      'fail',
    ],
    ['objects of the cluster only', webhook({ rules: [{ ...pods, scope: 'Cluster' }] }), down, 'skipped'],
    [
      'a condition that can exclude it',
      webhook({ matchConditions: [{ name: 'c', expression: 'false' }] }),
      down,
      'warn',
    ],
    ['an address outside of the cluster', webhook({ clientConfig: { url: 'https://hook.example' } }), down, 'pass'],
  ] as const)('%s', (_, configurations, endpoints, verdict) => {
    const outcome = compareWebhooks(configurations, [placed(deployment({}))], discovery, new Map(), endpoints)
    expect(outcome.verdict).toBe(verdict)
  })
})

describe('the dry runs', () => {
  const run = (outcome: DryRun['outcome'], message = ''): DryRun => ({
    ...placed({ kind: 'ConfigMap', metadata: { name: 'c' } }),
    outcome,
    message,
  })
  it.each([
    ['accepted', [run('accepted')], 'pass'],
    ['refused', [run('accepted'), run('refused', 'denied by policy')], 'fail'],
    ['conflicts, which object.fields reports', [run('conflict')], 'pass'],
    ['an object that has to be created again', [run('immutable', 'field is immutable')], 'warn'],
    ['no namespace yet', [run('namespace-absent')], 'skipped'],
    ['some namespaces not yet', [run('accepted'), run('namespace-absent')], 'pass'],
    ['a webhook without dry runs', [run('accepted'), run('not-supported', 'does not support dry run')], 'unknown'],
    ['a missing permission', [run('not-permitted')], 'unknown'],
  ] as const)('of objects: %s', (_, runs, verdict) => {
    expect(compareDryRuns(runs).verdict).toBe(verdict)
  })

  it.each([
    ['failed calling webhook "w"', 'webhook'],
    ['.spec.x: field not declared in schema', 'crd.versions'],
    ['spec.selector: field is immutable', 'deleted and created'],
    ['denied', 'policy'],
  ])('have a hint that fits "%s"', (message, hint) => {
    expect(compareDryRuns([run('refused', message)]).hint).toContain(hint)
  })

  const [pod] = podsOf([placed(deployment({}))])
  const podRun = (outcome: PodDryRun['outcome'], message = ''): PodDryRun[] =>
    pod === undefined ? [] : [{ pod, outcome, message }]
  it.each([
    ['accepted', podRun('accepted'), 'pass'],
    ['refused', podRun('refused', 'exceeded quota: q'), 'fail'],
    ['not permitted', podRun('not-permitted'), 'unknown'],
    ['no namespace yet', podRun('namespace-absent'), 'skipped'],
    ['none', [], 'skipped'],
  ] as const)('of pods: %s', (_, runs, verdict) => {
    expect(comparePodDryRuns(runs).verdict).toBe(verdict)
  })
})
