import { setTimeout as sleep } from 'node:timers/promises'
import { Problem, type ProblemReport, reportProblem } from '../../../preload/contract/problem.ts'
import type { Semaphore } from '../concurrency/semaphore.ts'
import { exceedsJsonLimits, objectLimits } from '../json-limits.ts'
import type { KubernetesClient } from './client.ts'
import { failureOfStatus, isGone, isTooLargeVersion, KubernetesError } from './failure.ts'
import { lines } from './lines.ts'
import { listPages, type Selection } from './objects.ts'
import { type KubernetesObject, type ResourceType, resourcePath } from './resources.ts'

/** A change of a collection, in order. */
export type Change =
  /** A part of a list. After the last part exactly the objects since the first one exist. */
  | {
      readonly kind: 'page'
      readonly objects: readonly KubernetesObject[]
      readonly isFirst: boolean
      readonly isLast: boolean
    }
  | { readonly kind: 'one'; readonly type: 'added' | 'modified' | 'deleted'; readonly object: KubernetesObject }
  /**
   * The connection works; ends a `stale`. What is known is confirmed as current by a bookmark and by the end of a watch, not
   * yet by its beginning: what happened since the last one follows.
   */
  | { readonly kind: 'live'; readonly isConfirmed: boolean }
  /** The connection broke, and the known state may be old. Retries continue. */
  | {
      readonly kind: 'stale'
      readonly problem: ProblemReport
      /** HTTP status of the API server's refusal; absent if it did not respond. */
      readonly status?: number
    }

/** What the reflectors of one cluster share, so that together they stay within limits. */
export interface ReflectorLimits {
  /** Lists that run at once. */
  readonly lists: Semaphore
  /** Watches that are open at once. Where there are more reflectors, they take turns. */
  readonly watches: Semaphore
  /** Resolves while attempts make sense: at once, or when the API server responds again. */
  ready(signal: AbortSignal): Promise<void>
}

export interface ReflectOptions extends Selection {
  /** Silence after which the connection counts as dead. Bookmarks come about every minute. Default 90,000. */
  readonly idleMs?: number
  /** First delay after a failure; doubles up to 30 s. Default 500. */
  readonly backoffMs?: number
  /** How long the next watch lasts. One that lasts 2 s longer counts as dead. Default: about 5 minutes. */
  readonly watchSeconds?: () => number
  readonly limits?: ReflectorLimits
  /** Called while a watch is open, each time its connection answers a ping: what is known is confirmed as current. */
  readonly onAlive?: () => void
  /** False, the default: after a failure or a long list, the end of a short watch is the first confirmation. */
  readonly isConfirmedByPings?: () => boolean
}

/** What happened before a watch began arrives within this time. */
const catchUpMs = 2_000
const idleDefaultMs = 90_000
const backoffDefaultMs = 500
const backoffLimitMs = 30_000
/** An API server that names a longer time is asked before. */
const retryAfterLimitMs = 120_000
/** The API server ends each watch after this; random, so that many clients do not reconnect at once. */
const watchSeconds = { least: 290, most: 350 }
/** The API server ends a watch in time; after this the connection is half-open. */
const overtimeMs = 2_000

/**
 * Follows a collection: lists it in pages, watches from there, and lists again when the version was compacted.
 * Ends only by abort, with the abort reason. Objects come without `managedFields`. The rules of recovery are those of
 * client-go's reflector: https://github.com/kubernetes/client-go/blob/master/tools/cache/reflector.go
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export async function* reflect(
  client: KubernetesClient,
  type: ResourceType,
  options: ReflectOptions,
  signal: AbortSignal,
): AsyncGenerator<Change, never> {
  const { limits, backoffMs = backoffDefaultMs } = options
  const path = resourcePath(type, { namespace: options.namespace })
  const at: Position = { version: undefined, failures: 0, isListed: false }
  for (;;) {
    await limits?.ready(signal)
    const started = performance.now()
    let retryAfterMs = 0
    try {
      if (at.version === undefined)
        yield* held(limits?.lists, () => list(client, path, type, at, options, signal), signal)
      const isWorking = yield* held(limits?.watches, () => watch(client, path, at, options, signal), signal)
      at.failures = isWorking ? 0 : at.failures + 1
    } catch (error) {
      signal.throwIfAborted()
      at.failures = performance.now() - started < steadyMs ? at.failures + 1 : 1
      const recovery = recoveryOf(error)
      retryAfterMs = recovery.retryAfterMs
      if (recovery.listsAgain) at.version = undefined
      const status = error instanceof KubernetesError ? error.status.code : undefined
      if (recovery.isFault) yield { kind: 'stale', problem: reportProblem(error), status }
    }
    signal.throwIfAborted()
    const pauseMs = Math.max(at.failures === 0 ? 0 : waitMs(at.failures, backoffMs), retryAfterMs)
    if (pauseMs > 0) await pause(pauseMs, signal)
  }
}

/** Where a reflector is. */
interface Position {
  /** The version from which a watch continues. Undefined: the collection has to be listed first. */
  version: string | undefined
  /** Since the last event, or the last watch that worked. */
  failures: number
  /** The collection was listed, and not watched since. */
  isListed: boolean
}

const held = <Outcome>(
  places: Semaphore | undefined,
  start: () => AsyncGenerator<Change, Outcome>,
  signal: AbortSignal,
): AsyncGenerator<Change, Outcome> => places?.hold(start, signal) ?? start()

/** A watch that lasted this long counts as working, also one that ends without an event. */
const steadyMs = 10_000
/** One that ends earlier and without an event is refused by something in between. */
const shortestMs = 500

interface Recovery {
  /** False: the known state is lost or in doubt. */
  readonly listsAgain: boolean
  /** False: nothing is wrong, or the next list repairs it. */
  readonly isFault: boolean
  readonly retryAfterMs: number
}

/**
 * What follows a failure. A broken connection and an overloaded API server say nothing about the version: the watch continues
 * from it, and nothing was missed. After any other refusal the collection is listed again.
 */
export function recoveryOf(error: unknown): Recovery {
  const wanted = error instanceof KubernetesError ? (error.status.retryAfterMs ?? 0) : 0
  const retryAfterMs = Math.min(wanted, retryAfterLimitMs)
  if (error === halfOpen) return { listsAgain: false, isFault: false, retryAfterMs }
  if (isGone(error)) return { listsAgain: true, isFault: false, retryAfterMs }
  const isRefused = error instanceof KubernetesError && (error.code !== 'CLUSTER_BUSY' || isTooLargeVersion(error))
  return { listsAgain: isRefused, isFault: true, retryAfterMs }
}

/** The connection of a watch is dead. The next one continues from the same version, and nothing is lost. */
const halfOpen = new Problem('TIMED_OUT', 'A watch was silent for too long.')

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
}

/** Doubles with each failure up to 30 s, with jitter over its upper half so that clients do not retry in step. */
export function waitMs(failures: number, firstMs: number, chance: number = Math.random()): number {
  const full = Math.min(backoffLimitMs, firstMs * 2 ** Math.min(failures - 1, 16))
  return full / 2 + (full / 2) * chance
}

/** A generator of its own: its frame, and with it the last page, is released when the list ends. */
async function* list(
  client: KubernetesClient,
  path: string,
  type: ResourceType,
  at: Position,
  options: ReflectOptions,
  signal: AbortSignal,
): AsyncGenerator<Change, void> {
  let version: string | undefined
  for await (const { objects, resourceVersion, isFirst, isLast } of listPages(client, path, options, signal)) {
    yield { kind: 'page', objects: objects.map((object) => trim(object, type)), isFirst, isLast }
    version = resourceVersion
  }
  at.version = version
  at.isListed = true
}

/** Returns whether the watch worked: it lasted, or brought an event. */
async function* watch(
  client: KubernetesClient,
  path: string,
  at: Position,
  options: ReflectOptions,
  signal: AbortSignal,
): AsyncGenerator<Change, boolean> {
  const { labelSelector, fieldSelector, idleMs = idleDefaultMs } = options
  const timeoutSeconds = secondsOf(options, at)
  at.isListed = false
  const { version: resourceVersion } = at
  const query = {
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion,
    timeoutSeconds,
    labelSelector,
    fieldSelector,
  }
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(halfOpen), timeoutSeconds * 1_000 + overtimeMs)
  const started = performance.now()
  let openedMs: number | undefined
  let hasEvents = false
  const onAlive = (sentMs: number): void => {
    if (openedMs === undefined || sentMs < openedMs + catchUpMs) return
    at.failures = 0
    options.onAlive?.()
  }
  try {
    const body = await client.stream(path, { query, idleMs, onAlive }, AbortSignal.any([signal, limit.signal]))
    openedMs = performance.now()
    yield { kind: 'live', isConfirmed: false }
    for await (const line of lines(body)) {
      const event = readEvent(line, client.server)
      if (event === undefined) continue
      hasEvents = true
      at.version = event.version ?? at.version
      at.failures = 0
      yield event.change
    }
    yield { kind: 'live', isConfirmed: true }
  } catch (error) {
    if (!isSilence(error)) throw error
    throw openedMs !== undefined
      ? halfOpen
      : new Problem('TIMED_OUT', `${client.server} did not respond in time.`, `GET ${path}`)
  } finally {
    clearTimeout(timer)
  }
  return hasEvents || performance.now() - started >= shortestMs
}

function secondsOf({ watchSeconds: usual, isConfirmedByPings }: ReflectOptions, at: Position): number {
  if (usual === undefined) return Math.round(longSeconds())
  const needsConfirmation = at.failures > 0 || at.isListed
  return needsConfirmation && isConfirmedByPings?.() !== true ? 1 : Math.max(1, Math.round(usual()))
}

const longSeconds = (): number => watchSeconds.least + Math.random() * (watchSeconds.most - watchSeconds.least)

const isSilence = (error: unknown): boolean => error instanceof Problem && error.code === 'TIMED_OUT'

/** Undefined for a type of event that did not exist when this was written. */
function readEvent(line: string, server: string): { readonly change: Change; readonly version?: string } | undefined {
  const { type, object } = parseEvent(line, server)
  if (type === 'ERROR') throw failureOfStatus(object, server)
  if (object?.metadata === undefined) return undefined
  const version = object.metadata.resourceVersion
  if (type === 'BOOKMARK') return { change: { kind: 'live', isConfirmed: true }, version }
  const known = changeTypes[type ?? '']
  return known && { change: { kind: 'one', type: known, object: trim(object) }, version }
}

interface WatchEvent {
  readonly type?: string
  readonly object?: KubernetesObject
}

function parseEvent(line: string, server: string): WatchEvent {
  // A line that has fewer characters than the limit of levels exceeds neither.
  if (line.length > objectLimits.depth && exceedsJsonLimits(Buffer.from(line), objectLimits))
    throw new Problem('ANSWER_TOO_LARGE', `An event of ${server} has too many values, or too many levels.`)
  try {
    return (JSON.parse(line) ?? {}) as WatchEvent // the API's form of each line of a watch
  } catch (error) {
    throw new Problem('CLUSTER_UNREACHABLE', `The watch on ${server} was interrupted in the middle of a line.`, '', {
      cause: error,
    })
  }
}

const changeTypes: Readonly<Record<string, 'added' | 'modified' | 'deleted'>> = {
  ADDED: 'added',
  MODIFIED: 'modified',
  DELETED: 'deleted',
}

/** Without `managedFields`, which take half of the memory and are not used. Items of a list carry no kind. */
function trim(object: Partial<KubernetesObject>, type?: ResourceType): KubernetesObject {
  const { managedFields: _unread, ...metadata } = object.metadata ?? { name: '' }
  const { apiVersion = type?.apiVersion ?? '', kind = type?.kind ?? '' } = object
  return { ...object, apiVersion, kind, metadata: { ...metadata, name: metadata.name } }
}
