import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { createObject, deleteObject, listObjects } from '../../../lib/kubernetes/objects.ts'
import { kinds } from '../../observe/kinds.ts'
import { at, type KubernetesObject, listAt, nameOf, textAt } from '../../observe/kubernetes-object.ts'

/** Then the cluster ends the Job, and after the next time it removes it: also if Hangar was killed. */
const deadlineSeconds = 120
const removedAfterSeconds = 60
const pollMs = 1_000
const removalLimitMs = 10_000
/** The user "nobody" of distroless images. */
const nobody = 65_532

interface DeepContainer {
  readonly name: string
  readonly image: string
  readonly command: readonly string[]
}

interface DeepPod {
  readonly containers: readonly DeepContainer[]
  readonly imagePullSecrets: readonly string[]
}

/** A pod of the Pod Security level "restricted", in a Job that ends and is removed by the cluster. Pure. */
export function deepJob(name: string, namespace: string, { containers, imagePullSecrets }: DeepPod) {
  const labels = { 'app.kubernetes.io/managed-by': 'hangar', 'hangar/preflight': 'deep' }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: deadlineSeconds,
      ttlSecondsAfterFinished: removedAfterSeconds,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 1,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          imagePullSecrets: imagePullSecrets.map((secret) => ({ name: secret })),
          securityContext: {
            runAsNonRoot: true,
            runAsUser: nobody,
            runAsGroup: nobody,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: containers.map((container) => ({
            ...container,
            imagePullPolicy: 'IfNotPresent',
            resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '200m', memory: '128Mi' } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
          })),
        },
      },
    },
  }
}

/** The states of a pod’s containers; empty until it has one. */
export interface DeepOutcome {
  readonly node: string
  readonly statuses: readonly unknown[]
  /** Why there is no pod, or why it is not scheduled. */
  readonly waiting: string
}

/**
 * Runs a Job until `isDone`, or until its deadline, and removes it whatever happens; a kill leaves it to the cluster. Throws what the API
 * server refuses, or the abort reason.
 */
export async function runDeepJob(
  client: KubernetesClient,
  namespace: string,
  pod: DeepPod,
  isDone: (statuses: readonly unknown[]) => boolean,
  signal: AbortSignal,
): Promise<DeepOutcome> {
  const name = `hangar-preflight-${randomBytes(4).toString('hex')}`
  try {
    await createObject(client, deepJob(name, namespace, pod), signal)
    const endMs = Date.now() + deadlineSeconds * 1_000
    for (;;) {
      const [found] = await listObjects(client, kinds.pod, { namespace, labelSelector: `job-name=${name}` }, signal)
      const outcome = outcomeOf(found)
      if (isDone(outcome.statuses) || Date.now() > endMs) return outcome
      await sleep(pollMs, undefined, { signal })
    }
  } finally {
    const limit = AbortSignal.timeout(removalLimitMs)
    await deleteObject(client, kinds.job, { namespace, name }, { propagation: 'background' }, limit).catch(() => false)
  }
}

function outcomeOf(pod: KubernetesObject | undefined): DeepOutcome {
  if (pod === undefined) return { node: '', statuses: [], waiting: 'its pod was not created' }
  const scheduled = listAt(pod, 'status', 'conditions').find((each) => textAt(each, 'type') === 'PodScheduled')
  return {
    node: textAt(pod, 'spec', 'nodeName') ?? '',
    statuses: listAt(pod, 'status', 'containerStatuses'),
    waiting: textAt(scheduled, 'message') ?? `${nameOf(pod)} does not start`,
  }
}

/** The namespace for deep checks: one of the plane that exists, since quotas and policies are those of the plane. */
export const deepNamespace = (namespaces: ReadonlyMap<string, unknown>): string =>
  [...namespaces].find(
    ([, state]) => typeof state === 'object' && at(state, 'metadata', 'deletionTimestamp') === undefined,
  )?.[0] ?? 'default'
