import { isIP } from 'node:net'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import type { ApiServer, Backend } from './destination.ts'
import { serviceOf } from './policy-file.ts'
import type { ClusterWorkload, ComponentPlace } from './workloads.ts'

/** What a policy needs from a cluster: the pods that it selects, and the pods behind Services. */
export interface ClusterView {
  readonly workloads: readonly ClusterWorkload[]
  readonly backends: Readonly<Record<string, Backend>>
  readonly apiServers: readonly ApiServer[]
}

export const emptyClusterView: ClusterView = { workloads: [], backends: {}, apiServers: [] }

/** For all requests together: an allow-list is useful without the cluster's data, too. */
export const clusterViewLimitMs = 5_000

export interface ClusterQuery {
  readonly places: readonly ComponentPlace[]
  /** Hosts and ports of endpoints inside the cluster. */
  readonly services: readonly { readonly host: string; readonly port: number }[]
}

interface WorkloadObject {
  readonly spec?: {
    readonly selector?: {
      readonly matchLabels?: Record<string, string>
      readonly matchExpressions?: readonly unknown[]
    }
    readonly template?: {
      readonly metadata?: { readonly labels?: Record<string, string> }
      readonly spec?: { readonly hostNetwork?: boolean }
    }
  }
}
interface ServiceObject {
  readonly spec?: {
    readonly clusterIPs?: readonly string[]
    readonly selector?: Record<string, string>
    readonly ports?: readonly { readonly name?: string; readonly port: number }[]
  }
}
interface SliceList {
  readonly items?: readonly {
    readonly endpoints?: readonly { readonly addresses?: readonly string[] }[]
    readonly ports?: readonly { readonly name?: string; readonly port?: number }[]
  }[]
}

const collections: Readonly<Record<string, string>> = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
}

/**
 * Reads from the cluster without changing it. What cannot be read (no permission, not found, timeout) is unknown, and the
 * policy reports it. Throws only the abort reason.
 */
export async function readClusterView(
  open: (signal: AbortSignal) => Promise<KubernetesClient>,
  { places, services }: ClusterQuery,
  signal: AbortSignal,
): Promise<ClusterView> {
  const client = await open(signal).catch(() => undefined)
  if (client === undefined) return emptyClusterView
  const read = <Answer>(path: string): Promise<Answer | undefined> =>
    client.request<Answer>('GET', path, {}, signal).catch(() => undefined)
  const [workloads, backends, apiServers] = await Promise.all([
    Promise.all(
      places.flatMap(({ parts, namespace }) =>
        parts.map((part) => workloadAt(read, { ...part, namespace: part.namespace ?? namespace })),
      ),
    ),
    Promise.all(services.map(async ({ host, port }) => [host, await backendOf(read, host, port)] as const)),
    apiServersOf(read),
  ])
  return {
    workloads: workloads.filter((each) => each !== undefined),
    backends: Object.fromEntries(backends.flatMap(([host, each]) => (each === undefined ? [] : [[host, each]]))),
    apiServers,
  }
}

type Read = <Answer>(path: string) => Promise<Answer | undefined>

async function workloadAt(
  read: Read,
  { kind, namespace, name }: { readonly kind: string; readonly namespace: string; readonly name: string },
): Promise<ClusterWorkload | undefined> {
  const collection = collections[kind]
  if (collection === undefined || namespace === '') return undefined
  const workload = await read<WorkloadObject>(
    `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/${collection}/${encodeURIComponent(name)}`,
  )
  if (workload?.spec === undefined) return undefined
  const { selector, template } = workload.spec
  // matchLabels cannot hold expressions: all labels of the pod template select the same pods.
  const labels = (selector?.matchExpressions ?? []).length > 0 ? template?.metadata?.labels : selector?.matchLabels
  return { kind, namespace, name, labels: labels ?? {}, hostNetwork: template?.spec?.hostNetwork === true }
}

const slicesOf = (read: Read, namespace: string, name: string): Promise<SliceList | undefined> =>
  read<SliceList>(
    `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/endpointslices?labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${name}`)}`,
  )

const serviceAt = (read: Read, namespace: string, name: string): Promise<ServiceObject | undefined> =>
  read<ServiceObject>(`/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${encodeURIComponent(name)}`)

/** A policy applies to the pods of a Service and to their container port. */
async function backendOf(read: Read, host: string, port: number): Promise<Backend | undefined> {
  const service = serviceOf(host)
  if (service === undefined || service.namespace === '') return undefined
  const [object, slices] = await Promise.all([
    serviceAt(read, service.namespace, service.name),
    slicesOf(read, service.namespace, service.name),
  ])
  const selector = object?.spec?.selector ?? {}
  const name = object?.spec?.ports?.find((each) => each.port === port)?.name ?? ''
  const ports = (slices?.items ?? []).flatMap((slice) =>
    (slice.ports ?? []).flatMap((each) => ((each.name ?? '') === name && each.port !== undefined ? [each.port] : [])),
  )
  return Object.keys(selector).length === 0 || ports.length === 0 ? undefined : { selector, ports: [...new Set(ports)] }
}

async function apiServersOf(read: Read): Promise<readonly ApiServer[]> {
  const [service, slices] = await Promise.all([
    serviceAt(read, 'default', 'kubernetes'),
    slicesOf(read, 'default', 'kubernetes'),
  ])
  const front = (service?.spec?.clusterIPs ?? []).flatMap((address) =>
    (service?.spec?.ports ?? []).map(({ port }) => ({ address, port })),
  )
  const behind = (slices?.items ?? []).flatMap(({ endpoints = [], ports = [] }) =>
    endpoints.flatMap(({ addresses = [] }) =>
      addresses.flatMap((address) => ports.flatMap(({ port }) => (port === undefined ? [] : [{ address, port }]))),
    ),
  )
  return [...front, ...behind].filter(({ address }) => isIP(address) !== 0)
}
