import * as http2 from 'node:http2'
import type { HoldFacts } from '../facts.ts'
import { confirmLimitMs, readLimitBytes } from '../limits.ts'
import { pause, TimedOut, withTimeout } from '../transport/time-limit.ts'
import type { Hold, OpenedConnection } from './held-connection.ts'

/** Holds an HTTP/2 connection: a PING before and after the silence (RFC 9113 §6.7); GOAWAY is the far end's own decision. */
export const holdHttp2: Hold = async ({ target, holdMs, open }, signal) => {
  const line = await open(signal)
  if (line === undefined) return { kind: 'unknown', message: 'no connection could be held open' }
  const session = new Session(line, `${target.tls ? 'https' : 'http'}://${target.serverName}`)
  try {
    const answersPings = await session.ping(signal)
    const startedAt = performance.now()
    await Promise.race([pause(holdMs, signal), session.ended])
    signal.throwIfAborted()
    const afterMs = Math.round(performance.now() - startedAt)
    const ended = session.end(afterMs)
    if (ended !== undefined) return ended
    if (await session.ping(signal)) return { kind: 'alive', heldMs: holdMs, message: 'a PING was answered' }
    const left = session.end(holdMs)
    if (left?.kind === 'dropped') return { kind: 'unresponsive', heldMs: holdMs, how: 'reset' }
    if (left !== undefined) return left
    return answersPings
      ? { kind: 'unresponsive', heldMs: holdMs, how: 'timeout' }
      : { kind: 'unknown', message: 'it stayed open; the far end answers no PING' }
  } finally {
    session.close()
  }
}

class Session {
  readonly #session: http2.ClientHttp2Session
  readonly #line: OpenedConnection
  readonly ended: Promise<void>
  #goaway: number | undefined
  #over = false

  constructor(line: OpenedConnection, origin: string) {
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
    const seen = await withTimeout(confirmLimitMs, signal, () =>
      Promise.race([answered.promise, this.ended.then(() => false)]),
    )
    return seen !== TimedOut && seen
  }

  /** How it ended; undefined while it has not. */
  end(afterMs: number): HoldFacts | undefined {
    if (this.#goaway !== undefined)
      return { kind: 'closed-by-server', afterMs, message: `the far end ended HTTP/2 itself (GOAWAY ${this.#goaway})` }
    if (!this.#over) return undefined
    const { observed } = this.#line
    if (observed?.ending === 'reset') return { kind: 'dropped', afterMs, how: 'reset' }
    return observed?.endedWithAlert(undefined) === true
      ? { kind: 'closed-by-server', afterMs, message: 'the far end ended TLS in order: a time-out of its own' }
      : { kind: 'dropped', afterMs, how: 'closed' }
  }

  close(): void {
    this.#session.destroy()
    this.#line.stream.destroy()
  }
}
