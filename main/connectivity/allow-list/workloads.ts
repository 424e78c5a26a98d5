import type { AllowListSubject, Destination, Workload } from './destination.ts'

/** A component of the profile. */
export interface ComponentPlace {
  readonly id: string
  readonly title: string
  readonly providedBy: string
  /** Of the release that contains it; empty: unknown. */
  readonly namespace: string
  readonly parts: readonly { readonly kind: string; readonly namespace?: string | undefined; readonly name: string }[]
}

/** A workload in the cluster. */
export interface ClusterWorkload {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** `spec.selector.matchLabels`: the labels that select its pods. */
  readonly labels: Readonly<Record<string, string>>
  readonly hostNetwork: boolean
}

/** Pods that the user chose instead of those of the profile. */
export interface ChosenPods {
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
}

const withPods: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'])

/**
 * The workloads that need a policy: those of each component with outbound destinations. Labels come from the cluster or the
 * user. Unknown labels are never guessed: a wrong or empty selector would select other pods.
 */
export function workloads(
  destinations: readonly Destination[],
  places: readonly ComponentPlace[],
  clusterWorkloads: readonly ClusterWorkload[],
  chosen: ChosenPods | undefined,
): readonly Workload[] {
  const components = [
    ...new Map(
      destinations
        .filter(({ direction, kind }) => direction === 'outbound' && kind !== 'nodes')
        .map(({ component, componentTitle }) => [component, componentTitle]),
    ),
  ]
  return components.flatMap(([component, componentTitle]): readonly Workload[] => {
    const place = places.find(({ id }) => id === component)
    const services = (place?.parts ?? []).flatMap(({ kind, namespace, name }) =>
      kind === 'Service' ? [{ namespace: namespace ?? place?.namespace ?? '', name }] : [],
    )
    const common = { component, componentTitle, services, hostNetwork: false }
    if (chosen !== undefined)
      return [
        { ...common, kind: 'pods', name: component, namespace: chosen.namespace, labels: orUndefined(chosen.labels) },
      ]
    if (place?.providedBy === 'vendor') return []
    const parts = place?.parts.filter(({ kind }) => withPods.has(kind)) ?? []
    if (parts.length === 0)
      return [{ ...common, kind: 'pods', name: component, namespace: place?.namespace ?? '', labels: undefined }]
    // A component of the cluster (a CNI) exists in one of several variants: if any was found, only those count.
    const existing = parts.filter((part) => clusterWorkloads.some((each) => isSame(each, part)))
    const selected = place?.providedBy === 'cluster' && existing.length > 0 ? existing : parts
    return selected.map((part) => {
      const known = clusterWorkloads.find((each) => isSame(each, part))
      return {
        ...common,
        kind: part.kind,
        name: part.name,
        namespace: part.namespace ?? place?.namespace ?? '',
        labels: known === undefined ? undefined : orUndefined(known.labels),
        hostNetwork: known?.hostNetwork ?? false,
      }
    })
  })
}

const isSame = (workload: ClusterWorkload, part: ComponentPlace['parts'][number]): boolean =>
  workload.kind === part.kind &&
  workload.name === part.name &&
  (part.namespace === undefined || workload.namespace === part.namespace)

const orUndefined = (labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> | undefined =>
  Object.keys(labels).length === 0 ? undefined : labels

/** Destinations of components without pods in the cluster. */
export function destinationsWithoutPods({ destinations, workloads: known }: AllowListSubject): readonly Destination[] {
  return destinations.filter(
    ({ component, direction, kind }) =>
      direction === 'outbound' && kind !== 'nodes' && known.every((each) => each.component !== component),
  )
}
