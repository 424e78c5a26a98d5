import type { Duplex } from 'node:stream'
import type { HoldFacts } from '../facts.ts'
import type { Target } from '../target.ts'
import { BufferedConnection } from '../transport/buffered-connection.ts'
import type { ObservedStream } from '../transport/observed-stream.ts'

/** A new connection of an endpoint, with TLS where the endpoint has it, before any data. */
export interface OpenedConnection {
  readonly stream: Duplex
  /** Between TCP and TLS; undefined without TLS. */
  readonly observed: ObservedStream | undefined
}

/** What a protocol needs to hold a connection. */
export interface HoldRequest {
  readonly target: Target
  readonly holdMs: number
  /** Another connection over the same route; undefined when it fails. */
  readonly open: (signal: AbortSignal) => Promise<OpenedConnection | undefined>
}

/** Holds one connection idle, then sends data once more. Sends no credential. Throws only when cancelled. */
export type Hold = (request: HoldRequest, signal: AbortSignal) => Promise<HoldFacts>

/** No connection could be brought to where it can be held. */
export const notHeld: HoldFacts = { kind: 'unknown', message: 'no connection could be held open' }

export const closedByTls = 'the server closed TLS in order: its own timeout'

/** A connection that is read, and how it ends. */
export class HeldConnection {
  readonly connection: BufferedConnection
  readonly #observed: ObservedStream | undefined
  #hadError = false

  constructor({ stream, observed }: OpenedConnection) {
    this.#observed = observed
    stream.on('error', () => {
      this.#hadError = true
    })
    this.connection = new BufferedConnection(stream)
  }

  /** It ended by a TCP reset, not by an orderly close. */
  get wasReset(): boolean {
    return this.#observed === undefined ? this.#hadError : this.#observed.ending === 'reset'
  }
  /** The server ended it with a TLS alert (close_notify), which no device on the path can forge. */
  get endedWithAlert(): boolean {
    return this.#observed?.endedWithAlert(this.connection.lastDataAt) ?? false
  }
}

/** What forgets idle connections does so after tens of seconds at the earliest. A shorter hold (of a test) is compared with itself. */
const shortestIdleMs = 5_000
const shortestShare = 0.25

/** A connection that ended without a shutdown by the server: idle for a while, or too soon to be called idle. */
export const dropped = (how: 'reset' | 'closed', afterMs: number, holdMs: number): HoldFacts => ({
  kind: afterMs < Math.min(shortestIdleMs, holdMs * shortestShare) ? 'ended-early' : 'dropped',
  afterMs,
  how,
})

/**
 * What the end of an idle connection means. `isAccepted`: the server accepted the connection for good, so it would not close it
 * without a shutdown of its own. Before a login, servers close connections that wait too long.
 */
export function endedWhileIdle(
  held: HeldConnection,
  { afterMs, holdMs }: { readonly afterMs: number; readonly holdMs: number },
  isAccepted: boolean,
): HoldFacts {
  if (held.wasReset) return dropped('reset', afterMs, holdMs)
  if (held.endedWithAlert) return { kind: 'closed-by-server', afterMs, message: closedByTls }
  return isAccepted
    ? dropped('closed', afterMs, holdMs)
    : { kind: 'closed-by-server', afterMs, message: 'closed, as a server does that waits for a login or a request' }
}
