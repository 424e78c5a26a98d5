import { setTimeout as delay } from 'node:timers/promises'
import { Problem, type ProblemReport, reportProblem } from '../../preload/contract/problem.ts'
import type { KubernetesClient } from '../lib/kubernetes/client.ts'
import { KubernetesError } from '../lib/kubernetes/failure.ts'
import type { KubernetesObject, ResourceType } from '../lib/kubernetes/resources.ts'
import { reflect } from '../lib/kubernetes/watch.ts'
import { findServedResource } from './served-resource.ts'
import { targetKey, type WatchTarget } from './watch-plan.ts'

/** The interval of heartbeats, which detect an API server that stopped, even if its watches stay open. */
const heartbeatMs = 1_000
/** Together with the interval, an unresponsive connection is detected within 3 s. */
const heartbeatLimitMs = 2_000
/** An overloaded API server may not respond for a while without losing its watches. After this time the connection is closed. */
const unresponsiveLimitMs = 30_000
/** The first response may wait for a credential plugin and a slow proxy. */
const openingLimitMs = 15_000
/** How often to retry a kind that the cluster does not serve yet, such as Flux's before its installation. */
const kindRetryMs = 5_000

/** Receives what happens to the followed collections. */
export interface TargetObserver {
  /** The collection consists of exactly these objects; none if the cluster does not serve the kind. */
  onList(target: WatchTarget, objects: readonly KubernetesObject[]): void
  onChange(target: WatchTarget, object: KubernetesObject, isDeleted: boolean): void
  onUnreadable(target: WatchTarget, problem: ProblemReport): void
  /** The API server has responded. */
  onConfirmed(): void
  /** The API server does not respond. Its watches may still be open: then `onConfirmed` follows without a new list. */
  onUnresponsive(problem: ProblemReport): void
  /** Called once, when every collection was listed or is unreadable. */
  onComplete(): void
}

/**
 * Follows all targets over one connection. Throws the Problem that ended the connection, or the abort reason. After either,
 * everything must be listed again, because changes may have been missed.
 */
export async function followTargets(
  client: KubernetesClient,
  targets: readonly WatchTarget[],
  observer: TargetObserver,
  signal: AbortSignal,
): Promise<never> {
  const stop = new AbortController()
  const until = AbortSignal.any([signal, stop.signal])
  const unsettled = new Set(targets.map(targetKey))
  const settle = (target: WatchTarget): void => {
    if (unsettled.delete(targetKey(target)) && unsettled.size === 0) observer.onComplete()
  }
  try {
    await sendHeartbeat(client, openingLimitMs, until)
    observer.onConfirmed()
    if (targets.length === 0) observer.onComplete()
    const served = new Map<string, Promise<ResourceType | undefined>>()
    await Promise.race([
      keepHeartbeat(client, observer, until),
      ...targets.map((target) => followTarget(client, target, served, observer, settle, until)),
    ])
    throw new Problem('INTERNAL', 'Following the targets ended without a reason')
  } finally {
    stop.abort()
  }
}

async function keepHeartbeat(client: KubernetesClient, observer: TargetObserver, signal: AbortSignal): Promise<never> {
  let respondedMs = performance.now()
  for (;;) {
    await delay(heartbeatMs, undefined, { signal })
    const isUp = await isResponding(client, observer, signal)
    if (isUp) respondedMs = performance.now()
    else if (performance.now() - respondedMs > unresponsiveLimitMs) {
      throw new Problem('TIMED_OUT', `${client.server} has not responded for ${unresponsiveLimitMs / 1_000} s.`)
    }
  }
}

/** Whether the API server responds within a heartbeat. Throws the Problem of a lost connection. */
async function isResponding(client: KubernetesClient, observer: TargetObserver, signal: AbortSignal): Promise<boolean> {
  try {
    await sendHeartbeat(client, heartbeatLimitMs, signal)
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'TIMED_OUT') throw error
    observer.onUnresponsive(reportProblem(error))
    return false
  }
  observer.onConfirmed()
  return true
}

/** Throws the Problem that prevents a response. A refusal is a response, too. */
async function sendHeartbeat(client: KubernetesClient, limitMs: number, signal: AbortSignal): Promise<void> {
  try {
    await client.request('GET', '/version', { timeoutMs: limitMs }, signal)
  } catch (error) {
    if (!isResponse(error)) throw error
  }
}

function isResponse(error: unknown): boolean {
  return error instanceof KubernetesError && error.status.code < 500 && error.status.code !== 401
}

async function followTarget(
  client: KubernetesClient,
  target: WatchTarget,
  served: Map<string, Promise<ResourceType | undefined>>,
  observer: TargetObserver,
  settle: (target: WatchTarget) => void,
  signal: AbortSignal,
): Promise<never> {
  const type = await waitForKind(client, target, served, observer, settle, signal)
  const fieldSelector = target.name === undefined ? undefined : `metadata.name=${target.name}`
  for await (const change of reflect(client, type, { namespace: target.namespace, fieldSelector }, signal)) {
    if (change.kind === 'all') {
      observer.onList(target, change.objects)
      settle(target)
    } else if (change.kind === 'one') {
      observer.onChange(target, change.object, change.type === 'deleted')
    } else if (change.kind === 'stale') {
      if (change.problem.code === 'CLUSTER_UNAUTHORIZED') {
        throw new Problem('CLUSTER_UNAUTHORIZED', change.problem.message, change.problem.evidence)
      }
      // If the server responds, only this collection fails, and the session continues.
      if (!(await isResponding(client, observer, signal))) continue
      observer.onUnreadable(target, change.problem)
      settle(target)
    }
  }
  throw new Problem('INTERNAL', 'A reflector ended without a reason')
}

/** One request per kind and session, then retries for this target until the cluster serves the kind. */
async function waitForKind(
  client: KubernetesClient,
  target: WatchTarget,
  served: Map<string, Promise<ResourceType | undefined>>,
  observer: TargetObserver,
  settle: (target: WatchTarget) => void,
  signal: AbortSignal,
): Promise<ResourceType> {
  const kind = `${target.kind}.${target.group}`
  const first = served.get(kind) ?? findServedResource(client, target, signal)
  served.set(kind, first)
  for (let request: Promise<ResourceType | undefined> = first; ; request = findServedResource(client, target, signal)) {
    try {
      const type = await request
      if (type !== undefined) return type
      observer.onList(target, [])
      settle(target)
    } catch (error) {
      signal.throwIfAborted()
      if (await isResponding(client, observer, signal)) {
        observer.onUnreadable(target, reportProblem(error))
        settle(target)
      }
    }
    await delay(kindRetryMs, undefined, { signal })
  }
}
