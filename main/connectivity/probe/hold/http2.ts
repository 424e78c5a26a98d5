import * as http2 from 'node:http2'
import type { HoldFacts } from '../facts.ts'
import { confirmLimitMs, readLimitBytes } from '../limits.ts'
import { pause, TimedOut, withTimeout } from '../transport/time-limit.ts'
import { closedByTls, dropped, type Hold, notHeld, type OpenedConnection } from './held-connection.ts'

/** Holds an HTTP/2 connection: a PING before and after the idle time (RFC 9113 §6.7). GOAWAY is the server's own decision. */
export const holdHttp2: Hold = async ({ target, holdMs, open }, signal) => {
  const opened = await open(signal)
  if (opened === undefined) return notHeld
  const session = new Session(opened, `${target.tls ? 'https' : 'http'}://${target.serverName}`)
  try {
    const answersPings = await session.ping(signal)
    const startedAt = performance.now()
    await Promise.race([pause(holdMs, signal), session.ended])
    signal.throwIfAborted()
    const afterMs = Math.round(performance.now() - startedAt)
    const ended = session.ending(afterMs, holdMs)
    if (ended !== undefined) return ended
    if (await session.ping(signal)) return { kind: 'alive', heldMs: holdMs, message: 'a PING was answered' }
    const endedLate = session.ending(holdMs, holdMs)
    if (endedLate?.kind === 'dropped') return { kind: 'unresponsive', heldMs: holdMs, how: 'reset' }
    if (endedLate !== undefined) return endedLate
    return answersPings
      ? { kind: 'unresponsive', heldMs: holdMs, how: 'timeout' }
      : { kind: 'unknown', message: 'it stayed open; the server answers no PING' }
  } finally {
    session.close()
  }
}

class Session {
  readonly #session: http2.ClientHttp2Session
  readonly #opened: OpenedConnection
  readonly ended: Promise<void>
  #goawayCode: number | undefined
  #hasEnded = false

  constructor(opened: OpenedConnection, origin: string) {
    this.#opened = opened
    this.#session = http2.connect(origin, {
      createConnection: () => opened.stream,
      maxSessionMemory: 1,
      settings: { enablePush: false, initialWindowSize: readLimitBytes },
    })
    const end = Promise.withResolvers<void>()
    this.ended = end.promise
    this.#session.on('goaway', (code) => {
      this.#goawayCode ??= code
    })
    const onEnd = (): void => {
      this.#hasEnded = true
      end.resolve()
    }
    for (const event of ['error', 'close'] as const) this.#session.on(event, onEnd)
    for (const event of ['error', 'close', 'end'] as const) opened.stream.on(event, onEnd)
  }

  async ping(signal: AbortSignal): Promise<boolean> {
    if (this.#hasEnded) return false
    const answered = Promise.withResolvers<boolean>()
    const wasSent = this.#session.ping((error) => answered.resolve(error === null))
    if (!wasSent) return false
    const isAnswered = await withTimeout(confirmLimitMs, signal, () =>
      Promise.race([answered.promise, this.ended.then(() => false)]),
    )
    return isAnswered !== TimedOut && isAnswered
  }

  /** How it ended; undefined while it is open. */
  ending(afterMs: number, holdMs: number): HoldFacts | undefined {
    if (this.#goawayCode !== undefined)
      return { kind: 'closed-by-server', afterMs, message: `the server ended HTTP/2 (GOAWAY ${this.#goawayCode})` }
    if (!this.#hasEnded) return undefined
    const { observed } = this.#opened
    if (observed?.ending === 'reset') return dropped('reset', afterMs, holdMs)
    return observed?.endedWithAlert(undefined) === true
      ? { kind: 'closed-by-server', afterMs, message: closedByTls }
      : dropped('closed', afterMs, holdMs)
  }

  close(): void {
    this.#session.destroy()
    this.#opened.stream.destroy()
  }
}
