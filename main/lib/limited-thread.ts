import { Worker } from 'node:worker_threads'
import { threadFile } from './thread/file.ts'
import { type FromThread, type ToThread, unpackError } from './thread/messages.ts'

type Call = (input: never, signal: AbortSignal) => Promise<unknown>

/** The calls of a limited thread: `serveThread` serves them. `ready` answers once the thread's modules are loaded. */
export interface LimitedApi {
  readonly calls: Readonly<Record<string, Call>> & { readonly ready: () => Promise<true> }
}

type Input<Handler> = Handler extends (input: infer Given, ...rest: never[]) => unknown ? Given : never
type Answer<Handler> = Handler extends (...given: never[]) => Promise<infer Value> ? Value : never

/**
 * A thread for input that was written by others. One call runs at a time; the others wait. A call that takes too long or
 * too much memory ends with its thread, and costs only itself. The thread starts with the first call and ends when idle.
 */
export interface LimitedThread<Api extends LimitedApi> {
  /** Throws the thread's error, or LimitReached. */
  call<Name extends keyof Api['calls'] & string>(
    name: Name,
    input: Input<Api['calls'][Name]>,
  ): Promise<Answer<Api['calls'][Name]>>
  /** Processor time of all calls so far. */
  usedMs(): number
}

/** A call was ended: its input costs too much. */
export class LimitReached extends Error {
  readonly what: 'time' | 'memory'

  constructor(what: LimitReached['what']) {
    super(`The limit of ${what} was reached.`)
    this.what = what
  }
}

export interface LimitedThreadOptions {
  /** The file is `NAME.thread.ts` beside the module that starts it. */
  readonly name: string
  /** `import.meta.url` of that module. */
  readonly from: string
  /** Time on the processor for one call: on a busy machine an honest input takes longer on the clock. Default 1,000. */
  readonly callLimitMs?: number
  /** Default 256. */
  readonly heapLimitMb?: number
  /** Time on the clock for one call: the thread may get no processor at all. Default 20,000. */
  readonly clockLimitMs?: number
}

const idleMs = 10_000
/** Between two readings of the thread's time on the processor. */
const readingMs = 100
/** Loading the modules; not part of a call's limit. */
const startLimitMs = 20_000

export function startLimitedThread<Api extends LimitedApi>(options: LimitedThreadOptions): LimitedThread<Api> {
  const { name, from, callLimitMs = 1_000, heapLimitMb = 256, clockLimitMs = 20_000 } = options
  let worker: Worker | undefined
  let idle: NodeJS.Timeout | undefined
  let last: Promise<unknown> = Promise.resolve()
  let usedMs = 0

  const end = (): void => {
    clearTimeout(idle)
    void worker?.terminate()
    worker = undefined
  }

  /** The reply to one message. The thread ends with the limit. */
  const ask = (to: Worker, method: string, input: unknown, limitMs: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      let baseMs: number | undefined
      let settled = false
      const settle = (action: () => void): void => {
        clearTimeout(timer)
        clearInterval(readings)
        to.off('message', onMessage).off('error', onError).off('exit', onExit)
        settled = true
        action()
      }
      const fail = (error: Error): void => {
        if (settled) return
        settle(() => {
          // An ended thread may still report an error.
          to.on('error', () => undefined)
          end()
          reject(error)
        })
      }
      const onMessage = (message: FromThread): void =>
        settle(() => {
          if (message.kind === 'failed') reject(unpackError(message.failure))
          else resolve(message.kind === 'value' ? message.value : undefined)
        })
      const onError = (error: NodeJS.ErrnoException): void =>
        fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new LimitReached('memory') : error)
      const onExit = (): void => fail(new LimitReached('memory'))
      const timer = setTimeout(() => fail(new LimitReached('time')), clockLimitMs)
      const read = async (): Promise<void> => {
        const nowMs = await processorMs(to)
        baseMs ??= nowMs
        if (nowMs - baseMs > limitMs) fail(new LimitReached('time'))
      }
      // Rejected once the thread has ended.
      const readings = setInterval(() => read().catch(() => undefined), readingMs)
      read().catch(() => undefined)
      to.on('message', onMessage).on('error', onError).on('exit', onExit)
      to.postMessage({ kind: 'call', id: 1, method, input } satisfies ToThread)
    })

  const started = async (): Promise<Worker> => {
    if (worker !== undefined) return worker
    worker = new Worker(threadFile(name, from), {
      name,
      // Without the loaders of the host (a test runner, Electron): the file needs none.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      resourceLimits: { maxOldGenerationSizeMb: heapLimitMb, maxYoungGenerationSizeMb: 32 },
    })
    const starting = worker
    await ask(starting, 'ready', null, startLimitMs)
    return starting
  }

  const run = async (method: string, input: unknown): Promise<unknown> => {
    clearTimeout(idle)
    const to = await started()
    to.ref()
    const beforeMs = await processorMs(to)
    try {
      return await ask(to, method, input, callLimitMs)
    } finally {
      usedMs += worker === to ? (await processorMs(to)) - beforeMs : callLimitMs
      to.unref()
      idle = setTimeout(end, idleMs)
      idle.unref()
    }
  }

  return {
    call(method, input) {
      const answer = last.then(() => run(method, input))
      last = answer.catch(() => undefined)
      return answer as Promise<never> // typed by the thread's API
    },
    usedMs: () => usedMs,
  }
}

async function processorMs(worker: Worker): Promise<number> {
  const { user, system } = await worker.cpuUsage()
  return (user + system) / 1_000
}
