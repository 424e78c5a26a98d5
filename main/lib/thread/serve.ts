import { type MessagePort, parentPort } from 'node:worker_threads'
import { type FromThread, packError, type ToThread } from './messages.ts'

type Call = (input: never, signal: AbortSignal) => Promise<unknown>
type Stream = (input: never, signal: AbortSignal) => AsyncGenerator<unknown>

/** The calls and streams of a thread, by name. The main thread imports only its type from the thread's file. */
export interface ThreadApi {
  readonly calls: Readonly<Record<string, Call>>
  readonly streams: Readonly<Record<string, Stream>>
}

interface Running {
  readonly controller: AbortController
  readonly stream?: AsyncGenerator<unknown>
}

/**
 * Serves an API to the main thread, inside a worker thread (a file `*.thread.ts`). After a cancel, a call or stream
 * sends nothing more; the stream's `finally` blocks run.
 */
export function serveThread(api: ThreadApi, port: Pick<MessagePort, 'postMessage' | 'on'> | null = parentPort): void {
  if (port === null) throw new Error('serveThread runs in a worker thread')
  const running = new Map<number, Running>()
  const post = (message: FromThread): void => port.postMessage(message)

  const settle = (id: number, reply: Promise<FromThread>): void => {
    reply.then(
      (message) => {
        if (message.kind !== 'value' || running.get(id)?.stream === undefined) running.delete(id)
        post(message)
      },
      (error: unknown) => {
        // Cancelled already: nothing waits for the error.
        if (!running.delete(id)) return
        post({ kind: 'failed', id, failure: packError(error) })
      },
    )
  }

  const call = async (id: number, method: string, input: unknown, signal: AbortSignal): Promise<FromThread> => {
    const handler = api.calls[method]
    if (handler === undefined) throw new Error(`Unknown call: ${method}`)
    return { kind: 'value', id, value: await handler(input as never, signal) } // the typed caller checked it
  }

  const next = async (id: number, stream: AsyncGenerator<unknown>): Promise<FromThread> => {
    const { done, value } = await stream.next()
    return done === true ? { kind: 'done', id } : { kind: 'value', id, value }
  }

  port.on('message', (message: ToThread) => {
    const { id } = message
    if (message.kind === 'call') {
      const controller = new AbortController()
      running.set(id, { controller })
      settle(id, call(id, message.method, message.input, controller.signal))
    } else if (message.kind === 'open') {
      const controller = new AbortController()
      const stream = api.streams[message.method]?.(message.input as never, controller.signal) // typed by the caller
      running.set(id, { controller, stream })
      if (stream === undefined) settle(id, Promise.reject(new Error(`Unknown stream: ${message.method}`)))
    } else if (message.kind === 'next') {
      const stream = running.get(id)?.stream
      if (stream !== undefined) settle(id, next(id, stream))
    } else {
      const cancelled = running.get(id)
      running.delete(id)
      cancelled?.controller.abort()
      // The signal ends a stream that waits; this ends one that is suspended at a `yield`.
      cancelled?.stream?.return(undefined).catch(() => undefined)
    }
  })
}
