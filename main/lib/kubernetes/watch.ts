import { setTimeout as sleep } from 'node:timers/promises'
import { Problem, type ProblemReport, reportProblem } from '../../../preload/contract/problem.ts'
import type { KubernetesClient } from './client.ts'
import { failureOfStatus, isGone } from './failure.ts'
import { lines } from './lines.ts'
import { listPath, type Selection } from './objects.ts'
import { type KubernetesObject, type ResourceType, resourcePath } from './resources.ts'

/** A change of a collection, in order. */
export type Change =
  /** After each list: exactly these objects exist. */
  | { readonly kind: 'all'; readonly objects: readonly KubernetesObject[] }
  | { readonly kind: 'one'; readonly type: 'added' | 'modified' | 'deleted'; readonly object: KubernetesObject }
  /** The connection works, and the known state is current. Sent at least every few minutes; ends a `stale`. */
  | { readonly kind: 'live' }
  /** The connection broke, and the known state may be old. Retries continue. */
  | { readonly kind: 'stale'; readonly problem: ProblemReport }

export interface ReflectOptions extends Selection {
  /** Silence after which the connection counts as dead. Bookmarks come about every minute. Default 90,000. */
  readonly idleMs?: number
  /** First delay after a failure; doubles up to 30 s. Default 500. */
  readonly backoffMs?: number
}

const idleDefaultMs = 90_000
const backoffDefaultMs = 500
const backoffLimitMs = 30_000
/** The API server ends each watch after this; random, so that many clients do not reconnect at once. */
const watchSeconds = { least: 290, most: 350 }

/**
 * Follows a collection: lists it in pages, watches from there, and lists again when the version was compacted.
 * Ends only by abort, with the abort reason. Objects come without `managedFields`.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export async function* reflect(
  client: KubernetesClient,
  type: ResourceType,
  options: ReflectOptions,
  signal: AbortSignal,
): AsyncGenerator<Change, never> {
  const path = resourcePath(type, { namespace: options.namespace })
  let version: string | undefined // undefined: list first
  for (let failures = 0; ; ) {
    const started = performance.now()
    try {
      if (version === undefined) {
        const list = await listPath(client, path, options, signal)
        version = list.resourceVersion
        yield { kind: 'all', objects: list.objects.map((object) => trim(object, type)) }
      }
      for await (const event of follow(client, path, version, options, signal)) {
        if (event.version !== undefined) failures = 0
        version = event.version ?? version
        yield event.change
      }
    } catch (error) {
      signal.throwIfAborted()
      if (isGone(error)) version = undefined
      else if (!isQuiet(error)) yield { kind: 'stale', problem: reportProblem(error) }
    }
    signal.throwIfAborted()
    // A watch that ends at once, again and again, is retried at growing intervals, whatever ended it.
    failures = performance.now() - started < steadyMs ? failures + 1 : 0
    if (failures > 0) await pause(waitMs(failures, options.backoffMs ?? backoffDefaultMs), signal)
  }
}

/** A watch that lasted this long counts as working. */
const steadyMs = 10_000

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
}

/** Doubles with each failure up to 30 s, with jitter over its upper half so that clients do not retry in step. */
export function waitMs(failures: number, firstMs: number, chance: number = Math.random()): number {
  const full = Math.min(backoffLimitMs, firstMs * 2 ** Math.min(failures - 1, 16))
  return full / 2 + (full / 2) * chance
}

/** Silence is not a failure: the next watch continues from the same version, and nothing is lost. */
const isQuiet = (error: unknown): boolean =>
  error instanceof Problem && error.code === 'TIMED_OUT' && error.evidence === silent
const silent = 'silent watch'

interface Followed {
  readonly change: Change
  readonly version?: string
}

async function* follow(
  client: KubernetesClient,
  path: string,
  version: string,
  options: ReflectOptions,
  signal: AbortSignal,
): AsyncGenerator<Followed> {
  const { labelSelector, fieldSelector, idleMs = idleDefaultMs } = options
  const timeoutSeconds = Math.round(watchSeconds.least + Math.random() * (watchSeconds.most - watchSeconds.least))
  const query = {
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: version,
    timeoutSeconds,
    labelSelector,
    fieldSelector,
  }
  const body = await client.stream(path, { query, idleMs }, signal)
  yield { change: { kind: 'live' } }
  try {
    for await (const line of lines(body)) yield* readEvent(line, client.server)
  } catch (error) {
    const quiet = error instanceof Problem && error.code === 'TIMED_OUT'
    throw quiet ? new Problem('TIMED_OUT', error.message, silent, { cause: error }) : error
  }
}

interface WatchEvent {
  readonly type: string
  readonly object: KubernetesObject
}

function* readEvent(line: string, server: string): Generator<Followed> {
  const { type, object } = parseEvent(line, server)
  const version = object.metadata?.resourceVersion
  if (type === 'ERROR') throw failureOfStatus(object, server)
  if (type === 'BOOKMARK') yield { change: { kind: 'live' }, version }
  const known = changeTypes[type]
  if (known !== undefined) yield { change: { kind: 'one', type: known, object: trim(object) }, version }
}

function parseEvent(line: string, server: string): WatchEvent {
  try {
    return JSON.parse(line) as WatchEvent // the API's form of each line of a watch
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
