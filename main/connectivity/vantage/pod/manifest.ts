import { gzipSync } from 'node:zlib'
import type { Wanted } from '../../../lib/kubernetes/apply.ts'
import type { Placement } from '../placement.ts'
import { holdsSecret, type Work } from './work.ts'

/** By which a probe's objects are found again: by us in this run, and by the next run after a killed one. */
export const marks = {
  probe: 'hangar/probe',
  run: 'hangar/run',
  /** Which user of which computer started it, as a hash. */
  host: 'hangar/host',
  /** The process that started it: number and start. */
  process: 'hangar/process',
} as const

/** Who starts a probe. */
export interface Starter {
  readonly runId: string
  readonly host: string
  readonly process: string
}

export interface Manifest {
  readonly job: Wanted
  /** In the order of creation, each to be owned by the job. */
  readonly files: readonly Wanted[]
  /** The whole job's, after which the cluster ends it by itself. */
  readonly deadlineSeconds: number
}

/** From the creation of the job to its first line: scheduling, and pulling an image of some hundred megabytes. */
const startSeconds = 90
/** A table that is all black holes takes 15 s; the rest is for a slow node. */
const workSeconds = 60
/** The probe ends by itself; this is for one that does not hear. */
const graceSeconds = 1
/** For whoever wants to read its log; the cluster then removes job, pod and files, should Hangar not have done so. */
const keptSeconds = 60
/** Below this, the work is in the clear, so that a person can read what would be asked. */
const plainLimitBytes = 48_000

/** The objects that make a probe in a pod: what it needs, and nothing that Pod Security "restricted" forbids. Pure. */
export function manifestOf(
  name: string,
  image: string,
  place: Placement,
  bundle: string,
  work: Work,
  starter: Starter,
): Manifest {
  const { namespace, template: likeness, vantage } = place
  const deadlineSeconds = startSeconds + workSeconds + (work.context.holdSeconds ?? 0)
  const own = {
    'app.kubernetes.io/managed-by': 'hangar',
    [marks.probe]: vantage.kind,
    [marks.run]: starter.runId,
    [marks.host]: starter.host,
  }
  const metadata = { name, namespace, labels: own, annotations: { [marks.process]: starter.process } }
  const secret = holdsSecret(work)
  const json = Buffer.from(JSON.stringify(work))
  const [key, bytes] = json.length > plainLimitBytes ? ['work.json.gz', gzipSync(json)] : ['work.json', json]
  const files: Wanted[] = [
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
  const job: Wanted = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: {
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      activeDeadlineSeconds: deadlineSeconds,
      ttlSecondsAfterFinished: keptSeconds,
      template: {
        metadata: {
          labels: { ...likeness?.labels, ...own },
          ...(Object.keys(likeness?.annotations ?? {}).length === 0 ? {} : { annotations: likeness?.annotations }),
        },
        spec: podSpec(image, place, `/hangar/${key}`, {
          bundle: name,
          work: `${name}-work`,
          workIn: secret ? 'secret' : 'configMap',
        }),
      },
    },
  }
  return { job, files, deadlineSeconds }
}

interface Mounted {
  readonly bundle: string
  readonly work: string
  readonly workIn: 'secret' | 'configMap'
}

/** Any user that is not root and owns nothing. */
const nobody = 65_532

function podSpec(
  image: string,
  { hostNetwork, node, template: likeness, imagePullSecrets }: Placement,
  workFile: string,
  mounted: Mounted,
): object {
  const { bundle, work, workIn } = mounted
  const file = workFile.slice('/hangar/'.length)
  return {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: graceSeconds,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(likeness === undefined ? {} : { serviceAccountName: likeness.serviceAccount }),
    ...(imagePullSecrets.length === 0 ? {} : { imagePullSecrets }),
    ...(hostNetwork ? { hostNetwork: true, dnsPolicy: 'Default' } : {}),
    // By the scheduler, not past it: a full node then says so.
    ...(node === undefined ? {} : { affinity: onNode(node) }),
    nodeSelector: { 'kubernetes.io/os': 'linux', ...likeness?.nodeSelector },
    tolerations: hostNetwork ? [{ operator: 'Exists' }] : (likeness?.tolerations ?? []),
    // Never met: no Service sends this pod anything, whatever its labels.
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

/** The file as it is created: it goes with its job. */
export const ownedBy = (file: Wanted, job: { readonly name: string; readonly uid: string }): Wanted => ({
  ...file,
  metadata: {
    ...file.metadata,
    // Not blocking: setting that needs a permission of its own in some clusters.
    ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: job.name, uid: job.uid, blockOwnerDeletion: false }],
  },
})
