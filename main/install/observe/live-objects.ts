import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { type Discovery, resourceOf } from '../../lib/kubernetes/discovery.ts'
import { isForbidden } from '../../lib/kubernetes/failure.ts'
import { listIfAllowed } from '../../lib/kubernetes/if-allowed.ts'
import { getObject } from '../../lib/kubernetes/objects.ts'
import type { ResourceType } from '../../lib/kubernetes/resources.ts'
import { type KubernetesObject, nameOf } from './kubernetes-object.ts'

const requestsAtOnce = 16
const groupsAtOnce = 8
/** Charts of a plane have some hundred objects; more are not asked for one by one. */
const objectsAtMost = 2_000

/** An object with the namespace that it gets: its own, or that of its release. */
export interface PlacedObject {
  readonly release: string
  readonly releaseNamespace: string
  readonly namespace: string
  readonly object: KubernetesObject
}

/** A rendered object beside what the cluster has under its name. */
export interface LiveObject extends PlacedObject {
  /** `unreadable`: this user is not permitted to read it. */
  readonly live: KubernetesObject | 'absent' | 'unreadable'
}

export interface Served {
  readonly placed: PlacedObject
  readonly type: ResourceType
}

/** Those whose kind the cluster serves. */
export const servedOf = (discovery: Discovery, objects: readonly PlacedObject[]): Served[] =>
  objects
    .filter(({ object }) => nameOf(object) !== '')
    .flatMap((placed) => {
      const type = resourceOf(discovery, placed.object)
      return type === undefined ? [] : [{ placed, type }]
    })
    .slice(0, objectsAtMost)

/** From this number on, a kind of a namespace is listed rather than read one by one. */
const listedFrom = 6

export async function liveObjects(
  client: KubernetesClient,
  discovery: Discovery,
  objects: readonly PlacedObject[],
  signal: AbortSignal,
): Promise<LiveObject[]> {
  const groups = Map.groupBy(servedOf(discovery, objects), ({ placed, type }) =>
    [type.apiVersion, type.kind, type.namespaced ? placed.namespace : ''].join(' '),
  )
  const found = await inParallel([...groups.values()], groupsAtOnce, async (group) => {
    const [first] = group
    if (first === undefined) return []
    const { type } = first
    const namespace = type.namespaced ? first.placed.namespace : undefined
    const listed = group.length < listedFrom ? undefined : await listIfAllowed(client, type, { namespace }, signal)
    if (listed === undefined) return inParallel(group, requestsAtOnce, (each) => liveObject(client, each, signal))
    const byName = new Map(listed.map((object) => [nameOf(object), object]))
    return group.map(({ placed }) => ({ ...placed, live: byName.get(nameOf(placed.object)) ?? ('absent' as const) }))
  })
  return found.flat()
}

async function liveObject(
  client: KubernetesClient,
  { placed, type }: Served,
  signal: AbortSignal,
): Promise<LiveObject> {
  const { namespace, object } = placed
  try {
    return { ...placed, live: (await getObject(client, type, { namespace, name: nameOf(object) }, signal)) ?? 'absent' }
  } catch (error) {
    if (isForbidden(error)) return { ...placed, live: 'unreadable' }
    throw error
  }
}
