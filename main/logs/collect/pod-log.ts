import type { Semaphore } from '../../lib/concurrency/semaphore.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { isNotFound } from '../../lib/kubernetes/failure.ts'
import { type ContainerStatus, type Pod, statusOf } from './container-status.ts'
import { logLines, type ReadLine } from './log-lines.ts'
import { withPermission } from './missing-permission.ts'
import type { ContainerTarget } from './target.ts'

export interface PodLogPorts {
  readonly client: KubernetesClient
  /** Streams that may be followed at once. The logs of more containers are read from time to time. */
  readonly follows?: Semaphore
  /** Logs that may be read at once besides. */
  readonly reads?: Semaphore
}

/** The pod is deleted, or another one has its name: that one (a StatefulSet's) is another stream. */
export const podDeleted = new Error('The pod is deleted.')
const closed = new Error('The log is no longer needed.')

export interface OpenLog {
  readonly lines: AsyncIterable<ReadLine>
  readonly container: ContainerStatus
  /** From the answer of the kubelet to the first line. */
  awaitedMs(): number
  /** The iteration throws the reason. */
  abort(reason: Error): void
  close(): void
}

export interface LogQuery {
  readonly follow?: true
  readonly previous?: true
  readonly tailLines?: number
}

/** The log of one container, as the API server gives it, in one round. Throws `podDeleted`, `LogUnreadable` and Problems. */
export class PodLog {
  readonly #target: ContainerTarget
  readonly #ports: PodLogPorts
  readonly #signal: AbortSignal
  /** It has a place among the logs that are read. */
  #isReading = false
  /** By the last status that was read. */
  restarts = 0
  isRunning = false
  /** When the first log was opened, by `performance.now()`. */
  openedMs: number | undefined
  /** There was no free stream to follow the log. */
  isQueued = false

  constructor(target: ContainerTarget, ports: PodLogPorts, signal: AbortSignal) {
    this.#target = target
    this.#ports = ports
    this.#signal = signal
  }

  async each(query: LogQuery, each: (line: ReadLine, log: OpenLog) => Promise<void>): Promise<void> {
    const log = await this.open(query)
    try {
      for await (const line of log.lines) await each(line, log)
    } finally {
      log.close()
    }
  }

  async lastLine(query: LogQuery): Promise<ReadLine | undefined> {
    let last: ReadLine | undefined
    await this.each({ ...query, tailLines: 1 }, async (line) => {
      last = line
    })
    return last
  }

  /**
   * Resolves once the kubelet has chosen the instance whose log it serves: it sends the response header right after.
   * The pod is read after that: so the log is of this pod, and of no other one with its name.
   */
  async open(query: LogQuery): Promise<OpenLog> {
    const { client } = this.#ports
    const { follow, release } = await this.#place(query)
    const stop = new AbortController()
    const signal = AbortSignal.any([this.#signal, stop.signal])
    const close = (): void => {
      stop.abort(closed)
      release?.()
    }
    try {
      const sent = { ...query, container: this.#target.container, timestamps: true, follow }
      const body = await client.stream(`${podPath(this.#target)}/log`, { query: sent }, signal).catch(async (error) => {
        if (isNotFound(error)) await this.status()
        throw withPermission(error, 'get pods/log', this.#target.namespace)
      })
      const openedMs = performance.now()
      this.openedMs ??= openedMs
      let firstMs = openedMs
      // Read at once: what an HTTP/2 stream brought is lost when it ends before anyone has begun to read it.
      const lines = begun(logLines(body), () => {
        firstMs = performance.now()
      })
      const container = await this.status()
      return { lines, container, awaitedMs: () => firstMs - openedMs, abort: (reason) => stop.abort(reason), close }
    } catch (error) {
      close()
      throw error
    }
  }

  /**
   * A place among the streams that are followed, where one is free, else among those that are read. The previous log is read
   * while the current one is open: it takes no second place, for which all others could wait in vain.
   */
  async #place(query: LogQuery): Promise<{ readonly follow?: true; readonly release?: () => void }> {
    const { follows, reads } = this.#ports
    if (query.follow) {
      const release = follows?.tryAcquire()
      this.isQueued = follows !== undefined && release === undefined
      if (!this.isQueued) return { follow: true, release }
    }
    if (reads === undefined || this.#isReading) return {}
    const release = await reads.acquire(this.#signal)
    this.#isReading = true
    return {
      release: () => {
        this.#isReading = false
        release()
      },
    }
  }

  async status(): Promise<ContainerStatus> {
    const { client } = this.#ports
    const { namespace } = this.#target
    const pod = await client.request<Pod>('GET', podPath(this.#target), {}, this.#signal).catch((error: unknown) => {
      throw isNotFound(error) ? podDeleted : withPermission(error, 'get pods', namespace)
    })
    if (pod.metadata?.uid !== this.#target.podUid) throw podDeleted
    const status = statusOf(pod, this.#target.container)
    this.restarts = status.restarts
    this.isRunning = status.isRunning
    return status
  }
}

/** The first item is asked for now, and not by the first iteration. */
function begun<Item>(items: AsyncGenerator<Item>, onFirst: () => void): AsyncIterable<Item> {
  const first = items.next()
  first.then(onFirst).catch(() => undefined) // thrown by the iteration
  return (async function* () {
    const { done, value } = await first
    if (done) return
    yield value
    yield* items
  })()
}

const podPath = ({ namespace, pod }: ContainerTarget): string => `/api/v1/namespaces/${namespace}/pods/${pod}`
