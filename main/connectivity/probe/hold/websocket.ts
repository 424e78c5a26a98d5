import { randomBytes } from 'node:crypto'
import type { HoldFacts } from '../facts.ts'
import { confirmLimitMs } from '../limits.ts'
import {
  closeOpcode,
  type Frame,
  pingFrame,
  pingOpcode,
  pongFrame,
  pongOpcode,
  takeFrame,
} from '../transport/websocket.ts'
import { endedInSilence, type HeldLine } from './line.ts'

/**
 * Holds a WebSocket that was accepted. Pings of the far end are answered, as every client does; its close frame is its own
 * decision. Afterwards a ping tells whether the connection still carries anything, if one did so before.
 */
export async function holdWebSocket(line: HeldLine, holdMs: number, signal: AbortSignal): Promise<HoldFacts> {
  const talk = new Talk(line)
  const answersPings = await talk.ping(signal)
  const startedAt = performance.now()
  while (performance.now() < startedAt + holdMs) {
    await line.channel.news(startedAt + holdMs - performance.now(), signal)
    talk.hear()
    const afterMs = Math.round(performance.now() - startedAt)
    if (talk.farewell !== undefined) return { kind: 'left', afterMs, says: talk.farewell }
    if (line.channel.ended) return endedInSilence(line, afterMs, true)
  }
  const pings = talk.pings === 0 ? '' : `; the far end itself sent ${talk.pings} pings, so it was never idle for long`
  if (await talk.ping(signal)) return { kind: 'kept', heldMs: holdMs, says: `a ping was answered${pings}` }
  if (talk.farewell !== undefined) return { kind: 'left', afterMs: holdMs, says: talk.farewell }
  if (line.wasReset) return { kind: 'dead', heldMs: holdMs, how: 'reset' }
  if (line.channel.ended) return endedInSilence(line, holdMs, true)
  return answersPings
    ? { kind: 'dead', heldMs: holdMs, how: 'silent' }
    : { kind: 'unknown', says: `it stayed open; the far end answers no pings${pings}` }
}

class Talk {
  readonly #line: HeldLine
  #awaited = ''
  #answered = false
  pings = 0
  farewell: string | undefined

  constructor(line: HeldLine) {
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
      this.hear()
      if (this.#answered || this.farewell !== undefined || channel.ended || performance.now() >= endAt) break
      await channel.news(endAt - performance.now(), signal)
    }
    return this.#answered
  }

  /** Takes the frames that have come. */
  hear(): void {
    const { channel } = this.#line
    for (let frame = channel.take(takeFrame); frame !== undefined; frame = channel.take(takeFrame)) this.#take(frame)
  }

  #take({ opcode, payload }: Frame): void {
    if (opcode === pongOpcode && payload.toString('hex') === this.#awaited) this.#answered = true
    if (opcode === pingOpcode) {
      this.pings += 1
      this.#line.channel.write(pongFrame(payload))
    }
    if (opcode !== closeOpcode) return
    const code = payload.length >= 2 ? ` ${payload.readUInt16BE(0)}` : ''
    this.farewell = `the far end closed the WebSocket itself:${code} ${payload.toString('utf8', 2, 100)}`.trimEnd()
  }
}
