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

/** Groups that Kubernetes itself serves: their objects are there once they exist, without conditions that say so. */
const ownGroups = new Set([
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
 * What any Kubernetes object says of itself. Pure: the same object at the same time gives the same answer.
 * Order and rules are kstatus' (https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus) with Argo CD's
 * Pod and LoadBalancer; and a custom resource that nobody has reported on is unknown, where kstatus says it is fine.
 */
export function assess(object: KubernetesObject, nowMs: number): Assessment {
  const found = judge(subjectOf(object), nowMs)
  const reason = found.reason.replaceAll(/\s+/g, ' ').trim()
  return { ...found, reason: reason.length <= longestReason ? reason : `${reason.slice(0, longestReason - 1)}…` }
}

function judge(object: Subject, nowMs: number): Assessment {
  const { metadata, status, kind, apiVersion } = object
  if (metadata.deletionTimestamp !== undefined) return terminating(object)
  const group = groupOf(apiVersion)
  const rule = rules[`${kind}.${group}`]
  if (rule === flux) return flux(object, nowMs) ?? unreported
  if (!isObserved(object)) {
    return { health: 'progressing', reason: 'Its controller has not seen the latest change yet' }
  }
  const conditions = conditionsOf(status)
  const said = fromAbnormal(conditions) ?? rule?.(object, nowMs) ?? fromReady(conditions)
  if (said !== undefined) return said
  // A controller that has seen this very generation and complains of nothing has reported.
  if (ownGroups.has(group) || numberIn(status, 'observedGeneration') !== undefined) {
    return { health: 'healthy', reason: 'There', since: metadata.creationTimestamp }
  }
  return unreported
}

const unreported: Assessment = { health: 'unknown', reason: 'Its controller has not reported on it yet' }

/** The time in the object is when the deletion may end at the latest: the grace is part of it. */
function terminating({ metadata }: Subject): Assessment {
  const endMs = Date.parse(metadata.deletionTimestamp ?? '')
  const asked = endMs - countIn(metadata, 'deletionGracePeriodSeconds') * 1_000
  const held = Array.isArray(metadata.finalizers) ? metadata.finalizers : []
  return {
    health: 'progressing',
    reason: held.length === 0 ? 'Being deleted' : `Being deleted; held by ${held.join(', ')}`,
    since: Number.isNaN(asked) ? undefined : new Date(asked).toISOString(),
  }
}
