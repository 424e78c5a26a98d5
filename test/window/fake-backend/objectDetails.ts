import type { ObjectDetails, ObjectStatus } from '../../../preload/contract/workloads.ts'
import { ago } from './clock.ts'

const yamlOf = ({
  kind,
  name,
  namespace,
  image,
  node,
}: ObjectStatus) => `apiVersion: ${kind === 'Pod' ? 'v1' : 'apps/v1'}
kind: ${kind}
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  nodeName: ${node ?? ''}
  containers:
    - name: agent
      image: ${image ?? ''}
      env:
        - name: CONTROL_PLANE
          value: cp.vendor.example:443
        - name: AGENT_TOKEN
          value: "***"
`

const containersOf = ({ kind, image = '', health }: ObjectStatus): ObjectDetails['containers'] => {
  if (image === '') return []
  const isPod = kind === 'Pod'
  const isDown = health === 'degraded'
  return [
    {
      name: 'agent',
      role: 'main',
      image,
      ...(isPod && {
        state: isDown
          ? {
              kind: 'waiting',
              reason: 'CrashLoopBackOff',
              message: 'back-off 5m0s restarting failed container=agent pod=agent-7d9f8c6b5-ax2kq_plane-system',
            }
          : { kind: 'running', since: ago(86_000), ready: true },
        restarts: isDown ? 6 : 0,
        ...(isDown && { last: { exitCode: 137, reason: 'OOMKilled', signal: 'SIGKILL', at: ago(70) } }),
      }),
      requests: [
        { resource: 'cpu', amount: '100m' },
        { resource: 'memory', amount: '128Mi' },
      ],
      limits: [{ resource: 'memory', amount: '256Mi' }],
      probes: [
        {
          kind: 'readiness',
          action: 'GET http://:8080/ready',
          periodSeconds: 10,
          timeoutSeconds: 1,
          failures: 3,
        },
      ],
    },
    {
      name: 'migrate',
      role: 'init',
      image: 'registry.hangar.test/planes/migrate:1.4.2',
      ...(isPod && { state: { kind: 'terminated', exitCode: 0, reason: 'Completed', at: ago(86_000) }, restarts: 0 }),
      requests: [],
      limits: [],
      probes: [],
    },
  ]
}

/** As the core describes an object, in the shapes of the contract. */
export function objectDetails(object: ObjectStatus): ObjectDetails {
  const isDown = object.health === 'degraded'
  const since = object.since ?? ago(86_000)
  const conditions: ObjectDetails['conditions'] =
    object.kind === 'Pod'
      ? [
          isDown
            ? {
                type: 'Ready',
                sentence:
                  'The pod is not ready and gets no requests (ContainersNotReady): containers with unready status: [agent].',
                tone: 'bad',
                since,
              }
            : { type: 'Ready', sentence: 'The pod is ready and gets requests.', tone: 'good', since },
          { type: 'PodScheduled', sentence: 'A node was chosen for the pod.', tone: 'good', since: ago(86_000) },
        ]
      : object.kind === 'Deployment'
        ? [
            { type: 'Progressing', sentence: 'The last rollout is complete.', tone: 'good', since: ago(86_000) },
            { type: 'Paused', sentence: 'Paused is false.', tone: 'neutral' },
          ]
        : []
  const containers = containersOf(object)
  return {
    readAt: ago(0),
    conditions,
    containers,
    yaml: yamlOf(object),
    hidden: containers.length > 0 ? 1 : 0,
    cut: false,
  }
}
