import type { ObjectCondition } from '../../preload/contract/workloads.ts'
import { expectedStatus } from '../health/condition-tables.ts'
import { type Condition, conditionsOf } from '../health/conditions.ts'
import { groupOf, type KubernetesObject, subjectOf } from '../health/object.ts'
import { redact } from '../lib/rules/redaction.ts'

interface Wording {
  readonly True: string
  readonly False: string
  /** The status when all is well; absent: neither of them is a fault. */
  readonly good?: 'True' | 'False'
}

const wording = (good: Wording['good'], True: string, False: string): Wording => ({
  True,
  False,
  ...(good !== undefined && { good }),
})

/**
 * What a condition says, by `Kind.group/Type`. Their meanings: https://kubernetes.io/docs/reference/kubernetes-api/,
 * https://fluxcd.io/flux/components/, https://cert-manager.io/docs/reference/api-docs/
 */
const wordings: Readonly<Record<string, Wording>> = {
  'Pod./PodScheduled': wording('True', 'A node was chosen for the pod', 'No node was chosen for the pod'),
  'Pod./PodReadyToStartContainers': wording(
    'True',
    'The network of the pod is set up',
    'The network of the pod is not set up',
  ),
  'Pod./Initialized': wording('True', 'All init containers have finished', 'Not all init containers have finished'),
  'Pod./ContainersReady': wording('True', 'All containers are ready', 'Not all containers are ready'),
  'Pod./Ready': wording('True', 'The pod is ready and gets requests', 'The pod is not ready and gets no requests'),
  'Pod./DisruptionTarget': wording(
    'False',
    'The pod is about to be terminated',
    'The pod is not about to be terminated',
  ),
  'Deployment.apps/Available': wording('True', 'Enough pods are available', 'Too few pods are available'),
  'Deployment.apps/Progressing': wording('True', 'A rollout is in progress', 'The rollout has stopped'),
  'Deployment.apps/ReplicaFailure': wording('False', 'Pods cannot be created', 'Pods can be created'),
  'ReplicaSet.apps/ReplicaFailure': wording('False', 'Pods cannot be created', 'Pods can be created'),
  'Job.batch/Complete': wording(undefined, 'The job has completed', 'The job has not completed'),
  'Job.batch/SuccessCriteriaMet': wording(undefined, 'The job has succeeded', 'The job has not succeeded yet'),
  'Job.batch/Failed': wording('False', 'The job has failed', 'The job has not failed'),
  'Job.batch/FailureTarget': wording('False', 'The job is about to fail', 'The job is not about to fail'),
  'Job.batch/Suspended': wording(undefined, 'The job is suspended', 'The job is not suspended'),
  'Node./Ready': wording('True', 'The node is ready for pods', 'The node is not ready for pods'),
  'Node./MemoryPressure': wording('False', 'The node is short of memory', 'The node has enough memory'),
  'Node./DiskPressure': wording('False', 'The node is short of disk space', 'The node has enough disk space'),
  'Node./PIDPressure': wording('False', 'The node has too many processes', 'The node has room for processes'),
  'Node./NetworkUnavailable': wording(
    'False',
    'The network of the node is not set up',
    'The network of the node is set up',
  ),
  'HorizontalPodAutoscaler.autoscaling/AbleToScale': wording(
    'True',
    'The number of pods can be changed',
    'The number of pods cannot be changed',
  ),
  'HorizontalPodAutoscaler.autoscaling/ScalingActive': wording(
    'True',
    'The metrics are known',
    'The metrics are unknown, so that nothing is scaled',
  ),
  'HorizontalPodAutoscaler.autoscaling/ScalingLimited': wording(
    undefined,
    'The number of pods is at a limit',
    'The number of pods is within its limits',
  ),
  'PodDisruptionBudget.policy/DisruptionAllowed': wording(
    undefined,
    'A pod may be evicted',
    'No pod may be evicted now',
  ),
  'PersistentVolumeClaim./Resizing': wording(
    undefined,
    'The volume is being resized',
    'The volume is not being resized',
  ),
  'PersistentVolumeClaim./FileSystemResizePending': wording(
    undefined,
    'The file system is resized when a pod uses the volume',
    'The file system has its size',
  ),
  'HelmRelease.helm.toolkit.fluxcd.io/Ready': wording(
    'True',
    'The release is installed as described',
    'The release is not installed as described',
  ),
  'HelmRelease.helm.toolkit.fluxcd.io/Released': wording(
    'True',
    'The last install or upgrade succeeded',
    'The last install or upgrade failed',
  ),
  'HelmRelease.helm.toolkit.fluxcd.io/TestSuccess': wording(
    'True',
    'The tests of the release passed',
    'A test of the release failed',
  ),
  'HelmRelease.helm.toolkit.fluxcd.io/Remediated': wording(
    undefined,
    'The release was rolled back or uninstalled',
    'The release could not be rolled back or uninstalled',
  ),
  'OCIRepository.source.toolkit.fluxcd.io/ArtifactInStorage': wording(
    'True',
    'The artifact is stored',
    'The artifact is not stored',
  ),
  'OCIRepository.source.toolkit.fluxcd.io/FetchFailed': wording(
    'False',
    'The last fetch failed',
    'The last fetch succeeded',
  ),
  'Certificate.cert-manager.io/Ready': wording('True', 'The certificate is valid', 'The certificate is not valid'),
  'Certificate.cert-manager.io/Issuing': wording(
    undefined,
    'A new certificate is being issued',
    'No new certificate is being issued',
  ),
  'CustomResourceDefinition.apiextensions.k8s.io/Established': wording(
    'True',
    'The API server serves this kind',
    'The API server does not serve this kind',
  ),
  'CustomResourceDefinition.apiextensions.k8s.io/NamesAccepted': wording(
    'True',
    'No other kind has these names',
    'Another kind has these names',
  ),
  'APIService.apiregistration.k8s.io/Available': wording('True', 'The API is available', 'The API is not available'),
  'Gateway.gateway.networking.k8s.io/Accepted': wording(
    'True',
    'The controller accepts the gateway',
    'The controller does not accept the gateway',
  ),
  'Gateway.gateway.networking.k8s.io/Programmed': wording(
    'True',
    'The gateway is configured',
    'The gateway is not configured',
  ),
}

/** Of any kind. */
const commonWordings: Readonly<Record<string, Wording>> = {
  Ready: wording('True', 'The object is ready', 'The object is not ready'),
  Available: wording('True', 'The object is available', 'The object is not available'),
  Reconciling: wording(undefined, 'The controller works on a change', 'The controller has nothing to do'),
  Stalled: wording('False', 'The controller cannot continue', 'The controller can continue'),
}

/** A rollout that is over leaves Progressing True. https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#complete-deployment */
const finishedRollout = {
  kind: 'Deployment.apps/Progressing',
  reason: 'NewReplicaSetAvailable',
  text: 'The last rollout is complete',
}

const shownConditions = 100
const shownCharacters = 500

/** The conditions of an object as sentences; those that are bad first. Pure. */
export function conditionSentences(object: KubernetesObject): ObjectCondition[] {
  const { status, metadata, apiVersion, kind } = subjectOf(object)
  const key = `${kind}.${groupOf(apiVersion)}`
  const all = [...conditionsOf(status, metadata).values()].map((condition) => described(key, condition))
  return all.sort((a, b) => Number(b.tone === 'bad') - Number(a.tone === 'bad')).slice(0, shownConditions)
}

function described(kind: string, condition: Condition): ObjectCondition {
  const { type, status, since } = condition
  const known = wordings[`${kind}/${type}`] ?? (Object.hasOwn(commonWordings, type) ? commonWordings[type] : undefined)
  const tone = toneOf(status, known === undefined ? expectedStatus(kind, type) : known.good)
  const sentence = `${subjectOfSentence(kind, condition, known)}${tone === 'good' ? '' : explained(condition)}`
  return {
    type: type.slice(0, 300),
    sentence: sentence.endsWith('.') ? sentence : `${sentence}.`,
    tone,
    ...(since !== undefined && !Number.isNaN(Date.parse(since)) && { since: new Date(since).toISOString() }),
  }
}

function toneOf(status: string, good: Wording['good']): ObjectCondition['tone'] {
  if (good === undefined) return 'neutral'
  if (status === good) return 'good'
  return status === 'True' || status === 'False' ? 'bad' : 'neutral'
}

function subjectOfSentence(kind: string, { type, status, reason }: Condition, known: Wording | undefined): string {
  if (`${kind}/${type}` === finishedRollout.kind && status === 'True' && reason === finishedRollout.reason) {
    return finishedRollout.text
  }
  if (known !== undefined && (status === 'True' || status === 'False')) return known[status]
  return `${type.slice(0, 300)} is ${status.toLowerCase().slice(0, 50)}`
}

/** Reason and message of the controller. */
function explained({ reason, message }: Condition): string {
  const why = reason === '' ? '' : ` (${reason.slice(0, 200)})`
  const text = redact(message.slice(0, 4 * shownCharacters))
    .replaceAll(/\s+/g, ' ')
    .trim()
  const short = text.length > shownCharacters ? `${text.slice(0, shownCharacters)} …` : text
  return short === '' ? why : `${why}: ${short}`
}
