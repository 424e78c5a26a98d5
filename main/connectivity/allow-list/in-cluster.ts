import { isIP } from 'node:net'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import type { ApiServer, Backend } from './destination.ts'
import { serviceOf } from './policy-file.ts'
import type { ClusterWorkload, ComponentPlace } from './workloads.ts'

/** What a policy needs of a cluster: whom it selects, and what is behind names of Services. */
export interface ClusterView {
  readonly workloads: readonly ClusterWorkload[]
  readonly backends: Readonly<Record<string, Backend>>
  readonly apiServers: readonly ApiServer[]
}

export const emptyClusterView: ClusterView = { workloads: [], backends: {}, apiServers: [] }

/** For all questions together: a list without an answer is still a list. */
export const clusterViewLimitMs = 5_000

export interface ClusterQuery {
  readonly places: readonly ComponentPlace[]
  /** Hosts of rows inside the cluster, with the port that they name. */
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
 * Reads, and changes nothing. What cannot be read (no permission, not there, no answer in time) is not known, and the
 * policy says so; only the abort reason is thrown.
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
  const found = await read<WorkloadObject>(
    `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/${collection}/${encodeURIComponent(name)}`,
  )
  if (found?.spec === undefined) return undefined
  const { selector, template } = found.spec
  // Expressions cannot stand in matchLabels: all labels of its pods select them alone just as well.
  const narrow = (selector?.matchExpressions ?? []).length > 0 ? template?.metadata?.labels : selector?.matchLabels
  return { kind, namespace, name, labels: narrow ?? {}, hostNetwork: template?.spec?.hostNetwork === true }
}

const slicesOf = (read: Read, namespace: string, name: string): Promise<SliceList | undefined> =>
  read<SliceList>(
    `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/endpointslices?labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${name}`)}`,
  )

const serviceAt = (read: Read, namespace: string, name: string): Promise<ServiceObject | undefined> =>
  read<ServiceObject>(`/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${encodeURIComponent(name)}`)

/** A policy looks behind a Service: at its pods, on the port that they listen on. */
async function backendOf(read: Read, host: string, port: number): Promise<Backend | undefined> {
  const service = serviceOf(host)
  if (service === undefined || service.namespace === '') return undefined
  const [found, slices] = await Promise.all([
    serviceAt(read, service.namespace, service.name),
    slicesOf(read, service.namespace, service.name),
  ])
  const selector = found?.spec?.selector ?? {}
  const name = found?.spec?.ports?.find((each) => each.port === port)?.name ?? ''
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
