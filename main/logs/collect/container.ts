import { setTimeout as delay } from 'node:timers/promises'
import { Problem } from '../../../preload/contract/problem.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { isBadRequest, isNotFound } from '../../lib/kubernetes/failure.ts'
import { lineParts } from '../../lib/kubernetes/lines.ts'
import { maxCharacters, type StreamLine } from '../parse/join.ts'
import type { Batch } from '../store/batch.ts'
import type { Bookmark } from '../store/bookmark.ts'
import { continueLog } from './continue.ts'
import { RecordWriter } from './record-writer.ts'
import { nsToMs, readStreamLine } from './stream-line.ts'
import { type ContainerTarget, streamName } from './target.ts'

export interface CollectPorts {
  readonly client: KubernetesClient
  bookmark(stream: string): Bookmark | undefined
  append(batch: Batch): void
}

/** The longest time between reading a line and storing it, for an event that is complete. */
const batchMs = 250
/** A stream without a byte for this long is reopened: follow is known to stall at log rotation (kubernetes#115701). */
const silenceMs = 60_000
const firstDelayMs = 500
const longestDelayMs = 15_000

interface Pod {
  readonly metadata?: { readonly uid?: string }
  readonly status?: {
    readonly containerStatuses?: readonly { readonly name: string; readonly restartCount?: number }[]
  }
}

/**
 * Follows a container until its pod is deleted, through restarts, log rotation and lost connections. Each line is
 * stored once; a gap record stands for lines that can no longer be read. Ends when the pod is deleted; throws only the
 * abort reason.
 */
export async function followContainer(
  target: ContainerTarget,
  ports: CollectPorts,
  signal: AbortSignal,
): Promise<void> {
  const writer = new RecordWriter(target, ports.bookmark(streamName(target)), ports.append)
  const timer = setInterval(() => writer.tick(), batchMs)
  try {
    for (let failures = 0; ; ) {
      try {
        const restarts = await readRestarts(ports.client, target, signal)
        if (restarts === undefined) return
        const stored = await readOnce(target, ports.client, writer, restarts, signal)
        // A container that has ended prints nothing more: the delay grows until the next instance starts.
        failures = stored === 0 ? failures + 1 : 0
      } catch (error) {
        signal.throwIfAborted()
        if (isNotFound(error)) return
        const silent = error instanceof Problem && error.code === 'TIMED_OUT'
        failures = silent ? 0 : failures + 1
      }
      await delay(Math.min(longestDelayMs, firstDelayMs * 2 ** failures), undefined, { signal })
    }
  } finally {
    clearInterval(timer)
    writer.flush()
  }
}

/** Follows the log until the stream ends. Returns the number of new lines. */
async function readOnce(
  target: ContainerTarget,
  client: KubernetesClient,
  writer: RecordWriter,
  restarts: number,
  signal: AbortSignal,
): Promise<number> {
  const { progress } = writer
  const stop = new AbortController()
  const untilStop = AbortSignal.any([signal, stop.signal])
  // The log of a new instance is read from its start: the node's clock may have been set back.
  const since = progress && restarts <= progress.bookmark.restarts ? progress.bookmark : undefined
  const open = (kind: LogKind) => openLog(client, target, since, kind, untilStop)
  let count = 0
  try {
    const current = await open({ follow: true })
    for await (const entry of continueLog(progress, {
      restarts,
      current,
      previous: () => previousLog(open({ previous: true })),
    })) {
      writer.write(entry)
      if (entry.kind === 'line') count += 1
    }
    return count
  } finally {
    // The next stream begins after the last stored line: every line that was read must be stored before.
    writer.flush()
    stop.abort()
  }
}

/** Undefined when the pod is deleted: another pod of the same name (a StatefulSet's) is another stream. */
async function readRestarts(
  client: KubernetesClient,
  target: ContainerTarget,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { metadata, status } = await client.request<Pod>('GET', podPath(target), {}, signal)
  if (metadata?.uid !== target.podUid) return undefined
  return status?.containerStatuses?.find(({ name }) => name === target.container)?.restartCount ?? 0
}

type LogKind = { readonly follow: true } | { readonly previous: true }

/**
 * Resolves once the kubelet has chosen the instance whose log it serves: it sends the response header right after.
 * https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/kubelet/kubelet_pods.go (GetKubeletContainerLogs)
 */
async function openLog(
  client: KubernetesClient,
  target: ContainerTarget,
  since: Bookmark | undefined,
  kind: LogKind,
  signal: AbortSignal,
): Promise<AsyncIterable<StreamLine>> {
  const { container } = target
  // Whole seconds, as the API counts them.
  const sinceTime = since && new Date(Math.floor(nsToMs(since.ns) / 1_000) * 1_000).toISOString()
  const query = { container, timestamps: true, sinceTime, ...kind }
  return streamLines(await client.stream(`${podPath(target)}/log`, { query, idleMs: silenceMs }, signal))
}

/** What has no time of the node is left out; the parts of a long line have the time of their line. */
async function* streamLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<StreamLine> {
  let line: StreamLine | undefined
  let continued = false
  for await (const { text, more } of lineParts(body, maxCharacters)) {
    line = continued ? line && { ns: line.ns, text, continued } : readStreamLine(text)
    if (line !== undefined) yield line
    continued = more
  }
}

/** Nothing where the kubelet has no previous instance: it answers 400. */
async function* previousLog(opening: Promise<AsyncIterable<StreamLine>>): AsyncGenerator<StreamLine> {
  const log = await opening.catch((error: unknown) => {
    if (isBadRequest(error)) return []
    throw error
  })
  yield* log
}

const podPath = ({ namespace, pod }: ContainerTarget): string => `/api/v1/namespaces/${namespace}/pods/${pod}`
