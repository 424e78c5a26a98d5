import type { PlannedRelease } from '../../installation.ts'
import { at, type KubernetesObject, listAt, nameOf, numberAt, textAt } from '../../observe/kubernetes-object.ts'
import type { PlacedObject } from '../../observe/live-objects.ts'
import type { Desired } from '../../plan/desired.ts'
import type { Rendered } from '../../plan/install-session.ts'

/** The pods of a workload that a chart renders. */
export interface RenderedPod {
  readonly release: string
  readonly namespace: string
  /** `Deployment web` */
  readonly workload: string
  readonly metadata: KubernetesObject['metadata']
  readonly spec: unknown
  /** Undefined: one on each node. */
  readonly count: number | undefined
}

interface PlacedReleases {
  readonly releases: readonly Pick<PlannedRelease, 'name' | 'namespace'>[]
}

export const placedObjects = (desired: PlacedReleases, rendered: Rendered): PlacedObject[] =>
  desired.releases.flatMap(({ name, namespace }) =>
    (rendered.get(name) ?? []).map((object) => ({
      release: name,
      releaseNamespace: namespace,
      namespace: object.metadata?.namespace ?? namespace,
      object,
    })),
  )

/** Pure: the pods that the charts' workloads create. */
export const podsOf = (objects: readonly PlacedObject[]): RenderedPod[] => objects.flatMap((each) => podOf(each) ?? [])

function podOf({ release, namespace, object }: PlacedObject): RenderedPod | undefined {
  const common = { release, namespace, workload: `${object.kind} ${nameOf(object)}` }
  const from = (template: unknown, count: number | undefined): RenderedPod => ({
    ...common,
    metadata: (at(template, 'metadata') ?? {}) as KubernetesObject['metadata'], // fields are checked where they are read
    spec: at(template, 'spec'),
    count,
  })
  const template = at(object, 'spec', 'template')
  switch (object.kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'ReplicaSet':
      return from(template, numberAt(object, 'spec', 'replicas') ?? 1)
    case 'DaemonSet':
      return from(template, undefined)
    case 'Job':
      return from(template, numberAt(object, 'spec', 'parallelism') ?? 1)
    case 'CronJob':
      return from(at(object, 'spec', 'jobTemplate', 'spec', 'template'), 1)
    case 'Pod':
      return { ...common, metadata: object.metadata, spec: object.spec, count: 1 }
    default:
      return undefined
  }
}

/** Releases without history: what they need is not taken from the cluster yet. */
export const absentReleases = (
  desired: Pick<Desired, 'releases'>,
  observed: { readonly releases: ReadonlyMap<string, { readonly history: readonly unknown[] }> },
): ReadonlySet<string> =>
  new Set(
    desired.releases
      .filter(({ name }) => (observed.releases.get(name)?.history ?? []).length === 0)
      .map(({ name }) => name),
  )

export const serviceAccountOf = (spec: unknown): string => textAt(spec, 'serviceAccountName') ?? 'default'

export type PlacedPods = readonly Pick<RenderedPod, 'spec'>[]

/** The images of all containers, each once. */
export const imagesOf = (pods: PlacedPods): string[] => [
  ...new Set(
    pods.flatMap(({ spec }) =>
      [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')].flatMap(
        (container) => textAt(container, 'image') ?? [],
      ),
    ),
  ),
]
