import type { Duplex } from 'node:stream'
import type { HoldFacts } from '../facts.ts'
import type { Target } from '../target.ts'
import { BufferedConnection } from '../transport/buffered-connection.ts'
import type { ObservedStream } from '../transport/observed-stream.ts'

/** A connection of a row, secured where the row is, before its first word. */
export interface OpenedConnection {
  readonly stream: Duplex
  /** Between TCP and TLS; undefined in the clear. */
  readonly observed: ObservedStream | undefined
}

/** What a protocol needs in order to hold a connection. */
export interface HoldRequest {
  readonly target: Target
  readonly holdMs: number
  /** One more connection over the same way; undefined when it does not come about. */
  readonly open: (signal: AbortSignal) => Promise<OpenedConnection | undefined>
}

/** Holds one connection of a row without a word, then speaks once more. Sends no credential. Throws only when cancelled. */
export type Hold = (holding: HoldRequest, signal: AbortSignal) => Promise<HoldFacts>

/** A line that is being read, and how it ends. */
export class HeldConnection {
  readonly channel: BufferedConnection
  readonly #tap: ObservedStream | undefined
  #resetSeen = false

  constructor({ stream, observed }: OpenedConnection) {
    this.#tap = observed
    stream.on('error', () => {
      this.#resetSeen = true
    })
    this.channel = new BufferedConnection(stream)
  }

  /** The end came as a reset, not in the order of TCP. */
  get wasReset(): boolean {
    return this.#tap === undefined ? this.#resetSeen : this.#tap.ending === 'reset'
  }
  /** The far end said goodbye within TLS, which nobody on the way can do in its name. */
  get saidGoodbye(): boolean {
    return this.#tap?.endedWithAlert(this.channel.lastDataAt) ?? false
  }
}

/**
 * What an end in silence amounts to. `lasting`: the far end had taken the connection for good, so that an end without
 * goodbye is not its own; before a login, servers hang up without a word when they have waited long enough.
 */
export function endedWhileIdle(line: HeldConnection, afterMs: number, lasting: boolean): HoldFacts {
  if (line.wasReset) return { kind: 'dropped', afterMs, how: 'reset' }
  if (line.saidGoodbye)
    return { kind: 'closed-by-server', afterMs, message: 'the far end ended TLS in order: a time-out of its own' }
  return lasting
    ? { kind: 'dropped', afterMs, how: 'closed' }
    : {
        kind: 'closed-by-server',
        afterMs,
        message: 'it was closed, as a far end does that waits for a login or a request',
      }
}
