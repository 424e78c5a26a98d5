import { randomBytes } from 'node:crypto'
import type { HoldFacts } from '../facts.ts'
import { confirmLimitMs } from '../limits.ts'
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
 * Holds a WebSocket that was accepted. Pings of the far end are answered, as every client does; its close frame is its own
 * decision. Afterwards a ping tells whether the connection still carries anything, if one did so before.
 */
export async function holdWebSocket(line: HeldConnection, holdMs: number, signal: AbortSignal): Promise<HoldFacts> {
  const talk = new WebSocketSession(line)
  const answersPings = await talk.ping(signal)
  const startedAt = performance.now()
  while (performance.now() < startedAt + holdMs) {
    await line.channel.waitForData(startedAt + holdMs - performance.now(), signal)
    talk.readFrames()
    const afterMs = Math.round(performance.now() - startedAt)
    if (talk.closeReason !== undefined) return { kind: 'closed-by-server', afterMs, message: talk.closeReason }
    if (line.channel.ended) return endedWhileIdle(line, afterMs, true)
  }
  const pings = talk.pings === 0 ? '' : `; the far end itself sent ${talk.pings} pings, so it was never idle for long`
  if (await talk.ping(signal)) return { kind: 'alive', heldMs: holdMs, message: `a ping was answered${pings}` }
  if (talk.closeReason !== undefined) return { kind: 'closed-by-server', afterMs: holdMs, message: talk.closeReason }
  if (line.wasReset) return { kind: 'unresponsive', heldMs: holdMs, how: 'reset' }
  if (line.channel.ended) return endedWhileIdle(line, holdMs, true)
  return answersPings
    ? { kind: 'unresponsive', heldMs: holdMs, how: 'timeout' }
    : { kind: 'unknown', message: `it stayed open; the far end answers no pings${pings}` }
}

class WebSocketSession {
  readonly #line: HeldConnection
  #awaited = ''
  #answered = false
  pings = 0
  closeReason: string | undefined

  constructor(line: HeldConnection) {
    this.#line = line
  }

  /** Whether the pong to our ping comes; whatever else is said is heard meanwhile. */
  async ping(signal: AbortSignal): Promise<boolean> {
    const { channel } = this.#line
    const payload = randomBytes(4)
    this.#awaited = payload.toString('hex')
    this.#answered = false
    channel.write(pingFrame(payload))
    const endAt = performance.now() + confirmLimitMs
    for (;;) {
      this.readFrames()
      if (this.#answered || this.closeReason !== undefined || channel.ended || performance.now() >= endAt) break
      await channel.waitForData(endAt - performance.now(), signal)
    }
    return this.#answered
  }

  /** Takes the frames that have come. */
  readFrames(): void {
    const { channel } = this.#line
    for (let frame = channel.consume(parseFrame); frame !== undefined; frame = channel.consume(parseFrame))
      this.#take(frame)
  }

  #take({ opcode, payload }: Frame): void {
    if (opcode === pongOpcode && payload.toString('hex') === this.#awaited) this.#answered = true
    if (opcode === pingOpcode) {
      this.pings += 1
      this.#line.channel.write(pongFrame(payload))
    }
    if (opcode !== closeOpcode) return
    const code = payload.length >= 2 ? ` ${payload.readUInt16BE(0)}` : ''
    this.closeReason = `the far end closed the WebSocket itself:${code} ${payload.toString('utf8', 2, 100)}`.trimEnd()
  }
}
