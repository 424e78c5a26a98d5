import type { HoldFacts } from '../facts.ts'
import { confirmLimitMs } from '../limits.ts'
import { runningNow } from '../transport/time-limit.ts'
import { looksLike, showBytes } from '../wire-signature.ts'
import { endedWhileIdle, HeldConnection, type Hold, type HoldRequest, notHeld } from './held-connection.ts'

/** What is sent before and after the idle time. */
export interface Exchange {
  /** Brings the connection to where the server waits; false when it does not get there. */
  readonly begin: (held: HeldConnection, signal: AbortSignal) => Promise<boolean>
  /** What is sent after the idle time: every server of the protocol reacts to it. */
  readonly finalData: Buffer | string
}

/**
 * Holds a connection on which the server waits for the client. Any reaction to the data after the idle time shows that it is
 * alive, also a close. Without one, a new connection gets the same data: only if that one reacts, the first was dropped.
 */
export const holdIdle =
  (exchangeOf: (request: HoldRequest) => Exchange): Hold =>
  async (request, signal) => {
    const { begin, finalData } = exchangeOf(request)
    const held = await beginHeld(request, begin, signal)
    if (held === undefined) return notHeld
    try {
      const ended = await waitIdle(held, request.holdMs, signal)
      if (ended !== undefined) return ended
      const { holdMs: heldMs } = request
      const reaction = await reactionTo(held, finalData, signal)
      if (reaction === 'reset') return { kind: 'unresponsive', heldMs, how: 'reset' }
      if (reaction !== 'none') return { kind: 'alive', heldMs, message: reaction }
      const fresh = await beginHeld(request, begin, signal)
      const freshReaction = fresh === undefined ? 'none' : await reactionTo(fresh, finalData, signal)
      fresh?.connection.close()
      return freshReaction === 'none' || freshReaction === 'reset'
        ? { kind: 'unknown', message: 'a new connection does not react either' }
        : { kind: 'unresponsive', heldMs, how: 'timeout' }
    } finally {
      held.connection.close()
    }
  }

async function beginHeld(
  request: HoldRequest,
  begin: Exchange['begin'],
  signal: AbortSignal,
): Promise<HeldConnection | undefined> {
  const opened = await request.open(signal)
  if (opened === undefined) return undefined
  const held = new HeldConnection(opened)
  if (await begin(held, signal)) {
    await settle(held, signal)
    return held
  }
  held.connection.close()
  return undefined
}

/** A server's greeting may come in parts; data after a longer pause is something new. */
const settledMs = 150

async function settle({ connection }: HeldConnection, signal: AbortSignal): Promise<void> {
  for (let before = -1; before !== connection.pending.length && !connection.ended; ) {
    before = connection.pending.length
    await connection.waitForData(settledMs, signal)
  }
}

/** Undefined: the connection was still open after the idle time. */
async function waitIdle(held: HeldConnection, holdMs: number, signal: AbortSignal): Promise<HoldFacts | undefined> {
  const { connection } = held
  const lengthBefore = connection.pending.length
  // A server's greeting has settled, so it is idle for that long already.
  const startedAt = runningNow()
  for (let leftMs = holdMs; leftMs > 0 && !connection.ended; leftMs = startedAt + holdMs - runningNow())
    await connection.waitForData(leftMs, signal)
  if (!connection.ended) return undefined
  const afterMs = Math.round(runningNow() - startedAt + settledMs)
  const received = connection.pending.subarray(lengthBefore)
  if (received.length === 0 || held.wasReset) return endedWhileIdle(held, { afterMs, holdMs }, false)
  const message = `the server sent data before it closed: ${looksLike(received)} ${showBytes(received)}`
  return { kind: 'closed-by-server', afterMs, message }
}

/** The reaction to data: a description, `reset`, or `none` in time. */
async function reactionTo(held: HeldConnection, data: Buffer | string, signal: AbortSignal): Promise<string> {
  const { connection } = held
  const lengthBefore = connection.pending.length
  const endAt = runningNow() + confirmLimitMs
  connection.write(data)
  while (!connection.ended && connection.pending.length === lengthBefore && runningNow() < endAt)
    await connection.waitForData(endAt - runningNow(), signal)
  if (connection.pending.length > lengthBefore) return 'the server answered'
  if (!connection.ended) return 'none'
  return held.wasReset ? 'reset' : 'the server closed the connection in order at the next data'
}
