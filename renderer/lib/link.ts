import { createORPCClient } from '@orpc/client'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Client } from './client.ts'
import { isAbort, isResponse } from './problem.ts'

/** Why the browser host needs a new address from the terminal. */
export type SignedOutReason = 'noAddress' | 'tokenUsed' | 'unknown' | 'expired' | 'signedOut'

/** Thrown by `connect` where a retry cannot succeed. */
export class SignedOut extends Error {
  readonly reason: SignedOutReason
  constructor(reason: SignedOutReason) {
    super('signed-out')
    this.reason = reason
  }
}

/** `connecting`: the first attempt is not over. `lost`: was connected, reconnects. `signedOut`: needs a new address. */
interface LinkState {
  readonly state: 'connecting' | 'connected' | 'lost' | 'signedOut'
  /** Undefined unless signed out. */
  readonly reason: SignedOutReason | undefined
  readonly since: string
  /** When the next attempt starts, in ms since the epoch; undefined while connected. */
  readonly nextAttemptAt: number | undefined
  readonly attempts: number
  /** Connects now instead of at `nextAttemptAt`. */
  retry(): void
}

export interface Link {
  /** Stays the same over every reconnection. While there is no connection its calls fail at once. */
  readonly client: Client
  readonly store: StoreApi<LinkState>
  /** Undefined where the host has no session to end. */
  readonly signOut: (() => void) | undefined
}

/** The delay doubles from 250 ms up to this: fast after a restart, cheap while the core is stopped. */
const slowestRetryMs = 10_000
export const retryDelayMs = (attempts: number): number => Math.min(250 * 2 ** attempts, slowestRetryMs)

type Callable = (input: unknown, options: { signal?: AbortSignal }) => Promise<unknown>

/** A client is nested by feature and procedure; each level is callable or holds the next. */
function procedureAt(client: Client, path: readonly string[]): Callable {
  let level: unknown = client
  for (const name of path) level = Reflect.get(Object(level), name)
  return level as Callable // the path comes from a client of the same type
}

const now = () => new Date().toISOString()

/** Connects to the core, and reconnects after each loss. Ends with the signal. */
export function createLink(connect: () => Promise<Client>, signal: AbortSignal, signOut?: () => void): Link {
  let current: Client | undefined
  let wake = () => {}

  const store = createStore<LinkState>()(() => ({
    state: 'connecting',
    reason: undefined,
    since: now(),
    nextAttemptAt: undefined,
    attempts: 0,
    retry: () => wake(),
  }))

  async function open() {
    for (let attempts = 0; !signal.aborted; attempts += 1) {
      try {
        current = await connect()
        store.setState({ state: 'connected', since: now(), nextAttemptAt: undefined, attempts: 0 })
        return
      } catch (error) {
        if (error instanceof SignedOut) return showSignedOut(error.reason)
        const delayMs = retryDelayMs(attempts)
        store.setState({ nextAttemptAt: Date.now() + delayMs, attempts: attempts + 1 })
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

  function showSignedOut(reason: SignedOutReason) {
    current = undefined
    store.setState({ state: 'signedOut', reason, since: now(), nextAttemptAt: undefined })
  }

  function onLost(lost: Client) {
    if (current !== lost || signal.aborted) return
    current = undefined
    store.setState({ state: 'lost', since: now() })
    void open()
  }

  async function* watched(stream: AsyncIterable<unknown>, from: Client, streamSignal: AbortSignal | undefined) {
    try {
      yield* stream
    } catch (error) {
      if (!isAbort(error, streamSignal) && !isResponse(error)) onLost(from)
      throw error
    }
  }

  const client: Client = createORPCClient({
    async call(path, input, options) {
      const from = current
      if (from === undefined) throw new Error('The core is not connected.')
      try {
        const result = await procedureAt(from, path)(input, { signal: options.signal })
        const streams = typeof result === 'object' && result !== null && Symbol.asyncIterator in result
        // The `in` above shows that the result is iterable.
        return streams ? watched(result as AsyncIterable<unknown>, from, options.signal) : result
      } catch (error) {
        if (!isAbort(error, options.signal) && !isResponse(error)) onLost(from)
        throw error
      }
    },
  })

  const end = () => {
    signOut?.()
    showSignedOut('signedOut')
  }

  void open()
  return { client, store, signOut: signOut && end }
}
