import { setTimeout as delay } from 'node:timers/promises'
import { Problem, type ProblemReport, reportProblem } from '../../preload/contract/problem.ts'
import type { KubernetesClient } from '../lib/kubernetes/client.ts'
import { KubernetesError } from '../lib/kubernetes/failure.ts'
import { CollectionStates } from './collection-states.ts'
import { followKind } from './follow-kind.ts'
import { FollowedCluster, watchesAtOnce } from './followed-cluster.ts'
import type { TargetObserver } from './target-observer.ts'
import { targetsByKind, type WatchTarget } from './watch-plan.ts'

/** The interval of heartbeats, which detect an API server that stopped, even if its watches stay open. */
const heartbeatMs = 1_000
/** Together with the interval, an unresponsive connection is detected within 3 s. */
const heartbeatLimitMs = 2_000
/** An API server may restart or be overloaded for a while: its collections continue from where they were. Then all begins anew. */
const unresponsiveLimitMs = 30_000
/** How often collections are checked for being current, also while a heartbeat is on its way. */
const checkEveryMs = 500
/** The first response may wait for a credential plugin and a slow proxy. */
const openingLimitMs = 15_000

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
  let checking: NodeJS.Timeout | undefined
  try {
    await sendHeartbeat(client, openingLimitMs, until)
    observer.onConfirmed()
    const streamsAtOnce = (await client.streamsAtOnce?.(until)) ?? watchesAtOnce
    const cluster = new FollowedCluster(client, streamsAtOnce, new CollectionStates(targets), observer)
    checking = setInterval(() => cluster.endOverdue(performance.now()), checkEveryMs)
    if (targets.length === 0) observer.onComplete()
    await Promise.race([
      keepHeartbeat(cluster, observer, until),
      ...targetsByKind(targets).map((ofKind) => followKind(cluster, ofKind, until)),
    ])
    throw new Problem('INTERNAL', 'Following the targets ended without a reason')
  } finally {
    clearInterval(checking)
    stop.abort()
  }
}

async function keepHeartbeat(cluster: FollowedCluster, observer: TargetObserver, signal: AbortSignal): Promise<never> {
  const { client } = cluster
  let respondedMs = performance.now()
  for (;;) {
    await delay(heartbeatMs, undefined, { signal })
    const problem = await heartbeatProblem(client, signal)
    const nowMs = performance.now()
    if (problem === undefined) {
      respondedMs = nowMs
      cluster.setResponding(true)
      if (cluster.isRecovering(nowMs)) continue
      // What was not confirmed until the recovery ended must not be live even until the next check.
      cluster.endOverdue(nowMs)
      observer.onConfirmed()
    } else {
      cluster.setResponding(false)
      observer.onUnresponsive(problem)
      if (nowMs - respondedMs > unresponsiveLimitMs) {
        throw new Problem('TIMED_OUT', `${client.server} has not responded for ${unresponsiveLimitMs / 1_000} s.`)
      }
    }
  }
}

/** Failures that end without an action of the user. */
export const temporary = new Set(['CLUSTER_UNREACHABLE', 'CLUSTER_BUSY', 'TIMED_OUT', 'CLUSTER_REFUSED'])

/** Why the API server does not respond; undefined if it does. Throws the Problem of a lost connection. */
async function heartbeatProblem(client: KubernetesClient, signal: AbortSignal): Promise<ProblemReport | undefined> {
  for (let tries = 1; ; tries += 1) {
    try {
      await sendHeartbeat(client, heartbeatLimitMs, signal)
      return undefined
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof Problem) || !temporary.has(error.code)) throw error
      // One connection that was reset says nothing about the API server.
      if (error.code !== 'CLUSTER_UNREACHABLE' || tries > 1) return reportProblem(error)
    }
  }
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
