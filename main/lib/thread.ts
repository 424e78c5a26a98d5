import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { Problem } from '../../preload/contract/problem.ts'
import { threadFile } from './thread/file.ts'
import { type FromThread, type ToThread, unpackError } from './thread/messages.ts'
import type { ThreadApi } from './thread/serve.ts'

type Input<Handler> = Handler extends (input: infer Given, signal: AbortSignal) => unknown ? Given : never
type Answer<Handler> = Handler extends (...given: never[]) => Promise<infer Value> ? Value : never
type Item<Handler> = Handler extends (...given: never[]) => AsyncGenerator<infer Value> ? Value : never

/** A worker thread as the main thread sees it. It starts with the first request and never holds the process open idle. */
export interface Thread<Api extends ThreadApi> {
  /** Throws what the thread threw (Problems keep their code), THREAD_DIED, or the abort reason. */
  call<Name extends keyof Api['calls'] & string>(
    name: Name,
    input: Input<Api['calls'][Name]>,
    signal: AbortSignal,
  ): Promise<Answer<Api['calls'][Name]>>
  /** Values are pulled one at a time. Leaving the loop, or aborting, ends the stream in the thread too. */
  stream<Name extends keyof Api['streams'] & string>(
    name: Name,
    input: Input<Api['streams'][Name]>,
    signal: AbortSignal,
  ): AsyncGenerator<Item<Api['streams'][Name]>, void, undefined>
  /** Ends the thread; what runs in it fails with CANCELLED. */
  close(): Promise<void>
}

export interface ThreadOptions {
  /** The file is `<name>.thread.ts` beside the module that starts it. */
  readonly name: string
  /** `import.meta.url` of that module. */
  readonly from: string
  /** Of the thread's JavaScript heap; beyond it the thread dies and the app lives. Default 1,024. */
  readonly heapLimitMb?: number
}

/** A thread that dies soon after its start is started again ever later, so that a crash at start costs little. */
const firstRestartMs = 200
const longestRestartMs = 10_000
/** One that lived this long had a reason of its own to die: the count starts anew. */
const goodLifeMs = 30_000

export function restartDelayMs(deaths: number): number {
  return deaths === 0 ? 0 : Math.min(longestRestartMs, firstRestartMs * 2 ** (deaths - 1))
}

interface Waiter {
  resolve(message: FromThread): void
  reject(error: Error): void
}

interface Life {
  readonly worker: Worker
  readonly waiters: Map<number, Waiter>
  readonly startedMs: number
}

export function startThread<Api extends ThreadApi>(options: ThreadOptions): Thread<Api> {
  const { name, from, heapLimitMb = 1_024 } = options
  let life: Life | undefined
  let deaths = 0
  let earliestStartMs = 0
  let lastId = 0
  let closed = false

  const start = (): Life => {
    const worker = new Worker(threadFile(name, from), {
      name,
      // None of the host's own loaders (a test runner's, Electron's): the file runs as it stands.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      resourceLimits: { maxOldGenerationSizeMb: heapLimitMb },
    })
    const waiters = new Map<number, Waiter>()
    const started: Life = { worker, waiters, startedMs: performance.now() }
    let cause: unknown
    worker.on('message', (message: FromThread) => {
      waiters.get(message.id)?.resolve(message)
      settle(started, message.id)
    })
    worker.on('error', (error: unknown) => {
      cause = error
    })
    worker.on('exit', (code) => {
      if (life === started) life = undefined
      deaths = performance.now() - started.startedMs > goodLifeMs ? 1 : deaths + 1
      earliestStartMs = performance.now() + restartDelayMs(deaths)
      const why = cause instanceof Error ? cause.name : `exit code ${code}`
      const problem = closed
        ? new Problem('CANCELLED', `The ${name} thread was closed`)
        : new Problem('THREAD_DIED', `The ${name} thread stopped unexpectedly`, why, { cause })
      for (const { reject } of waiters.values()) reject(problem)
      waiters.clear()
    })
    worker.unref()
    return started
  }

  const settle = (of: Life, id: number): void => {
    of.waiters.delete(id)
    if (of.waiters.size === 0) of.worker.unref()
  }

  const alive = async (signal: AbortSignal): Promise<Life> => {
    for (;;) {
      signal.throwIfAborted()
      if (closed) throw new Problem('CANCELLED', `The ${name} thread was closed`)
      if (life !== undefined) return life
      const waitMs = earliestStartMs - performance.now()
      if (waitMs <= 0) {
        life = start()
        return life
      }
      await delay(waitMs, undefined, { signal }).catch(() => undefined)
    }
  }

  /** Posts one message and waits for the answer to its id. An abort tells the thread, then throws the reason. */
  const ask = async (of: Life, message: ToThread, signal: AbortSignal): Promise<FromThread> => {
    signal.throwIfAborted()
    if (life !== of) throw new Problem('THREAD_DIED', `The ${name} thread stopped unexpectedly`)
    const { promise, resolve, reject } = Promise.withResolvers<FromThread>()
    const cancel = (): void => {
      of.worker.postMessage({ kind: 'cancel', id: message.id } satisfies ToThread)
      settle(of, message.id)
      reject(signal.reason)
    }
    signal.addEventListener('abort', cancel, { once: true })
    of.waiters.set(message.id, { resolve, reject })
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
      const message = await ask(await alive(signal), { kind: 'call', id, method, input }, signal)
      if (message.kind === 'failed') throw unpackError(message.failure)
      if (message.kind === 'done') throw new Error(`${method} ended without an answer`)
      return message.value as never // the thread's own type says what it is
    },
    async *stream(method, input, signal) {
      const of = await alive(signal)
      lastId += 1
      const id = lastId
      of.worker.postMessage({ kind: 'open', id, method, input } satisfies ToThread)
      let ended = false
      try {
        for (;;) {
          const message = await ask(of, { kind: 'next', id }, signal)
          ended = message.kind !== 'value'
          if (message.kind === 'failed') throw unpackError(message.failure)
          if (message.kind === 'done') return
          yield message.value as never // the thread's own type says what it is
        }
      } finally {
        if (!ended) of.worker.postMessage({ kind: 'cancel', id } satisfies ToThread)
      }
    },
    async close() {
      closed = true
      await life?.worker.terminate()
    },
  }
}
