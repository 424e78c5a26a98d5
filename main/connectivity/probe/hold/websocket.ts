import { randomBytes } from 'node:crypto'
import type { HoldFacts } from '../facts.ts'
import { confirmLimitMs } from '../limits.ts'
import { runningNow } from '../transport/time-limit.ts'
import {
  closeOpcode,
  type Frame,
  parseFrame,
  pingFrame,
  pingOpcode,
  pongFrame,
  pongOpcode,
} from '../transport/websocket.ts'
import { endedWhileIdle, type HeldConnection } from './held-connection.ts'

/**
 * Holds an accepted WebSocket. Answers the server's pings, as every client does; a close frame is the server's decision.
 * Afterwards a ping shows whether the connection still works, if the server answered one before.
 */
export async function holdWebSocket(held: HeldConnection, holdMs: number, signal: AbortSignal): Promise<HoldFacts> {
  const session = new WebSocketSession(held)
  const answersPings = await session.ping(signal)
  const startedAt = runningNow()
  while (runningNow() < startedAt + holdMs) {
    await held.connection.waitForData(startedAt + holdMs - runningNow(), signal)
    session.readFrames()
    const afterMs = Math.round(runningNow() - startedAt)
    if (session.closeReason !== undefined) return { kind: 'closed-by-server', afterMs, message: session.closeReason }
    if (held.connection.ended) return endedWhileIdle(held, { afterMs, holdMs }, true)
  }
  const pings = session.pings === 0 ? '' : `; the server sent ${session.pings} pings, so the connection was never idle`
  if (await session.ping(signal)) return { kind: 'alive', heldMs: holdMs, message: `a ping was answered${pings}` }
  if (session.closeReason !== undefined)
    return { kind: 'closed-by-server', afterMs: holdMs, message: session.closeReason }
  if (held.wasReset) return { kind: 'unresponsive', heldMs: holdMs, how: 'reset' }
  if (held.connection.ended) return endedWhileIdle(held, { afterMs: holdMs, holdMs }, true)
  return answersPings
    ? { kind: 'unresponsive', heldMs: holdMs, how: 'timeout' }
    : { kind: 'unknown', message: `it stayed open; the server answers no pings${pings}` }
}

class WebSocketSession {
  readonly #held: HeldConnection
  #expectedPong = ''
  #isAnswered = false
  /** Pings of the server. */
  pings = 0
  closeReason: string | undefined

  constructor(held: HeldConnection) {
    this.#held = held
  }

  /** Whether the pong to our ping comes. Other frames are processed meanwhile. */
  async ping(signal: AbortSignal): Promise<boolean> {
    const { connection } = this.#held
    const payload = randomBytes(4)
    this.#expectedPong = payload.toString('hex')
    this.#isAnswered = false
    connection.write(pingFrame(payload))
    const endAt = runningNow() + confirmLimitMs
    for (;;) {
      this.readFrames()
      if (this.#isAnswered || this.closeReason !== undefined || connection.ended || runningNow() >= endAt) break
      await connection.waitForData(endAt - runningNow(), signal)
    }
    return this.#isAnswered
  }

  /** Processes the frames that were received. */
  readFrames(): void {
    const { connection } = this.#held
    for (let frame = connection.consume(parseFrame); frame !== undefined; frame = connection.consume(parseFrame))
      this.#process(frame)
  }

  #process({ opcode, payload }: Frame): void {
    if (opcode === pongOpcode && payload.toString('hex') === this.#expectedPong) this.#isAnswered = true
    if (opcode === pingOpcode) {
      this.pings += 1
      this.#held.connection.write(pongFrame(payload))
    }
    if (opcode !== closeOpcode) return
    const code = payload.length >= 2 ? ` ${payload.readUInt16BE(0)}` : ''
    this.closeReason = `the server closed the WebSocket:${code} ${payload.toString('utf8', 2, 100)}`.trimEnd()
  }
}
