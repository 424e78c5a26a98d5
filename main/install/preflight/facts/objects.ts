import { Problem } from '../../../../preload/contract/problem.ts'
import { inParallel } from '../../../lib/concurrency/in-parallel.ts'
import { applyObject } from '../../../lib/kubernetes/apply.ts'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { type Discovery, resourceOf } from '../../../lib/kubernetes/discovery.ts'
import { isBadRequest, isConflict, isForbidden, isKindUnknown, isNotFound } from '../../../lib/kubernetes/failure.ts'
import { listIfAllowed } from '../../../lib/kubernetes/if-allowed.ts'
import { getObject } from '../../../lib/kubernetes/objects.ts'
import type { ResourceType } from '../../../lib/kubernetes/resources.ts'
import { type KubernetesObject, nameOf } from '../../observe/kubernetes-object.ts'
import { type PlacedObject, type RenderedPod, serviceAccountOf } from '../rules/pods.ts'

const requestsAtOnce = 16
const groupsAtOnce = 8
/** Charts of a plane have some hundred objects; more are not asked for one by one. */
const objectsAtMost = 2_000
const dryRunLimitMs = 8_000
/** The owner of the fields that helm applies. */
const helmManager = 'helm'

/** A rendered object beside what the cluster has under its name. */
export interface LiveObject extends PlacedObject {
  /** `unreadable`: this user is not permitted to read it. */
  readonly live: KubernetesObject | 'absent' | 'unreadable'
}

interface Served {
  readonly placed: PlacedObject
  readonly type: ResourceType
}

const servedOf = (discovery: Discovery, objects: readonly PlacedObject[]): Served[] =>
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

/** What the API server would do with an object, by a dry run that stores nothing. */
export interface DryRun extends PlacedObject {
  readonly outcome: 'accepted' | 'refused' | 'conflict' | 'not-permitted' | 'not-supported' | 'namespace-absent'
  /** Of the API server; empty if it accepts the object. */
  readonly message: string
}

/** The metadata that helm adds to what it renders. */
const asHelmAppliesIt = ({ release, releaseNamespace, namespace, object }: PlacedObject, namespaced: boolean) => ({
  ...object,
  apiVersion: object.apiVersion ?? '',
  kind: object.kind ?? '',
  metadata: {
    ...object.metadata,
    name: nameOf(object),
    ...(namespaced ? { namespace } : {}),
    labels: { ...object.metadata?.labels, 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: {
      ...object.metadata?.annotations,
      'meta.helm.sh/release-name': release,
      'meta.helm.sh/release-namespace': releaseNamespace,
    },
  },
})

export const dryRuns = (
  client: KubernetesClient,
  discovery: Discovery,
  objects: readonly PlacedObject[],
  signal: AbortSignal,
): Promise<DryRun[]> =>
  inParallel(servedOf(discovery, objects), requestsAtOnce, async ({ placed, type }) => {
    const desired = asHelmAppliesIt(placed, type.namespaced)
    const limit = AbortSignal.any([signal, AbortSignal.timeout(dryRunLimitMs)])
    const attempt = (force: boolean) =>
      applyObject(client, desired, { dryRun: true, force, manager: helmManager }, limit).then(
        () => ({ ...placed, outcome: 'accepted', message: '' }) as const,
        (error: unknown) => {
          signal.throwIfAborted()
          return { ...placed, ...refusalOf(error) }
        },
      )
    const first = await attempt(false)
    if (first.outcome !== 'conflict') return first
    // Beyond the conflict the object can have another fault, which matters more.
    const forced = await attempt(true)
    return forced.outcome === 'accepted' ? first : forced
  })

/** Pure: what an error of a dry run means. Errors that are no refusals of the object are thrown. */
export function refusalOf(error: unknown): Pick<DryRun, 'outcome' | 'message'> {
  if (!(error instanceof Problem)) throw error
  const message = error.message
  if (isConflict(error)) return { outcome: 'conflict', message }
  if (isForbidden(error)) {
    // Authorization names the user; admission controllers answer 403 too.
    return { outcome: /is forbidden: User "/.test(message) ? 'not-permitted' : 'refused', message }
  }
  if (isBadRequest(error) && /does not support dry run/.test(message)) return { outcome: 'not-supported', message }
  if (isNotFound(error) && /namespaces "/.test(message)) return { outcome: 'namespace-absent', message }
  if (isKindUnknown(error)) return { outcome: 'not-supported', message }
  if (error.code === 'CLUSTER_REFUSED' || error.code === 'TIMED_OUT') return { outcome: 'refused', message }
  throw error
}

/** The same for a pod of a workload. */
export interface PodDryRun extends Pick<DryRun, 'outcome' | 'message'> {
  readonly pod: RenderedPod
}

/** Asks the API server to create one pod of each workload, by a dry run: quotas, limits, policies and webhooks see it. */
export const podDryRuns = (
  client: KubernetesClient,
  pods: readonly RenderedPod[],
  accounts: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<PodDryRun[]> =>
  inParallel(pods.slice(0, objectsAtMost), requestsAtOnce, async (pod) => {
    const { namespace, metadata, spec } = pod
    // The account of the chart does not exist before the install.
    const account = serviceAccountOf(spec)
    const serviceAccountName = accounts.has(`${namespace}/${account}`) ? account : 'default'
    const body = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        generateName: 'hangar-preflight-',
        namespace,
        labels: metadata?.labels,
        annotations: metadata?.annotations,
      },
      spec: { ...Object(spec), serviceAccountName, serviceAccount: undefined },
    }
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`
    const limit = AbortSignal.any([signal, AbortSignal.timeout(dryRunLimitMs)])
    try {
      await client.request('POST', path, { query: { dryRun: 'All' }, body }, limit)
      return { pod, outcome: 'accepted', message: '' }
    } catch (error) {
      signal.throwIfAborted()
      return { pod, ...refusalOf(error) }
    }
  })
