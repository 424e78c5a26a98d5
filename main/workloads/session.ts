import { setTimeout as delay } from 'node:timers/promises'
import { Problem, type ProblemReport, reportProblem } from '../../preload/contract/problem.ts'
import type { KubernetesClient } from '../lib/kubernetes/client.ts'
import { KubernetesError } from '../lib/kubernetes/failure.ts'
import type { KubernetesObject, ResourceType } from '../lib/kubernetes/resources.ts'
import { reflect } from '../lib/kubernetes/watch.ts'
import { findServed } from './served.ts'
import { targetKey, type WatchTarget } from './watch-plan.ts'

/** Between two heartbeats: a stopped API server is noticed within one, whatever its watches do. */
const heartbeatMs = 1_000
/** With the time between two, a silent connection is noticed within 3 s. */
const heartbeatLimitMs = 2_000
/** An overloaded API server falls silent and comes back, and its watches hold: only then is the connection given up. */
const silenceLimitMs = 30_000
/** The first answer may have to wait for a credential program and a slow proxy. */
const openingLimitMs = 15_000
/** A kind that the cluster does not serve yet (Flux before its installation) is looked for again. */
const lookAgainMs = 5_000

/** What a session tells, as it happens. */
export interface SessionObserver {
  /** These objects, and no others, are in the collection. An absent kind has none. */
  all(target: WatchTarget, objects: readonly KubernetesObject[]): void
  one(target: WatchTarget, object: KubernetesObject, isGone: boolean): void
  unreadable(target: WatchTarget, problem: ProblemReport): void
  /** The API server answered just now. */
  confirmed(): void
  /** It does not answer; its watches may hold all the same, so that `confirmed` ends this without a new list. */
  silent(problem: ProblemReport): void
  /** Every collection was listed, or found unreadable. Once. */
  complete(): void
}

/**
 * Follows all targets over one unbroken connection. Ends with the Problem that broke it, or the abort reason:
 * after either, everything has to be listed again, as nobody knows what was missed.
 */
export async function follow(
  client: KubernetesClient,
  targets: readonly WatchTarget[],
  observer: SessionObserver,
  signal: AbortSignal,
): Promise<never> {
  const over = new AbortController()
  const until = AbortSignal.any([signal, over.signal])
  const open = new Set(targets.map(targetKey))
  const settle = (target: WatchTarget): void => {
    if (open.delete(targetKey(target)) && open.size === 0) observer.complete()
  }
  try {
    await beat(client, openingLimitMs, until)
    observer.confirmed()
    if (targets.length === 0) observer.complete()
    const served = new Map<string, Promise<ResourceType | undefined>>()
    await Promise.race([
      keepBeating(client, observer, until),
      ...targets.map((target) => followTarget(client, target, served, observer, settle, until)),
    ])
    throw new Problem('INTERNAL', 'A session ended without a reason')
  } finally {
    over.abort()
  }
}

async function keepBeating(client: KubernetesClient, observer: SessionObserver, signal: AbortSignal): Promise<never> {
  let heardMs = performance.now()
  for (;;) {
    await delay(heartbeatMs, undefined, { signal })
    const isHeard = await check(client, observer, signal)
    if (isHeard) heardMs = performance.now()
    else if (performance.now() - heardMs > silenceLimitMs) {
      throw new Problem('TIMED_OUT', `${client.server} has not answered for ${silenceLimitMs / 1_000} s.`)
    }
  }
}

/** Whether the API server answers within a heartbeat. Throws the Problem of a connection that is broken for good. */
async function check(client: KubernetesClient, observer: SessionObserver, signal: AbortSignal): Promise<boolean> {
  try {
    await beat(client, heartbeatLimitMs, signal)
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'TIMED_OUT') throw error
    observer.silent(reportProblem(error))
    return false
  }
  observer.confirmed()
  return true
}

/** Throws the Problem that keeps the API server from answering. That it refuses an answer shows that it lives. */
async function beat(client: KubernetesClient, limitMs: number, signal: AbortSignal): Promise<void> {
  try {
    await client.request('GET', '/version', { timeoutMs: limitMs }, signal)
  } catch (error) {
    if (!isAlive(error)) throw error
  }
}

function isAlive(error: unknown): boolean {
  return error instanceof KubernetesError && error.status.code < 500 && error.status.code !== 401
}

async function followTarget(
  client: KubernetesClient,
  target: WatchTarget,
  served: Map<string, Promise<ResourceType | undefined>>,
  observer: SessionObserver,
  settle: (target: WatchTarget) => void,
  signal: AbortSignal,
): Promise<never> {
  const type = await waitForKind(client, target, served, observer, settle, signal)
  const fieldSelector = target.name === undefined ? undefined : `metadata.name=${target.name}`
  for await (const change of reflect(client, type, { namespace: target.namespace, fieldSelector }, signal)) {
    if (change.kind === 'all') {
      observer.all(target, change.objects)
      settle(target)
    } else if (change.kind === 'one') {
      observer.one(target, change.object, change.type === 'deleted')
    } else if (change.kind === 'stale') {
      if (change.problem.code === 'CLUSTER_UNAUTHORIZED') {
        throw new Problem('CLUSTER_UNAUTHORIZED', change.problem.message, change.problem.evidence)
      }
      // Either the server is gone, which this says at once, or only this collection fails, which is no end.
      if (!(await check(client, observer, signal))) continue
      observer.unreadable(target, change.problem)
      settle(target)
    }
  }
  throw new Problem('INTERNAL', 'A reflector ended without a reason')
}

/** Asks once per kind and session, then on its own until the kind is there. */
async function waitForKind(
  client: KubernetesClient,
  target: WatchTarget,
  served: Map<string, Promise<ResourceType | undefined>>,
  observer: SessionObserver,
  settle: (target: WatchTarget) => void,
  signal: AbortSignal,
): Promise<ResourceType> {
  const kind = `${target.kind}.${target.group}`
  const first = served.get(kind) ?? findServed(client, target, signal)
  served.set(kind, first)
  for (let asked: Promise<ResourceType | undefined> = first; ; asked = findServed(client, target, signal)) {
    try {
      const type = await asked
      if (type !== undefined) return type
      observer.all(target, [])
      settle(target)
    } catch (error) {
      signal.throwIfAborted()
      if (await check(client, observer, signal)) {
        observer.unreadable(target, reportProblem(error))
        settle(target)
      }
    }
    await delay(lookAgainMs, undefined, { signal })
  }
}
