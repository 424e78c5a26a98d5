import { certificate } from './certificate.ts'
import { conditionsOf, fromAbnormal, fromReady, isObserved } from './conditions.ts'
import { customResourceDefinition } from './custom-resource-definition.ts'
import { daemonSet } from './daemonset.ts'
import { deployment } from './deployment.ts'
import { countIn, numberIn } from './fields.ts'
import { flux } from './flux.ts'
import { gateway, route } from './gateway.ts'
import { cronJob, job } from './job.ts'
import { namespace } from './namespace.ts'
import { node } from './node.ts'
import { type Assessment, groupOf, type KubernetesObject, type Rule, type Subject, subjectOf } from './object.ts'
import { pod } from './pod.ts'
import { replicaSet } from './replicaset.ts'
import { service } from './service.ts'
import { statefulSet } from './statefulset.ts'
import { volumeClaim } from './volume-claim.ts'

/** By `Kind.group`, whatever the version; the core group has an empty name. */
const rules: Readonly<Record<string, Rule>> = {
  'Pod.': pod,
  'Service.': service,
  'PersistentVolumeClaim.': volumeClaim,
  'Namespace.': namespace,
  'Node.': node,
  'Deployment.apps': deployment,
  'StatefulSet.apps': statefulSet,
  'DaemonSet.apps': daemonSet,
  'ReplicaSet.apps': replicaSet,
  'Job.batch': job,
  'CronJob.batch': cronJob,
  'CustomResourceDefinition.apiextensions.k8s.io': customResourceDefinition,
  'Certificate.cert-manager.io': certificate,
  'Gateway.gateway.networking.k8s.io': gateway,
  'HTTPRoute.gateway.networking.k8s.io': route,
  'GRPCRoute.gateway.networking.k8s.io': route,
  'HelmRelease.helm.toolkit.fluxcd.io': flux,
  'Kustomization.kustomize.toolkit.fluxcd.io': flux,
  'OCIRepository.source.toolkit.fluxcd.io': flux,
  'HelmRepository.source.toolkit.fluxcd.io': flux,
  'HelmChart.source.toolkit.fluxcd.io': flux,
  'GitRepository.source.toolkit.fluxcd.io': flux,
  'Bucket.source.toolkit.fluxcd.io': flux,
}

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

const longestReason = 500

/**
 * The health of any Kubernetes object, from its own fields. Pure.
 * Order and rules are those of kstatus (https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus), with Argo
 * CD's rules for pods and load balancers. Unlike in kstatus, a custom resource without a reported status is unknown.
 */
export function assess(object: KubernetesObject, nowMs: number): Assessment {
  const assessment = assessSubject(subjectOf(object), nowMs)
  const reason = assessment.reason.replaceAll(/\s+/g, ' ').trim()
  return { ...assessment, reason: reason.length <= longestReason ? reason : `${reason.slice(0, longestReason - 1)}…` }
}

function assessSubject(object: Subject, nowMs: number): Assessment {
  const { metadata, status, kind, apiVersion } = object
  if (metadata.deletionTimestamp !== undefined) return terminating(object)
  const group = groupOf(apiVersion)
  const rule = rules[`${kind}.${group}`]
  if (rule === flux) return flux(object, nowMs) ?? unreported
  if (!isObserved(object)) {
    return { health: 'progressing', reason: 'Its controller has not observed the latest change yet' }
  }
  const conditions = conditionsOf(status)
  const assessment = fromAbnormal(conditions) ?? rule?.(object, nowMs) ?? fromReady(conditions)
  if (assessment !== undefined) return assessment
  // A controller that has observed this generation without setting a condition has reported no problem.
  if (kubernetesGroups.has(group) || numberIn(status, 'observedGeneration') !== undefined) {
    return { health: 'healthy', reason: 'Exists', since: metadata.creationTimestamp }
  }
  return unreported
}

const unreported: Assessment = { health: 'unknown', reason: 'Its controller has not reported its status yet' }

/** deletionTimestamp is the end of the grace period, so the deletion was requested earlier. */
function terminating({ metadata }: Subject): Assessment {
  const endMs = Date.parse(metadata.deletionTimestamp ?? '')
  const requestedMs = endMs - countIn(metadata, 'deletionGracePeriodSeconds') * 1_000
  const finalizers = Array.isArray(metadata.finalizers) ? metadata.finalizers : []
  return {
    health: 'progressing',
    reason:
      finalizers.length === 0 ? 'Being deleted' : `Being deleted; waits for the finalizers ${finalizers.join(', ')}`,
    since: Number.isNaN(requestedMs) ? undefined : new Date(requestedMs).toISOString(),
  }
}
