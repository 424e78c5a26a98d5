import { Problem } from '../../../preload/contract/problem.ts'
import type { LogSource } from '../../../preload/contract/profiles.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import type { KubernetesObject } from '../../lib/kubernetes/resources.ts'
import { withPermission } from '../collect/missing-permission.ts'
import { type Ask, type EngineRange, labelNames, quoted, seriesOf } from './loki.ts'

/** A container of which an engine has lines, and the log source that it belongs to. */
export interface EngineContainer {
  readonly source: LogSource
  readonly pod: string
  readonly container: string
  /** Chooses its streams. */
  readonly labels: Readonly<Record<string, string>>
}

/** The labels by which an engine names what a line is from. */
export interface OriginLabels {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

/** Promtail and Alloy; OpenTelemetry (https://grafana.com/docs/loki/latest/send-data/otel/); Fluent Bit. */
const conventions: readonly OriginLabels[] = [
  { namespace: 'namespace', pod: 'pod', container: 'container' },
  { namespace: 'k8s_namespace_name', pod: 'k8s_pod_name', container: 'k8s_container_name' },
  { namespace: 'namespace_name', pod: 'pod_name', container: 'container_name' },
  { namespace: 'kubernetes_namespace_name', pod: 'kubernetes_pod_name', container: 'kubernetes_container_name' },
]

/** Undefined where the engine has none of the usual labels. Pure. */
export const originLabels = (names: readonly string[]): OriginLabels | undefined =>
  conventions.find((labels) => Object.values(labels).every((label) => names.includes(label)))

/**
 * The part of a pod's name that it shares with the pods that its workload made before: without the random suffix, the hash of
 * a ReplicaSet, and the number of a StatefulSet. Pods that are gone are known by it. Names have no vowels in their suffix and
 * hash, of 10 digits as a rule (`k8s.io/apimachinery/pkg/util/rand`). Pure.
 */
export const workloadOf = (pod: string): string =>
  pod.replace(/(?:-[bcdfghjklmnpqrstvwxz2456789]{8,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}$|-\d{1,4}$/, '')

/** Streams of an engine by container. `others` are containers that belong to no source, as `NAMESPACE/POD/CONTAINER`. */
export interface FoundContainers {
  /** The labels by which the engine names what a line is from. */
  readonly names: OriginLabels
  readonly containers: readonly EngineContainer[]
  readonly others: readonly string[]
}

/**
 * Which source each container belongs to: one whose selector chooses a pod of the same workload now. `pods` has the names of
 * the pods that run, by source id. Pure.
 */
export function assignContainers(
  streams: readonly Readonly<Record<string, string>>[],
  names: OriginLabels,
  sources: readonly LogSource[],
  pods: ReadonlyMap<string, readonly string[]>,
): FoundContainers {
  const workloads = new Map(sources.map(({ id }) => [id, new Set((pods.get(id) ?? []).map(workloadOf))]))
  const containers = new Map<string, EngineContainer>()
  const others = new Set<string>()
  for (const stream of streams) {
    const [namespace = '', pod = '', container = ''] = [names.namespace, names.pod, names.container].map(
      (name) => stream[name],
    )
    const name = `${namespace}/${pod}/${container}`
    if (pod === '' || containers.has(name)) continue
    const source = sources.find(
      (each) =>
        each.namespace === namespace &&
        (each.container === undefined || each.container === container) &&
        workloads.get(each.id)?.has(workloadOf(pod)) === true,
    )
    if (source === undefined) others.add(name)
    else {
      const labels = { [names.namespace]: namespace, [names.pod]: pod, [names.container]: container }
      containers.set(name, { source, pod, container, labels })
    }
  }
  return { names, containers: [...containers.values()], others: [...others] }
}

/** The log sources of a plane, and what runs of them. */
export interface EngineSources {
  readonly sources: readonly LogSource[]
  /** Names of the pods that run, by source id. */
  readonly pods: ReadonlyMap<string, readonly string[]>
}

/**
 * The containers of the sources of which the engine has lines in a range; undefined where it has no line at all.
 * Throws LOG_ENGINE_UNAVAILABLE, LOG_ENGINE_REFUSED.
 */
export async function findContainers(
  { sources, pods, ...range }: EngineSources & EngineRange,
  ask: Ask,
  signal: AbortSignal,
): Promise<FoundContainers | undefined> {
  const names = await labelNames(ask, range, signal)
  const labels = originLabels(names)
  if (labels === undefined) {
    if (names.length === 0) return undefined
    throw new Problem(
      'LOG_ENGINE_UNAVAILABLE',
      'The log engine does not label its lines with namespace, pod and container.',
      `Its labels: ${names.slice(0, 50).join(', ')}`,
    )
  }
  const namespaces = [...new Set(sources.map(({ namespace }) => namespace))]
  const streams: Readonly<Record<string, string>>[] = []
  for (const namespace of namespaces)
    streams.push(...(await seriesOf(ask, selectorOf({ [labels.namespace]: namespace }), range, signal)))
  return assignContainers(streams, labels, sources, pods)
}

/** Chooses the streams with these labels. Pure. */
export const selectorOf = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(',')}}`

/** Names of the pods that each source's selector chooses now, by source id. Throws CLUSTER_*. */
export async function podsOf(
  client: KubernetesClient,
  sources: readonly LogSource[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const pods = new Map<string, readonly string[]>()
  for (const { id, namespace, selector } of sources) {
    const query = { labelSelector: selector }
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`
    const { items } = await client
      .request<{ items: KubernetesObject[] }>('GET', path, { query }, signal)
      .catch((error: unknown) => {
        throw withPermission(error, 'list pods', namespace)
      })
    pods.set(
      id,
      items.map(({ metadata }) => metadata.name),
    )
  }
  return pods
}
