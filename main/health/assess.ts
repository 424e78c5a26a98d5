import { admissionPolicy } from './admission-policy.ts'
import { horizontalPodAutoscaler } from './autoscaler.ts'
import { bgpNodeConfig } from './bgp-node-config.ts'
import { certificate } from './certificate.ts'
import { ciliumNode } from './cilium-node.ts'
import { conditionsOfMost, conditionsOfSome, fromConditions, unknownTypes } from './condition-table.ts'
import { conditionTables, reportsNoStatus } from './condition-tables.ts'
import { conditionsOf, fromAbnormal, isObserved } from './conditions.ts'
import { customResourceDefinition } from './custom-resource-definition.ts'
import { daemonSet } from './daemonset.ts'
import { deletion } from './deletion.ts'
import { deployment } from './deployment.ts'
import { podDisruptionBudget } from './disruption-budget.ts'
import { clusterExternalSecret } from './external-secret.ts'
import { type Fields, listIn, numberIn, textIn } from './fields.ts'
import { flux } from './flux.ts'
import { gatekeeper } from './gatekeeper.ts'
import { binding, gateway, openShiftRoute, policy, route } from './gateway.ts'
import { ingress } from './ingress.ts'
import { cronJob, job } from './job.ts'
import { kafkaConnector } from './kafka-connector.ts'
import { kyvernoPolicy } from './kyverno.ts'
import { namespace } from './namespace.ts'
import { node } from './node.ts'
import { type Assessment, groupOf, type KubernetesObject, type Rule, type Subject, subjectOf } from './object.ts'
import { fromOwnFields, fromPhase, phasesOfMost, unknownWord } from './phase-table.ts'
import { phaseTables } from './phase-tables.ts'
import { pod } from './pod.ts'
import { fromReadyCounts } from './ready-counts.ts'
import { replicaSet } from './replicaset.ts'
import { resourceClaim } from './resource-claim.ts'
import { scaledObject } from './scaled-object.ts'
import { service } from './service.ts'
import { signingRequest } from './signing-request.ts'
import { statefulSet } from './statefulset.ts'
import { notReported, unreported } from './unreported.ts'
import { persistentVolume, volumeAttachment, volumeSnapshot } from './volume.ts'
import { volumeClaim } from './volume-claim.ts'
import { webhookConfiguration } from './webhook.ts'
import { isWorse } from './worst.ts'

/** By `Kind.group`, whatever the version; the core group has an empty name. */
const rules: Readonly<Record<string, Rule>> = {
  'Pod.': pod,
  'Service.': service,
  'PersistentVolumeClaim.': volumeClaim,
  'Namespace.': namespace,
  'Node.': node,
  'PersistentVolume.': persistentVolume,
  'ReplicationController.': replicaSet,
  'Deployment.apps': deployment,
  'StatefulSet.apps': statefulSet,
  'DaemonSet.apps': daemonSet,
  'ReplicaSet.apps': replicaSet,
  'Job.batch': job,
  'CronJob.batch': cronJob,
  'HorizontalPodAutoscaler.autoscaling': horizontalPodAutoscaler,
  'PodDisruptionBudget.policy': podDisruptionBudget,
  'Ingress.networking.k8s.io': ingress,
  'VolumeAttachment.storage.k8s.io': volumeAttachment,
  'ResourceClaim.resource.k8s.io': resourceClaim,
  'CertificateSigningRequest.certificates.k8s.io': signingRequest,
  'CiliumBGPNodeConfig.cilium.io': bgpNodeConfig,
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io': webhookConfiguration,
  'MutatingWebhookConfiguration.admissionregistration.k8s.io': webhookConfiguration,
  'CustomResourceDefinition.apiextensions.k8s.io': customResourceDefinition,
  'VolumeSnapshot.snapshot.storage.k8s.io': volumeSnapshot,
  'VolumeSnapshotContent.snapshot.storage.k8s.io': volumeSnapshot,
  'VolumeGroupSnapshot.groupsnapshot.storage.k8s.io': volumeSnapshot,
  'VolumeGroupSnapshotContent.groupsnapshot.storage.k8s.io': volumeSnapshot,
  'Certificate.cert-manager.io': certificate,
  'ClusterExternalSecret.external-secrets.io': clusterExternalSecret,
  'Gateway.gateway.networking.k8s.io': gateway,
  'ListenerSet.gateway.networking.k8s.io': gateway,
  'XListenerSet.gateway.networking.x-k8s.io': gateway,
  'CiliumNode.cilium.io': ciliumNode,
  'ScaledObject.keda.sh': scaledObject,
  'KafkaConnector.kafka.strimzi.io': kafkaConnector,
  'ValidatingAdmissionPolicy.admissionregistration.k8s.io': admissionPolicy,
}

/** Kinds whose objects have the same status in several groups, by what their status has. */
function ruleOf({ kind, apiVersion, status }: Subject): Rule | undefined {
  const group = groupOf(apiVersion)
  const rule = rules[`${kind}.${group}`]
  if (rule !== undefined) return rule
  if (group.endsWith('.toolkit.fluxcd.io') || group === 'fluxcd.controlplane.io') return flux
  if (group === 'constraints.gatekeeper.sh' || group === 'templates.gatekeeper.sh') return gatekeeper
  if (group === 'policies.kyverno.io') return kyvernoPolicy
  // Which Prometheus reads it: https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ConfigResourceStatus
  if (group === 'monitoring.coreos.com' && Array.isArray(status?.bindings)) return binding
  if (group === 'route.openshift.io' && kind === 'Route') return openShiftRoute
  // Routes and policies of the Gateway API, also those of its implementations: https://gateway-api.sigs.k8s.io/geps/gep-713/
  if (Array.isArray(status?.parents) || (group === gatewayGroup && kind.endsWith('Route'))) return route
  return Array.isArray(status?.ancestors) || (group === gatewayGroup && kind.endsWith('Policy')) ? policy : undefined
}

const gatewayGroup = 'gateway.networking.k8s.io'

/** Groups that Kubernetes itself serves: their objects are healthy once they exist, even without conditions. */
const kubernetesGroups = new Set([
  '',
  'apps',
  'batch',
  'autoscaling',
  'policy',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
])

/** Whether the kind is defined by a custom resource definition or an API of others. */
export const isCustomResource = (apiVersion: string): boolean => !kubernetesGroups.has(groupOf(apiVersion))

const longestReason = 500

/**
 * The health of any Kubernetes object, from its own fields. Pure.
 * Order and rules are those of kstatus (https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus), with Argo
 * CD's rules for pods and load balancers. Unlike in kstatus, a custom resource without a reported status is unknown.
 */
export function assess(object: KubernetesObject, nowMs: number, unhealthySince?: string): Assessment {
  const assessment = assessSubject(subjectOf(object), nowMs, unhealthySince)
  const reason = assessment.reason.replaceAll(/\s+/g, ' ').trim()
  return { ...assessment, reason: reason.length <= longestReason ? reason : `${reason.slice(0, longestReason - 1)}…` }
}

function assessSubject(object: Subject, nowMs: number, unhealthySince: string | undefined): Assessment {
  const { metadata, status } = object
  if (metadata.deletionTimestamp !== undefined) return deletion(object, nowMs)
  const rule = ruleOf(object)
  // Flux's conditions have an order of their own.
  if (rule === flux) return flux(object, nowMs) ?? unreported(object, nowMs)
  if (!isObserved(object)) {
    return { health: 'progressing', reason: 'Its controller has not observed the latest change yet' }
  }
  return (
    fromAbnormal(conditionsOf(status, metadata)) ??
    rule?.(object, nowMs, unhealthySince) ??
    fromStatus(object, nowMs, unhealthySince) ??
    fromExistence(object, nowMs, rule !== undefined)
  )
}

/** What its conditions and its phase say: by the table of its kind, otherwise as most controllers mean them. */
function fromStatus(object: Subject, nowMs: number, unhealthySince: string | undefined): Assessment | undefined {
  const { kind, apiVersion, metadata, spec, status } = object
  const key = `${kind}.${groupOf(apiVersion)}`
  const conditions = conditionsOf(status, metadata)
  const table = conditionTables[key]
  if (table !== undefined) return fromConditions(conditions, table, nowMs)
  const phases = phaseTables[key]
  if (phases !== undefined) return fromPhase(object, phases, nowMs)

  const whole = fromConditions(conditions, conditionsOfMost, nowMs)
  const assessments = [
    whole ?? fromConditions(conditions, conditionsOfSome, nowMs),
    ...phasesOfMost.map((each) => fromPhase(object, each, nowMs)),
    ...fromOwnFields(object, nowMs),
    fromFlags(status),
    // A controller that says Ready counts in its own way.
    whole === undefined ? fromReadyCounts(object, nowMs, unhealthySince) : undefined,
  ].filter((each) => each !== undefined)
  const isPaused = spec?.suspend === true || spec?.paused === true
  const worst = assessments.find((one) => !assessments.some((other) => isWorse(other.health, one.health)))
  return isPaused && worst?.health !== 'degraded' ? { health: 'suspended', reason: 'Suspended' } : worst
}

/** Fields of the status that some controllers use instead of conditions. */
function fromFlags(status: Fields | undefined): Assessment | undefined {
  const error = ['error', 'errorMessage', 'failureMessage']
    .map((key) => textIn(status, key))
    .find((text) => text !== undefined)
  if (error !== undefined) return { health: 'degraded', reason: error }
  const [message] = ['errors', 'validationErrors', 'validationMessages'].flatMap((key) => errorsIn(status, key))
  if (message !== undefined) return { health: 'degraded', reason: message }
  if (status?.valid === false) return { health: 'degraded', reason: 'Not valid' }
  return status?.ready === false ? { health: 'progressing', reason: 'Not ready' } : undefined
}

/** Texts, or objects with a message; Istio grades its own. */
function errorsIn(status: Fields | undefined, key: string): readonly string[] {
  const entries = status?.[key]
  const texts = Array.isArray(entries) ? entries.filter((entry) => typeof entry === 'string' && entry !== '') : []
  const isError = ({ level }: Fields): boolean => typeof level !== 'string' || /^error$/i.test(level)
  const messages = listIn(status, key).filter(isError)
  return [...texts, ...messages.map((entry) => textIn(entry, 'message') ?? textIn(entry, 'documentationUrl') ?? key)]
}

/** Of an object whose status says nothing. */
function fromExistence(object: Subject, nowMs: number, hasRule: boolean): Assessment {
  const { kind, apiVersion, metadata, status } = object
  const key = `${kind}.${groupOf(apiVersion)}`
  const exists: Assessment = { health: 'healthy', reason: 'Exists', since: metadata.creationTimestamp }
  const conditions = conditionsOf(status)
  const unclear = unknownTypes(conditions)
  const hasTable = key in conditionTables || key in phaseTables
  if (reportsNoStatus(key) && (hasTable || unclear.length === 0)) return exists
  if (hasRule || hasTable) return unreported(object, nowMs)
  if (kubernetesGroups.has(groupOf(apiVersion))) return exists
  const word = unknownWord(object)
  if (word !== undefined) return { health: 'unknown', reason: `Its status does not tell its state: ${word}` }
  // A controller that has observed this generation without setting a condition has reported no problem.
  if (unclear.length === 0 && numberIn(status, 'observedGeneration') !== undefined) return exists
  if (conditions.size > 0) {
    const types = unclear.length === 0 ? [...conditions.keys()] : unclear
    return { health: 'unknown', reason: `Its conditions do not tell its state: ${types.join(', ')}` }
  }
  // Many kinds never report a status. Without an age, nothing tells that this one is about to.
  if (metadata.creationTimestamp === undefined) return { health: 'unknown', reason: notReported }
  return unreported(object, nowMs)
}
