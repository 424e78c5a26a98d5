import { setTimeout as delay } from 'node:timers/promises'
import { Problem, type ProblemReport, reportProblem } from '../../preload/contract/problem.ts'
import type { KubernetesObject, ResourceType } from '../lib/kubernetes/resources.ts'
import { type Change, reflect } from '../lib/kubernetes/watch.ts'
import type { FollowedCluster } from './followed-cluster.ts'
import { findServedResource } from './served-resource.ts'
import type { WatchTarget } from './watch-plan.ts'

/** How often to look for a kind that the cluster does not serve, such as Flux's before its installation. */
const kindRetryMs = 5_000
/** Discovery may list a kind for a moment after its definition was removed. */
const removedRetryMs = 1_000
/** An API server that has just started refuses what it permits, until it has read the roles. */
const refusalsOfKnown = 3
/** Up to this many namespaces have a watch each, so that the rest of a shared cluster is not read. Of more, one watch reads all. */
export const namespacesApart = 4

/** Follows collections of one kind. Ends with the abort reason, or the Problem that ends the connection. */
export async function followKind(
  cluster: FollowedCluster,
  targets: readonly WatchTarget[],
  signal: AbortSignal,
): Promise<never> {
  const whole = targets.filter(({ namespace, name }) => namespace !== undefined && name === undefined)
  const others = targets.filter((target) => !whole.includes(target))
  for (;;) {
    const type = await waitForKind(cluster, targets, signal)
    const removed = new AbortController()
    const until = AbortSignal.any([signal, removed.signal])
    const followed = others.map((target) => followCollection(cluster, type, [target], target.namespace, until))
    if (whole.length > 0) followed.push(followNamespaces(cluster, type, whole, until))
    try {
      await Promise.race(followed)
    } finally {
      removed.abort()
    }
    await delay(removedRetryMs, undefined, { signal })
  }
}

/** One request per kind, then retries until the cluster serves the kind. */
async function waitForKind(
  cluster: FollowedCluster,
  targets: readonly WatchTarget[],
  signal: AbortSignal,
): Promise<ResourceType> {
  const [first] = targets
  if (first === undefined) throw new Problem('INTERNAL', 'A kind without targets is followed')
  for (;;) {
    await cluster.limits.ready(signal)
    try {
      const type = await findServedResource(cluster.client, first, signal)
      if (type !== undefined) return type
      for (const target of targets) cluster.listed(target, new Set(), performance.now())
    } catch (error) {
      signal.throwIfAborted()
      const problem = reportProblem(error)
      for (const target of targets) report(cluster, target, problem)
    }
    await delay(kindRetryMs, undefined, { signal })
  }
}

type Ended = 'removed' | 'forbidden'

/** One watch where the user can read all namespaces, otherwise one for each. Returns when the kind was removed. */
async function followNamespaces(
  cluster: FollowedCluster,
  type: ResourceType,
  targets: readonly WatchTarget[],
  signal: AbortSignal,
): Promise<Ended> {
  if (targets.length > namespacesApart) {
    const ended = await followCollection(cluster, type, targets, undefined, signal)
    if (ended === 'removed') return ended
  }
  return await Promise.race(
    targets.map((target) => followCollection(cluster, type, [target], target.namespace, signal)),
  )
}

/**
 * Follows one collection, which contains the objects of these targets. Returns `removed` when the cluster no longer serves it,
 * and `forbidden` when the user cannot read all of several targets at once.
 */
async function followCollection(
  cluster: FollowedCluster,
  type: ResourceType,
  targets: readonly WatchTarget[],
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Ended> {
  const [only] = targets
  const fieldSelector = only?.name === undefined ? undefined : `metadata.name=${only.name}`
  const { client, limits } = cluster
  const onAlive = (): void => {
    if (cluster.isConfirmedByPings) for (const target of targets) cluster.confirmed(target)
  }
  const options = {
    namespace,
    fieldSelector,
    limits,
    onAlive,
    isConfirmedByPings: () => cluster.isConfirmedByPings,
    watchSeconds: () => cluster.watchSeconds(),
  }
  const byNamespace = new Map(targets.map((target) => [target.namespace ?? '', target]))
  let listed = new Map<WatchTarget, Set<string>>()
  let listedAtMs = 0
  let isWatched = false
  let refusals = 0
  try {
    for await (const change of reflect(client, type, options, signal)) {
      if (change.kind === 'stale') {
        if (change.status === 404) return 'removed'
        if (change.status === 403) refusals += 1
        if (targets.length > 1 && refusals >= (isWatched ? refusalsOfKnown : 1)) return 'forbidden'
        for (const target of targets) report(cluster, target, change.problem)
        continue
      }
      if (change.kind === 'page') {
        if (change.isFirst) {
          listed = new Map(targets.map((target) => [target, new Set()]))
          listedAtMs = performance.now()
        }
        putPage(cluster, change.objects, byNamespace, listed)
        if (!change.isLast) continue
        for (const [target, uids] of listed) cluster.listed(target, uids, listedAtMs)
        listed = new Map()
        if (!isWatched) cluster.countWatched(1)
        isWatched = true
        continue
      } else if (change.kind === 'one') {
        putChange(cluster, change, byNamespace.get(change.object.metadata.namespace ?? ''))
      }
      if (change.kind === 'live' && !change.isConfirmed) continue
      refusals = 0
      for (const target of targets) cluster.confirmed(target)
    }
  } finally {
    if (isWatched) cluster.countWatched(-1)
  }
  throw new Problem('INTERNAL', 'A reflector ended without a reason')
}

/** Objects of other namespaces are dropped here. */
function putPage(
  cluster: FollowedCluster,
  objects: readonly KubernetesObject[],
  byNamespace: ReadonlyMap<string, WatchTarget>,
  listed: ReadonlyMap<WatchTarget, Set<string>>,
): void {
  const groups = Map.groupBy(objects, ({ metadata }) => byNamespace.get(metadata.namespace ?? ''))
  for (const [target, group] of groups) {
    if (target === undefined) continue
    cluster.put(target, group)
    const uids = listed.get(target)
    for (const { metadata } of group) uids?.add(metadata.uid ?? '')
  }
}

function putChange(
  cluster: FollowedCluster,
  { type, object }: Extract<Change, { kind: 'one' }>,
  target: WatchTarget | undefined,
): void {
  if (target === undefined) return
  if (type === 'deleted') cluster.delete(target, object)
  else cluster.put(target, [object])
}

/** The next attempt usually works. */
const temporary = new Set(['CLUSTER_UNREACHABLE', 'CLUSTER_BUSY', 'TIMED_OUT'])

/** A refusal makes a collection unreadable. A broken connection does so only once the collection is overdue. */
function report(cluster: FollowedCluster, target: WatchTarget, problem: ProblemReport): void {
  const { code, message, evidence } = problem
  if (code === 'CLUSTER_UNAUTHORIZED' || code === 'CREDENTIAL_ENDED') throw new Problem(code, message, evidence)
  if (temporary.has(problem.code)) cluster.failed(target)
  else if (target.isOptional && code === 'CLUSTER_FORBIDDEN') cluster.listed(target, new Set(), performance.now())
  else cluster.unreadable(target, problem)
}
