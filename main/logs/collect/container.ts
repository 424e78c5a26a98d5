import { setTimeout as delay } from 'node:timers/promises'
import { Problem } from '../../../preload/contract/problem.ts'
import type { LogFormat } from '../../../preload/contract/profiles.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { isNotFound } from '../../lib/kubernetes/failure.ts'
import { lines } from '../../lib/kubernetes/watch.ts'
import { EventJoiner, type StreamEvent, type StreamLine } from '../parse/join.ts'
import { parseEvent } from '../parse/parse.ts'
import type { Bookmark } from '../store/catalog.ts'
import type { Batch, NewRecord } from '../store/store.ts'
import { Progress, Resume } from './resume.ts'
import { nsToMs, readStreamLine } from './stream-line.ts'

/** One container of one pod, and how its lines are read. */
export interface ContainerTarget {
  readonly source: string
  readonly namespace: string
  readonly pod: string
  readonly podUid: string
  readonly container: string
  readonly format: LogFormat
}

export interface CollectPorts {
  readonly client: KubernetesClient
  bookmark(stream: string): Bookmark | undefined
  append(batch: Batch): void
}

/** Kept at least this often while lines come. */
const batchMs = 250
/** An event that nothing follows is whole after this: a stack trace is printed in one go. */
const joinMs = 700
const batchRecords = 2_000
/** Without a byte for so long the stream is asked for anew: follow is known to stall at log rotation. */
const silenceMs = 60_000
const firstWaitMs = 500
const longestWaitMs = 15_000

interface PodStatus {
  readonly metadata?: { readonly uid?: string }
  readonly status?: {
    readonly containerStatuses?: readonly { readonly name: string; readonly restartCount?: number }[]
  }
}

/** The one name of a container's stream, over all of its lives. */
export const streamName = ({ podUid, container }: ContainerTarget): string => `${podUid}/${container}`

/**
 * Follows a container until its pod is gone, through restarts, rotation and lost connections. Each line is kept once;
 * what is known to be missing is a gap record. Ends when the pod is gone; throws only the abort reason.
 */
export async function followContainer(
  target: ContainerTarget,
  ports: CollectPorts,
  signal: AbortSignal,
): Promise<void> {
  const pod = `/api/v1/namespaces/${target.namespace}/pods/${target.pod}`
  const keeper = new Keeper(target, ports)
  const timer = setInterval(() => keeper.tick(), batchMs)
  try {
    for (let failures = 0; ; ) {
      try {
        const restarts = await restartsOf(ports.client, pod, target, signal)
        if (restarts === undefined) return
        const known = keeper.bookmark
        if (known !== undefined && known.restarts < restarts) {
          // Only one life before the present one is kept by the kubelet.
          const { client } = ports
          await keeper.read(open(client, pod, target, known, { previous: true }, signal), known, known.restarts)
        }
        const ofThisLife = keeper.bookmark?.restarts === restarts ? keeper.bookmark : undefined
        const stream = open(ports.client, pod, target, ofThisLife, { follow: true }, signal)
        const lines = await keeper.read(stream, ofThisLife, restarts)
        // A container that has ended has no more to say: it is asked ever more rarely whether it lives again.
        failures = lines === 0 ? failures + 1 : 0
      } catch (error) {
        signal.throwIfAborted()
        if (isNotFound(error)) return
        const silent = error instanceof Problem && error.code === 'TIMED_OUT'
        failures = silent ? 0 : failures + 1
      }
      await delay(Math.min(longestWaitMs, firstWaitMs * 2 ** failures), undefined, { signal })
    }
  } finally {
    clearInterval(timer)
    keeper.finish()
  }
}

async function restartsOf(
  client: KubernetesClient,
  path: string,
  { podUid, container }: ContainerTarget,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { metadata, status } = await client.request<PodStatus>('GET', path, {}, signal)
  // Another pod of the same name (a StatefulSet's) is another stream.
  if (metadata?.uid !== podUid) return undefined
  return status?.containerStatuses?.find(({ name }) => name === container)?.restartCount ?? 0
}

async function* open(
  client: KubernetesClient,
  pod: string,
  { container }: ContainerTarget,
  bookmark: Bookmark | undefined,
  kind: { readonly follow: true } | { readonly previous: true },
  signal: AbortSignal,
): AsyncGenerator<StreamLine> {
  const sinceTime =
    bookmark === undefined ? undefined : new Date(Math.floor(nsToMs(bookmark.ns) / 1_000) * 1_000).toISOString()
  const body = await client.stream(
    `${pod}/log`,
    { query: { container, timestamps: true, sinceTime, ...kind }, idleMs: silenceMs },
    signal,
  )
  for await (const text of lines(body)) {
    const line = readStreamLine(text)
    if (line !== undefined) yield line
  }
}

/** Between the stream and the store: joins lines to events, and keeps them in batches with the bookmark. */
class Keeper {
  readonly #target: ContainerTarget
  readonly #ports: CollectPorts
  readonly #joiner: EventJoiner
  readonly #progress: Progress
  #waiting: NewRecord[] = []
  #restarts = 0
  #lastLineMs = 0

  constructor(target: ContainerTarget, ports: CollectPorts) {
    this.#target = target
    this.#ports = ports
    this.#joiner = new EventJoiner(target.format)
    this.#progress = new Progress(ports.bookmark(streamName(target)))
  }

  get bookmark(): Bookmark | undefined {
    return this.#progress.bookmark
  }

  /** Takes a stream of one life of the container, from where that life's lines are known. Returns how many were new. */
  async read(stream: AsyncIterable<StreamLine>, known: Bookmark | undefined, restarts: number): Promise<number> {
    let taken = 0
    const resume = new Resume(known)
    this.#restarts = restarts
    try {
      for await (const line of stream) {
        const seen = resume.look(line)
        if (seen === 'known') continue
        if (seen === 'new-after-gap' && known !== undefined) this.#gap(known.ns, line.ns)
        taken += 1
        this.#progress.read(line)
        this.#take(this.#joiner.push(line))
        this.#lastLineMs = performance.now()
        if (this.#waiting.length >= batchRecords) this.#keep()
      }
    } finally {
      // What is asked for next begins after what is kept: nothing may be left half read.
      this.finish()
    }
    return taken
  }

  tick(): void {
    if (performance.now() - this.#lastLineMs >= joinMs) this.#take(this.#joiner.flush())
    this.#keep()
  }

  finish(): void {
    this.#take(this.#joiner.flush())
    this.#keep()
  }

  #take(event: StreamEvent | undefined): void {
    if (event === undefined) return
    const { source, pod, container, format } = this.#target
    const { atMs, level } = parseEvent(format, event.text)
    this.#waiting.push({
      atMs: atMs ?? nsToMs(event.ns),
      atSource: atMs === undefined ? 'kubelet' : 'line',
      level,
      source,
      pod,
      container,
      parser: format,
      raw: event.text,
    })
    this.#progress.kept(event.lines, this.#restarts)
  }

  #gap(from: bigint, to: bigint): void {
    const { source, pod, container } = this.#target
    const [start, end] = [from, to].map((ns) => new Date(nsToMs(ns)).toISOString())
    const raw = `Lines are missing here: between ${start} and ${end} the kubelet had rotated them away.`
    this.#waiting.push({
      atMs: nsToMs(from),
      atSource: 'kubelet',
      level: null,
      source,
      pod,
      container,
      parser: 'gap',
      raw,
    })
  }

  #keep(): void {
    const { bookmark } = this
    if (this.#waiting.length === 0 || bookmark === undefined) return
    const records = this.#waiting
    this.#waiting = []
    this.#ports.append({ stream: streamName(this.#target), records, bookmark })
  }
}
