import type { AllowListSubject, Destination, Workload } from './destination.ts'

/** A component as the profile has it. */
export interface ComponentPlace {
  readonly id: string
  readonly title: string
  readonly providedBy: string
  /** Of the release that carries it; empty: not known. */
  readonly namespace: string
  readonly parts: readonly { readonly kind: string; readonly namespace?: string | undefined; readonly name: string }[]
}

/** A workload as the cluster has it. */
export interface ClusterWorkload {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** `spec.selector.matchLabels`: the labels by which it knows its own pods. */
  readonly labels: Readonly<Record<string, string>>
  readonly hostNetwork: boolean
}

/** What a person chose in the place of what the profile says. */
export interface ChosenPods {
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
}

const withPods: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'])

/**
 * For which pods there is a policy: those of each component that has a way out. Labels come from the cluster or from a
 * person; what nobody knows stays unknown, because a selector that is guessed, or empty, selects the pods of others.
 */
export function workloads(
  destinations: readonly Destination[],
  places: readonly ComponentPlace[],
  seen: readonly ClusterWorkload[],
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
      return [{ ...common, kind: 'pods', name: component, namespace: chosen.namespace, labels: filled(chosen.labels) }]
    if (place?.providedBy === 'vendor') return []
    const parts = place?.parts.filter(({ kind }) => withPods.has(kind)) ?? []
    if (parts.length === 0)
      return [{ ...common, kind: 'pods', name: component, namespace: place?.namespace ?? '', labels: undefined }]
    // The cluster brings one of several forms (a CNI): only those found count, where any was.
    const found = parts.filter((part) => seen.some((each) => isSame(each, part)))
    const meant = place?.providedBy === 'cluster' && found.length > 0 ? found : parts
    return meant.map((part) => {
      const known = seen.find((each) => isSame(each, part))
      return {
        ...common,
        kind: part.kind,
        name: part.name,
        namespace: part.namespace ?? place?.namespace ?? '',
        labels: known === undefined ? undefined : filled(known.labels),
        hostNetwork: known?.hostNetwork ?? false,
      }
    })
  })
}

const isSame = (seen: ClusterWorkload, part: ComponentPlace['parts'][number]): boolean =>
  seen.kind === part.kind &&
  seen.name === part.name &&
  (part.namespace === undefined || seen.namespace === part.namespace)

const filled = (labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> | undefined =>
  Object.keys(labels).length === 0 ? undefined : labels

/** Rows of components that have no pods here. */
export function destinationsWithoutPods({ destinations, workloads: known }: AllowListSubject): readonly Destination[] {
  return destinations.filter(
    ({ component, direction, kind }) =>
      direction === 'outbound' && kind !== 'nodes' && known.every((each) => each.component !== component),
  )
}
