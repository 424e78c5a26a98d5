import { gzipSync } from 'node:zlib'
import type { DesiredObject } from '../../../lib/kubernetes/apply.ts'
import type { Placement } from '../placement.ts'
import { holdsSecret, type Work } from './work.ts'

/** Label and annotation keys that identify a probe's objects, also for the run after one that was killed. */
export const labelKeys = {
  probe: 'hangar/probe',
  run: 'hangar/run',
  /** A hash of the user and the computer that started it. */
  host: 'hangar/host',
  /** Id and start time of the process that started it. */
  process: 'hangar/process',
} as const

/** The run, computer and process that start a probe. */
export interface Starter {
  readonly runId: string
  readonly host: string
  readonly process: string
}

export interface Manifest {
  readonly job: DesiredObject
  /** In the order of creation; the Job owns each. */
  readonly files: readonly DesiredObject[]
  /** Of the Job: the cluster then ends it. */
  readonly deadlineSeconds: number
}

/** From the creation of the Job to its first line: scheduling, and pulling an image of some hundred megabytes. */
const startSeconds = 90
/** A table in which every destination times out takes 15 s; the rest is for a slow node. */
const workSeconds = 60
/** The probe handles SIGTERM at once. */
const graceSeconds = 1
/** Time to read its log. Then the cluster removes the Job, its pod and its files if Hangar did not. */
const ttlSeconds = 60
/** Smaller work is not compressed, so that an administrator can read what it checks. */
const plainLimitBytes = 48_000

/** The objects of a probe in a pod. They conform to the Pod Security level "restricted". Pure. */
export function manifestOf(
  name: string,
  image: string,
  placement: Placement,
  bundle: string,
  work: Work,
  starter: Starter,
): Manifest {
  const { namespace, template, vantage } = placement
  const deadlineSeconds = startSeconds + workSeconds + (work.context.holdSeconds ?? 0)
  const probeLabels = {
    'app.kubernetes.io/managed-by': 'hangar',
    [labelKeys.probe]: vantage.kind,
    [labelKeys.run]: starter.runId,
    [labelKeys.host]: starter.host,
  }
  const metadata = { name, namespace, labels: probeLabels, annotations: { [labelKeys.process]: starter.process } }
  const secret = holdsSecret(work)
  const json = Buffer.from(JSON.stringify(work))
  const [key, bytes] = json.length > plainLimitBytes ? ['work.json.gz', gzipSync(json)] : ['work.json', json]
  const files: DesiredObject[] = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, immutable: true, data: { 'probe.cjs': bundle } },
    {
      apiVersion: 'v1',
      kind: secret ? 'Secret' : 'ConfigMap',
      metadata: { ...metadata, name: `${name}-work` },
      immutable: true,
      ...(secret || key !== 'work.json'
        ? { [secret ? 'data' : 'binaryData']: { [key]: bytes.toString('base64') } }
        : { data: { [key]: json.toString('utf8') } }),
    },
  ]
  const job: DesiredObject = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: {
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      activeDeadlineSeconds: deadlineSeconds,
      ttlSecondsAfterFinished: ttlSeconds,
      template: {
        metadata: {
          labels: { ...template?.labels, ...probeLabels },
          ...(Object.keys(template?.annotations ?? {}).length === 0 ? {} : { annotations: template?.annotations }),
        },
        spec: podSpec(image, placement, `/hangar/${key}`, {
          bundle: name,
          work: `${name}-work`,
          workIn: secret ? 'secret' : 'configMap',
        }),
      },
    },
  }
  return { job, files, deadlineSeconds }
}

interface Mounts {
  readonly bundle: string
  readonly work: string
  readonly workIn: 'secret' | 'configMap'
}

/** The user "nobody" of distroless images: not root, owner of no file. */
const nobody = 65_532

function podSpec(
  image: string,
  { hostNetwork, node, template, imagePullSecrets }: Placement,
  workFile: string,
  mounts: Mounts,
): object {
  const { bundle, work, workIn } = mounts
  const file = workFile.slice('/hangar/'.length)
  return {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: graceSeconds,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(template === undefined ? {} : { serviceAccountName: template.serviceAccount }),
    ...(imagePullSecrets.length === 0 ? {} : { imagePullSecrets }),
    ...(hostNetwork ? { hostNetwork: true, dnsPolicy: 'Default' } : {}),
    // Affinity rather than nodeName: the scheduler then reports a full node.
    ...(node === undefined ? {} : { affinity: onNode(node) }),
    nodeSelector: { 'kubernetes.io/os': 'linux', ...template?.nodeSelector },
    tolerations: hostNetwork ? [{ operator: 'Exists' }] : (template?.tolerations ?? []),
    // Never true: a Service sends this pod no traffic, unless it publishes addresses that are not ready (labels.ts).
    readinessGates: [{ conditionType: 'hangar/never-ready' }],
    securityContext: {
      runAsNonRoot: true,
      runAsUser: nobody,
      runAsGroup: nobody,
      fsGroup: nobody,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'probe',
        image,
        imagePullPolicy: 'IfNotPresent',
        command: ['node', '/hangar/probe.cjs', workFile],
        workingDir: '/hangar',
        resources: {
          requests: { cpu: '50m', memory: '96Mi' },
          limits: { cpu: '1', memory: '256Mi' },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          privileged: false,
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [{ name: 'hangar', mountPath: '/hangar', readOnly: true }],
      },
    ],
    volumes: [
      {
        name: 'hangar',
        projected: {
          defaultMode: 0o440,
          sources: [
            { configMap: { name: bundle, items: [{ key: 'probe.cjs', path: 'probe.cjs' }] } },
            { [workIn]: { name: work, items: [{ key: file, path: file }] } },
          ],
        },
      },
    ],
  }
}

const onNode = (node: string): object => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
    },
  },
})

/** The file with the Job as its owner, so that the cluster removes both together. */
export const ownedBy = (file: DesiredObject, job: { readonly name: string; readonly uid: string }): DesiredObject => ({
  ...file,
  metadata: {
    ...file.metadata,
    // blockOwnerDeletion needs a further permission where OwnerReferencesPermissionEnforcement is on.
    ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: job.name, uid: job.uid, blockOwnerDeletion: false }],
  },
})
