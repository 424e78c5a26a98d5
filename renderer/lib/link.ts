import { createORPCClient } from '@orpc/client'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Client } from './client.ts'
import { isAbort, wasAnswered } from './problem.ts'

/** `connecting`: never connected yet. `lost`: was connected, is trying again. */
interface LinkState {
  readonly state: 'connecting' | 'connected' | 'lost'
  readonly since: string
  /** When the next try is made, while there is no connection. */
  readonly nextTryAt: number | undefined
  readonly tries: number
  /** Tries now instead of at `nextTryAt`. */
  retry(): void
}

export interface Link {
  /** Stays the same over every reconnection. While there is no connection its calls fail at once. */
  readonly client: Client
  readonly store: StoreApi<LinkState>
}

/** Doubles from a quarter of a second to this: a core that restarts is found soon, one that is gone is left in peace. */
const slowestRetryMs = 10_000
export const retryDelayMs = (tries: number): number => Math.min(250 * 2 ** tries, slowestRetryMs)

type Callable = (input: unknown, options: { signal?: AbortSignal }) => Promise<unknown>

/** A client is nested by feature and procedure; each level is callable or holds the next. */
function procedureAt(client: Client, path: readonly string[]): Callable {
  let level: unknown = client
  for (const name of path) level = Reflect.get(Object(level), name)
  return level as Callable // the path comes from a client of the same type
}

const now = () => new Date().toISOString()

/** Connects, and connects again whenever the other side goes away. Ends with the signal. */
export function createLink(connect: () => Promise<Client>, signal: AbortSignal): Link {
  let current: Client | undefined
  let wake = () => {}

  const store = createStore<LinkState>()(() => ({
    state: 'connecting',
    since: now(),
    nextTryAt: undefined,
    tries: 0,
    retry: () => wake(),
  }))

  async function open() {
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        current = await connect()
        store.setState({ state: 'connected', since: now(), nextTryAt: undefined, tries: 0 })
        return
      } catch {
        const delayMs = retryDelayMs(tries)
        store.setState({ nextTryAt: Date.now() + delayMs, tries: tries + 1 })
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, delayMs)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
          signal.addEventListener('abort', wake, { once: true })
        })
      }
    }
  }

  function lose(lost: Client) {
    if (current !== lost || signal.aborted) return
    current = undefined
    store.setState({ state: 'lost', since: now() })
    void open()
  }

  async function* watched(stream: AsyncIterable<unknown>, from: Client, streamSignal: AbortSignal | undefined) {
    try {
      yield* stream
    } catch (error) {
      if (!isAbort(error, streamSignal) && !wasAnswered(error)) lose(from)
      throw error
    }
  }

  const client: Client = createORPCClient({
    async call(path, input, options) {
      const from = current
      if (from === undefined) throw new Error('The core is not connected.')
      try {
        const answer = await procedureAt(from, path)(input, { signal: options.signal })
        const streams = typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer
        // The `in` above says that it can be iterated.
        return streams ? watched(answer as AsyncIterable<unknown>, from, options.signal) : answer
      } catch (error) {
        if (!isAbort(error, options.signal) && !wasAnswered(error)) lose(from)
        throw error
      }
    },
  })

  void open()
  return { client, store }
}
