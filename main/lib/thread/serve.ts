import { type MessagePort, parentPort } from 'node:worker_threads'
import { type FromThread, packError, type ToThread } from './messages.ts'

type Call = (input: never, signal: AbortSignal) => Promise<unknown>
type Stream = (input: never, signal: AbortSignal) => AsyncGenerator<unknown>

/** What a thread can do, by name. Its type is all that the main thread needs to import of the thread's file. */
export interface ThreadApi {
  readonly calls: Readonly<Record<string, Call>>
  readonly streams: Readonly<Record<string, Stream>>
}

interface Running {
  readonly controller: AbortController
  readonly stream?: AsyncGenerator<unknown>
}

/**
 * Answers the main thread from inside a worker thread (a file `*.thread.ts`).
 * A cancelled call or stream answers nothing more; the stream's `finally` blocks run.
 */
export function serveThread(api: ThreadApi, port: Pick<MessagePort, 'postMessage' | 'on'> | null = parentPort): void {
  if (port === null) throw new Error('serveThread runs in a worker thread')
  const running = new Map<number, Running>()
  const post = (message: FromThread): void => port.postMessage(message)

  const settle = (id: number, answer: Promise<FromThread>): void => {
    answer.then(
      (message) => {
        if (message.kind !== 'value' || running.get(id)?.stream === undefined) running.delete(id)
        post(message)
      },
      (error: unknown) => {
        // Already forgotten: cancelled, so nobody waits for the reason.
        if (!running.delete(id)) return
        post({ kind: 'failed', id, failure: packError(error) })
      },
    )
  }

  const call = async (id: number, method: string, input: unknown, signal: AbortSignal): Promise<FromThread> => {
    const handler = api.calls[method]
    if (handler === undefined) throw new Error(`No call ${method}`)
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
      if (stream === undefined) settle(id, Promise.reject(new Error(`No stream ${message.method}`)))
    } else if (message.kind === 'next') {
      const stream = running.get(id)?.stream
      if (stream !== undefined) settle(id, next(id, stream))
    } else {
      const found = running.get(id)
      running.delete(id)
      found?.controller.abort()
      // A stream that waits ends by its signal; one that is between two values ends by this.
      found?.stream?.return(undefined).catch(() => undefined)
    }
  })
}
