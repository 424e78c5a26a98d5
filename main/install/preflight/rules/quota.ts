import { at, type KubernetesObject, listAt, nameOf } from '../../observe/kubernetes-object.ts'
import type { PlacedObject } from '../../observe/live-objects.ts'
import { read } from './amounts.ts'
import type { RenderedPod } from './pods.ts'

/** The resources of a container after the defaults of its namespace's LimitRanges. */
export interface ContainerResources {
  readonly name: string
  readonly requests: Readonly<Record<string, unknown>>
  readonly limits: Readonly<Record<string, unknown>>
}

const recordAt = (value: unknown, ...path: string[]): Record<string, unknown> => ({ ...Object(at(value, ...path)) })

/** Entries of `spec.limits` of all LimitRanges of a namespace. */
export const limitsOf = (
  limitRanges: readonly KubernetesObject[],
): { readonly range: string; readonly limit: unknown }[] =>
  limitRanges.flatMap((range) => listAt(range, 'spec', 'limits').map((limit) => ({ range: nameOf(range), limit })))

/** Pure: as the admission controller LimitRanger sets them. A limit without a request becomes the request. */
export function containersWithDefaults(
  spec: unknown,
  limitRanges: readonly KubernetesObject[],
): readonly ContainerResources[] {
  const defaults = limitsOf(limitRanges).filter(({ limit }) => at(limit, 'type') === 'Container')
  return [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')].map((container) => {
    const limits = recordAt(container, 'resources', 'limits')
    const requests = { ...limits, ...recordAt(container, 'resources', 'requests') }
    for (const { limit } of defaults) {
      for (const [name, value] of Object.entries(recordAt(limit, 'default'))) limits[name] ??= value
      for (const [name, value] of Object.entries(recordAt(limit, 'defaultRequest'))) requests[name] ??= value
    }
    return { name: String(at(container, 'name') ?? ''), requests, limits }
  })
}

/** Names in a quota that count a pod's resources: `cpu` means `requests.cpu`. */
function podResource(name: string): { readonly of: 'requests' | 'limits'; readonly resource: string } | undefined {
  if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage') return { of: 'requests', resource: name }
  const [, of, resource] = /^(requests|limits)\.(cpu|memory|ephemeral-storage)$/.exec(name) ?? []
  return of === undefined || resource === undefined ? undefined : { of: of as 'requests' | 'limits', resource } // the two that match
}

/** Plurals that a quota counts by a name of its own. */
const counted: Readonly<Record<string, string>> = {
  ConfigMap: 'configmaps',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  ReplicationController: 'replicationcontrollers',
  ResourceQuota: 'resourcequotas',
  Secret: 'secrets',
  Service: 'services',
}
const groupsOfKinds: Readonly<Record<string, string>> = {
  Deployment: 'deployments.apps',
  StatefulSet: 'statefulsets.apps',
  DaemonSet: 'daemonsets.apps',
  Job: 'jobs.batch',
  CronJob: 'cronjobs.batch',
  Ingress: 'ingresses.networking.k8s.io',
}

/** A claim of its own, or of each replica of a StatefulSet. */
function claimsOf({ object }: PlacedObject): { readonly spec: unknown; readonly count: number }[] {
  if (object.kind === 'PersistentVolumeClaim') return [{ spec: object.spec, count: 1 }]
  if (object.kind !== 'StatefulSet') return []
  const count = Number(at(object, 'spec', 'replicas') ?? 1)
  return listAt(object, 'spec', 'volumeClaimTemplates').map((template) => ({ spec: at(template, 'spec'), count }))
}

export interface QuotaNeed {
  /** By the name in the quota. */
  readonly amount: number
  /** Pods that leave out a value which the quota makes mandatory. */
  readonly unset: readonly string[]
}

/** Pure: what the objects of one namespace add to a name of a quota; undefined if it is not computed. */
export function quotaNeed(
  name: string,
  pods: readonly RenderedPod[],
  objects: readonly PlacedObject[],
  limitRanges: readonly KubernetesObject[],
  nodes: number,
): QuotaNeed | undefined {
  const countOf = (pod: RenderedPod): number => pod.count ?? nodes
  const total = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0)
  const resource = podResource(name)
  if (resource !== undefined) {
    const each = pods.map((pod) => {
      const containers = containersWithDefaults(pod.spec, limitRanges)
      const values = containers.map((container) => container[resource.of][resource.resource])
      return { pod, unset: values.some((value) => value === undefined), amount: total(values.map(read)) * countOf(pod) }
    })
    return {
      amount: total(each.map(({ amount }) => amount)),
      unset: each.filter(({ unset }) => unset).map(({ pod }) => pod.workload),
    }
  }
  const amount = (value: number): QuotaNeed => ({ amount: value, unset: [] })
  if (name === 'pods' || name === 'count/pods') return amount(total(pods.map(countOf)))
  const claims = objects.flatMap(claimsOf)
  if (name === 'requests.storage')
    return amount(total(claims.map(({ spec, count }) => read(at(spec, 'resources', 'requests', 'storage')) * count)))
  if (name === 'persistentvolumeclaims' || name === 'count/persistentvolumeclaims')
    return amount(total(claims.map(({ count }) => count)))
  const servicesOf = (...types: string[]): number =>
    objects.filter(({ object }) => object.kind === 'Service' && types.includes(String(at(object, 'spec', 'type'))))
      .length
  if (name === 'services.loadbalancers') return amount(servicesOf('LoadBalancer'))
  if (name === 'services.nodeports') return amount(servicesOf('NodePort', 'LoadBalancer'))
  const plain = name.replace(/^count\//, '')
  const kind =
    Object.entries(counted).find(([, plural]) => plural === plain)?.[0] ??
    Object.entries(groupsOfKinds).find(([, plural]) => plural === plain)?.[0]
  if (kind === undefined) return undefined
  // Helm stores each release in a Secret.
  const records = kind === 'Secret' ? new Set(objects.map(({ release }) => release)).size : 0
  return amount(objects.filter(({ object }) => object.kind === kind).length + records)
}
