import { describe, expect, it } from 'vitest'
import { containerDetails } from './container-details.ts'

const at = '2026-03-01T10:00:00.000Z'
const pod = (spec: object, status: object = {}) =>
  containerDetails({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec, status })
const one = (status: object) =>
  pod({ containers: [{ name: 'a' }] }, { containerStatuses: [{ name: 'a', ...status }] })[0]

describe('the containers of an object', () => {
  it('are those of a pod, the main ones first, with their roles', () => {
    const shown = pod({
      initContainers: [{ name: 'migrate' }, { name: 'proxy', restartPolicy: 'Always' }],
      containers: [{ name: 'app', image: 'registry.test/app:1' }],
      ephemeralContainers: [{ name: 'shell' }],
    })
    expect(shown.map(({ name, role }) => `${name} ${role}`)).toEqual([
      'app main',
      'migrate init',
      'proxy sidecar',
      'shell debug',
    ])
    expect(shown[0]).toEqual({
      name: 'app',
      role: 'main',
      image: 'registry.test/app:1',
      requests: [],
      limits: [],
      probes: [],
    })
  })

  it.each<[string, object, object]>([
    [
      'runs',
      { ready: true, restartCount: 0, state: { running: { startedAt: at } } },
      { state: { kind: 'running', ready: true, since: at }, restarts: 0 },
    ],
    [
      'waits after it was killed',
      {
        restartCount: 7,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: at, message: 'end of a log' } },
      },
      {
        state: { kind: 'waiting', reason: 'CrashLoopBackOff', message: 'back-off 5m0s' },
        restarts: 7,
        last: { exitCode: 137, reason: 'OOMKilled', signal: 'SIGKILL', at },
      },
    ],
    [
      'has ended',
      { state: { terminated: { exitCode: 1, reason: 'Error' } } },
      { state: { kind: 'terminated', exitCode: 1, reason: 'Error' } },
    ],
    ['has a status of another shape', { state: 'Running', lastState: [], restartCount: 'many' }, {}],
  ])('one that %s', (_, status, expected) => {
    expect(one(status)).toEqual({
      name: 'a',
      role: 'main',
      image: '',
      requests: [],
      limits: [],
      probes: [],
      ...expected,
    })
  })

  it('have requests, limits and probes, with the defaults of Kubernetes', () => {
    const [shown] = pod({
      containers: [
        {
          name: 'a',
          resources: { requests: { cpu: '100m' }, limits: { memory: '256Mi', 'example.test/gpu': 1 } },
          startupProbe: { grpc: { port: 9_000 } },
          readinessProbe: { httpGet: { path: '/ready', port: 'http', scheme: 'HTTPS' }, periodSeconds: 5 },
          livenessProbe: { exec: { command: ['check', 'TOKEN=hunter2'] }, timeoutSeconds: 2, failureThreshold: 9 },
        },
      ],
    })
    expect(shown).toMatchObject({
      requests: [{ resource: 'cpu', amount: '100m' }],
      limits: [
        { resource: 'memory', amount: '256Mi' },
        { resource: 'example.test/gpu', amount: '1' },
      ],
      probes: [
        {
          kind: 'startup',
          action: 'gRPC health check on port 9000',
          periodSeconds: 10,
          timeoutSeconds: 1,
          failures: 3,
        },
        { kind: 'readiness', action: 'GET https://:http/ready', periodSeconds: 5 },
        { kind: 'liveness', action: 'check TOKEN=***', timeoutSeconds: 2, failures: 9 },
      ],
    })
  })

  it('of a controller are those of its template, without a state', () => {
    const template = { spec: { containers: [{ name: 'app', image: 'a:1' }] } }
    const of = (kind: string, apiVersion: string, spec: object) =>
      containerDetails({
        apiVersion,
        kind,
        metadata: { name: 'x' },
        spec,
        status: { containerStatuses: [{ name: 'app' }] },
      })
    for (const shown of [
      of('Deployment', 'apps/v1', { template }),
      of('CronJob', 'batch/v1', { jobTemplate: { spec: { template } } }),
    ]) {
      expect(shown).toEqual([{ name: 'app', role: 'main', image: 'a:1', requests: [], limits: [], probes: [] }])
    }
    expect(of('Service', 'v1', {})).toEqual([])
  })
})
