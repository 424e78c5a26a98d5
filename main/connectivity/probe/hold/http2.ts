import * as http2 from 'node:http2'
import type { HoldFacts } from '../facts.ts'
import { confirmLimitMs, readLimitBytes } from '../limits.ts'
import { late, pause, within } from '../transport/time-limit.ts'
import type { Hold, Line } from './line.ts'

/** Holds an HTTP/2 connection: a PING before and after the silence (RFC 9113 §6.7); GOAWAY is the far end's own decision. */
export const holdHttp2: Hold = async ({ target, holdMs, open }, signal) => {
  const line = await open(signal)
  if (line === undefined) return { kind: 'unknown', says: 'no connection could be held open' }
  const session = new Session(line, `${target.tls ? 'https' : 'http'}://${target.serverName}`)
  try {
    const answersPings = await session.ping(signal)
    const startedAt = performance.now()
    await Promise.race([pause(holdMs, signal), session.ended])
    signal.throwIfAborted()
    const afterMs = Math.round(performance.now() - startedAt)
    const ended = session.end(afterMs)
    if (ended !== undefined) return ended
    if (await session.ping(signal)) return { kind: 'kept', heldMs: holdMs, says: 'a PING was answered' }
    const left = session.end(holdMs)
    if (left?.kind === 'cut') return { kind: 'dead', heldMs: holdMs, how: 'reset' }
    if (left !== undefined) return left
    return answersPings
      ? { kind: 'dead', heldMs: holdMs, how: 'silent' }
      : { kind: 'unknown', says: 'it stayed open; the far end answers no PING' }
  } finally {
    session.close()
  }
}

class Session {
  readonly #session: http2.ClientHttp2Session
  readonly #line: Line
  readonly ended: Promise<void>
  #goaway: number | undefined
  #over = false

  constructor(line: Line, origin: string) {
    this.#line = line
    this.#session = http2.connect(origin, {
      createConnection: () => line.stream,
      maxSessionMemory: 1,
      settings: { enablePush: false, initialWindowSize: readLimitBytes },
    })
    const end = Promise.withResolvers<void>()
    this.ended = end.promise
    this.#session.on('goaway', (code) => {
      this.#goaway ??= code
    })
    const over = (): void => {
      this.#over = true
      end.resolve()
    }
    this.#session.on('error', over)
    this.#session.on('close', over)
    line.stream.on('error', over)
    line.stream.on('close', over)
    line.stream.on('end', over)
  }

  async ping(signal: AbortSignal): Promise<boolean> {
    if (this.#over) return false
    const answered = Promise.withResolvers<boolean>()
    const sent = this.#session.ping((error) => answered.resolve(error === null))
    if (!sent) return false
    const seen = await within(confirmLimitMs, signal, () =>
      Promise.race([answered.promise, this.ended.then(() => false)]),
    )
    return seen !== late && seen
  }

  /** How it ended; undefined while it has not. */
  end(afterMs: number): HoldFacts | undefined {
    if (this.#goaway !== undefined)
      return { kind: 'left', afterMs, says: `the far end ended HTTP/2 itself (GOAWAY ${this.#goaway})` }
    if (!this.#over) return undefined
    const { tap } = this.#line
    if (tap?.ending === 'reset') return { kind: 'cut', afterMs, how: 'reset' }
    return tap?.saidGoodbye(undefined) === true
      ? { kind: 'left', afterMs, says: 'the far end ended TLS in order: a time-out of its own' }
      : { kind: 'cut', afterMs, how: 'closed' }
  }

  close(): void {
    this.#session.destroy()
    this.#line.stream.destroy()
  }
}
