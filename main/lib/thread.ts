import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { Problem } from '../../preload/contract/problem.ts'
import { threadFile } from './thread/file.ts'
import { type FromThread, type ToThread, unpackError } from './thread/messages.ts'
import type { ThreadApi } from './thread/serve.ts'

type Input<Handler> = Handler extends (input: infer Given, signal: AbortSignal) => unknown ? Given : never
type Answer<Handler> = Handler extends (...given: never[]) => Promise<infer Value> ? Value : never
type Item<Handler> = Handler extends (...given: never[]) => AsyncGenerator<infer Value> ? Value : never

/** A worker thread, used from the main thread. It starts with the first request; an idle one does not keep the process running. */
export interface Thread<Api extends ThreadApi> {
  /** Throws the thread's error (a Problem keeps its code), THREAD_DIED, or the abort reason. */
  call<Name extends keyof Api['calls'] & string>(
    name: Name,
    input: Input<Api['calls'][Name]>,
    signal: AbortSignal,
  ): Promise<Answer<Api['calls'][Name]>>
  /** Values are requested one at a time. Leaving the loop, or aborting, ends the stream in the thread too. */
  stream<Name extends keyof Api['streams'] & string>(
    name: Name,
    input: Input<Api['streams'][Name]>,
    signal: AbortSignal,
  ): AsyncGenerator<Item<Api['streams'][Name]>, void, undefined>
  /** Ends the thread; pending calls and streams fail with CANCELLED. */
  close(): Promise<void>
}

export interface ThreadOptions {
  /** The file is `NAME.thread.ts` beside the module that starts it. */
  readonly name: string
  /** `import.meta.url` of that module. */
  readonly from: string
  /** Limit of the thread's JavaScript heap; beyond it the thread exits, and the app continues. Default 1,024. */
  readonly heapLimitMb?: number
}

/** The delay doubles with each crash soon after a start, so that a crash at start costs little. */
const firstRestartMs = 200
const longestRestartMs = 10_000
/** A crash after this long is not a crash at start: the count restarts. */
const stableMs = 30_000

export function restartDelayMs(crashes: number): number {
  return crashes === 0 ? 0 : Math.min(longestRestartMs, firstRestartMs * 2 ** (crashes - 1))
}

interface PendingReply {
  resolve(message: FromThread): void
  reject(error: Error): void
}

interface Instance {
  readonly worker: Worker
  readonly pending: Map<number, PendingReply>
  readonly startedMs: number
}

export function startThread<Api extends ThreadApi>(options: ThreadOptions): Thread<Api> {
  const { name, from, heapLimitMb = 1_024 } = options
  let instance: Instance | undefined
  let crashes = 0
  let earliestStartMs = 0
  let lastId = 0
  let closed = false

  const start = (): Instance => {
    const worker = new Worker(threadFile(name, from), {
      name,
      // Without the loaders of the host (a test runner, Electron): the file needs none.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      resourceLimits: { maxOldGenerationSizeMb: heapLimitMb },
    })
    const pending = new Map<number, PendingReply>()
    const started: Instance = { worker, pending, startedMs: performance.now() }
    let cause: unknown
    worker.on('message', (message: FromThread) => {
      pending.get(message.id)?.resolve(message)
      settle(started, message.id)
    })
    worker.on('error', (error: unknown) => {
      cause = error
    })
    worker.on('exit', (code) => {
      if (instance === started) instance = undefined
      crashes = performance.now() - started.startedMs > stableMs ? 1 : crashes + 1
      earliestStartMs = performance.now() + restartDelayMs(crashes)
      const evidence = cause instanceof Error ? cause.name : `exit code ${code}`
      const problem = closed
        ? new Problem('CANCELLED', `The ${name} thread was closed`)
        : new Problem('THREAD_DIED', `The ${name} thread stopped unexpectedly`, evidence, { cause })
      for (const { reject } of pending.values()) reject(problem)
      pending.clear()
    })
    worker.unref()
    return started
  }

  const settle = (of: Instance, id: number): void => {
    of.pending.delete(id)
    if (of.pending.size === 0) of.worker.unref()
  }

  const ensureStarted = async (signal: AbortSignal): Promise<Instance> => {
    for (;;) {
      signal.throwIfAborted()
      if (closed) throw new Problem('CANCELLED', `The ${name} thread was closed`)
      if (instance !== undefined) return instance
      const waitMs = earliestStartMs - performance.now()
      if (waitMs <= 0) {
        instance = start()
        return instance
      }
      await delay(waitMs, undefined, { signal }).catch(() => undefined)
    }
  }

  /** Posts one message and waits for the reply to its id. An abort cancels it in the thread, then throws the reason. */
  const send = async (of: Instance, message: ToThread, signal: AbortSignal): Promise<FromThread> => {
    signal.throwIfAborted()
    if (instance !== of) throw new Problem('THREAD_DIED', `The ${name} thread stopped unexpectedly`)
    const { promise, resolve, reject } = Promise.withResolvers<FromThread>()
    const cancel = (): void => {
      of.worker.postMessage({ kind: 'cancel', id: message.id } satisfies ToThread)
      settle(of, message.id)
      reject(signal.reason)
    }
    signal.addEventListener('abort', cancel, { once: true })
    of.pending.set(message.id, { resolve, reject })
    of.worker.ref()
    of.worker.postMessage(message)
    try {
      return await promise
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  return {
    async call(method, input, signal) {
      lastId += 1
      const id = lastId
      const message = await send(await ensureStarted(signal), { kind: 'call', id, method, input }, signal)
      if (message.kind === 'failed') throw unpackError(message.failure)
      if (message.kind === 'done') throw new Error(`${method} ended without a result`)
      return message.value as never // typed by the thread's API
    },
    async *stream(method, input, signal) {
      const of = await ensureStarted(signal)
      lastId += 1
      const id = lastId
      of.worker.postMessage({ kind: 'open', id, method, input } satisfies ToThread)
      let ended = false
      try {
        for (;;) {
          const message = await send(of, { kind: 'next', id }, signal)
          ended = message.kind !== 'value'
          if (message.kind === 'failed') throw unpackError(message.failure)
          if (message.kind === 'done') return
          yield message.value as never // typed by the thread's API
        }
      } finally {
        if (!ended) of.worker.postMessage({ kind: 'cancel', id } satisfies ToThread)
      }
    },
    async close() {
      closed = true
      await instance?.worker.terminate()
    },
  }
}
