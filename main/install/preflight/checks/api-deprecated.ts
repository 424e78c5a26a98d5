import { coerce, gte } from 'semver'
import type { PlacedObject } from '../../observe/live-objects.ts'
import { type CheckOutcome, defineCheck, pass } from '../check.ts'

interface Deprecation {
  readonly apiVersion: string
  /** Undefined: every kind of this version. */
  readonly kinds?: readonly string[]
  readonly since: string
  readonly removedIn?: string
  readonly use: string
}

/** https://kubernetes.io/docs/reference/using-api/deprecation-guide/ */
export const deprecations: readonly Deprecation[] = [
  {
    apiVersion: 'extensions/v1beta1',
    kinds: ['Ingress'],
    since: '1.14',
    removedIn: '1.22',
    use: 'networking.k8s.io/v1',
  },
  { apiVersion: 'extensions/v1beta1', since: '1.8', removedIn: '1.16', use: 'apps/v1 or policy/v1' },
  { apiVersion: 'apps/v1beta1', since: '1.8', removedIn: '1.16', use: 'apps/v1' },
  { apiVersion: 'apps/v1beta2', since: '1.9', removedIn: '1.16', use: 'apps/v1' },
  {
    apiVersion: 'networking.k8s.io/v1beta1',
    kinds: ['Ingress', 'IngressClass'],
    since: '1.19',
    removedIn: '1.22',
    use: 'networking.k8s.io/v1',
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1beta1',
    since: '1.17',
    removedIn: '1.22',
    use: 'rbac.authorization.k8s.io/v1',
  },
  { apiVersion: 'apiextensions.k8s.io/v1beta1', since: '1.16', removedIn: '1.22', use: 'apiextensions.k8s.io/v1' },
  {
    apiVersion: 'admissionregistration.k8s.io/v1beta1',
    kinds: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
    since: '1.16',
    removedIn: '1.22',
    use: 'admissionregistration.k8s.io/v1',
  },
  { apiVersion: 'apiregistration.k8s.io/v1beta1', since: '1.19', removedIn: '1.22', use: 'apiregistration.k8s.io/v1' },
  {
    apiVersion: 'coordination.k8s.io/v1beta1',
    kinds: ['Lease'],
    since: '1.19',
    removedIn: '1.22',
    use: 'coordination.k8s.io/v1',
  },
  { apiVersion: 'scheduling.k8s.io/v1beta1', since: '1.14', removedIn: '1.22', use: 'scheduling.k8s.io/v1' },
  {
    apiVersion: 'storage.k8s.io/v1beta1',
    kinds: ['StorageClass', 'CSIDriver', 'CSINode', 'VolumeAttachment'],
    since: '1.19',
    removedIn: '1.22',
    use: 'storage.k8s.io/v1',
  },
  { apiVersion: 'batch/v1beta1', kinds: ['CronJob'], since: '1.21', removedIn: '1.25', use: 'batch/v1' },
  { apiVersion: 'discovery.k8s.io/v1beta1', since: '1.21', removedIn: '1.25', use: 'discovery.k8s.io/v1' },
  { apiVersion: 'policy/v1beta1', kinds: ['PodDisruptionBudget'], since: '1.21', removedIn: '1.25', use: 'policy/v1' },
  {
    apiVersion: 'policy/v1beta1',
    kinds: ['PodSecurityPolicy'],
    since: '1.21',
    removedIn: '1.25',
    use: 'the Pod Security labels of namespaces',
  },
  { apiVersion: 'autoscaling/v2beta1', since: '1.22', removedIn: '1.25', use: 'autoscaling/v2' },
  { apiVersion: 'autoscaling/v2beta2', since: '1.23', removedIn: '1.26', use: 'autoscaling/v2' },
  { apiVersion: 'node.k8s.io/v1beta1', since: '1.20', removedIn: '1.25', use: 'node.k8s.io/v1' },
  {
    apiVersion: 'storage.k8s.io/v1beta1',
    kinds: ['CSIStorageCapacity'],
    since: '1.24',
    removedIn: '1.27',
    use: 'storage.k8s.io/v1',
  },
  {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta2',
    since: '1.26',
    removedIn: '1.29',
    use: 'flowcontrol.apiserver.k8s.io/v1',
  },
  {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta3',
    since: '1.29',
    removedIn: '1.32',
    use: 'flowcontrol.apiserver.k8s.io/v1',
  },
  { apiVersion: 'v1', kinds: ['ComponentStatus'], since: '1.19', use: 'the health endpoints of the API server' },
  { apiVersion: 'v1', kinds: ['Endpoints'], since: '1.33', use: 'EndpointSlice of discovery.k8s.io/v1' },
]

/** Versions such as `1.33` without a patch. */
const isAtLeast = (version: string, minimum: string): boolean => {
  const [actual, least] = [coerce(version), coerce(minimum)]
  return actual !== null && least !== null && gte(actual, least)
}

/** Pure. `version`: of the API server. */
export function compareDeprecations(objects: readonly PlacedObject[], version: string): CheckOutcome {
  const found = objects.flatMap(({ release, object: { apiVersion, kind = '' } }) => {
    const entry = deprecations.find(
      (each) => each.apiVersion === apiVersion && (each.kinds === undefined || each.kinds.includes(kind)),
    )
    if (entry === undefined || !isAtLeast(version, entry.since)) return []
    const removed = entry.removedIn !== undefined && isAtLeast(version, entry.removedIn)
    const when = removed
      ? `removed in ${entry.removedIn}`
      : `deprecated since ${entry.since}${entry.removedIn === undefined ? '' : `, removed in ${entry.removedIn}`}`
    return [{ removed, line: `${release}: ${kind} of ${apiVersion}, ${when}; use ${entry.use}` }]
  })
  const linesOf = (removed: boolean) => [
    ...new Set(found.filter((each) => each.removed === removed).map(({ line }) => line)),
  ]
  const [removed, deprecated] = [linesOf(true), linesOf(false)]
  const hint = 'Use a newer version of the chart, or a value of it that chooses the API version.'
  if (removed.length > 0) {
    const message = `Kubernetes ${version} has removed ${removed.length} API versions that the charts use.`
    return { verdict: 'fail', message, hint, evidence: [...removed, ...deprecated].join('\n') }
  }
  if (deprecated.length > 0) {
    const message = `The charts use ${deprecated.length} deprecated API versions; a later Kubernetes does not have them.`
    return { verdict: 'warn', message, hint, evidence: deprecated.join('\n') }
  }
  return pass(`No object uses an API version that Kubernetes ${version} deprecates.`)
}

export const apiDeprecated = defineCheck({
  id: 'api.deprecated',
  title: 'Deprecated API versions',
  category: 'cluster',
  severity: 'strict',
  needs: ['placed', 'discovery'],
  about:
    'Compares the API version of each rendered object with the deprecation guide of Kubernetes. A removed version cannot be installed. A release whose manifest has a removed version cannot be upgraded by helm either.',
  remedy:
    'Use a newer chart. For a release that was installed before the cluster was upgraded, the record has to be changed first (the helm plugin `mapkubeapis` does it). AKS, EKS and GKE report such versions in their upgrade insights before they upgrade a cluster.',
  decide: ({ placed, discovery }) => compareDeprecations(placed, discovery.version),
})
