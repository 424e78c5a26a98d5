import type { HoldFacts } from '../facts.ts'
import { confirmLimitMs } from '../limits.ts'
import { looksLike, showBytes } from '../wire-signature.ts'
import { endedWhileIdle, HeldConnection, type Hold, type HoldRequest } from './held-connection.ts'

/** The words before and after the silence. */
export interface Exchange {
  /** Brings the conversation to where it waits; false: it does not get there. */
  readonly begin: (line: HeldConnection, signal: AbortSignal) => Promise<boolean>
  /** What is said after the silence: something that every speaker of the protocol reacts to. */
  readonly word: Buffer | string
}

/**
 * Holds a connection on which the far end waits for us. Alive is whatever reacts to the word after the silence, be it by
 * hanging up. Where nothing reacts, a fresh connection is asked in the same manner: only if that one reacts was the other dead.
 */
export const holdIdle =
  (words: (holding: HoldRequest) => Exchange): Hold =>
  async (holding, signal) => {
    const { begin, word } = words(holding)
    const line = await begun(holding, begin, signal)
    if (line === undefined) return { kind: 'unknown', message: 'no connection could be held open' }
    try {
      const ended = await reason(line, holding.holdMs, signal)
      if (ended !== undefined) return ended
      const { holdMs: heldMs } = holding
      const reaction = await react(line, word, signal)
      if (reaction === 'reset') return { kind: 'unresponsive', heldMs, how: 'reset' }
      if (reaction !== 'none') return { kind: 'alive', heldMs, message: reaction }
      const fresh = await begun(holding, begin, signal)
      const reacts = fresh === undefined ? 'none' : await react(fresh, word, signal)
      fresh?.channel.close()
      return reacts === 'none' || reacts === 'reset'
        ? { kind: 'unknown', message: 'a fresh connection does not react either' }
        : { kind: 'unresponsive', heldMs, how: 'timeout' }
    } finally {
      line.channel.close()
    }
  }

async function begun(
  holding: HoldRequest,
  begin: Exchange['begin'],
  signal: AbortSignal,
): Promise<HeldConnection | undefined> {
  const opened = await holding.open(signal)
  if (opened === undefined) return undefined
  const line = new HeldConnection(opened)
  if (await begin(line, signal)) {
    await settled(line, signal)
    return line
  }
  line.channel.close()
  return undefined
}

/** What belongs to the beginning may come in parts; so long apart, they are something new. */
const settledMs = 150

async function settled({ channel }: HeldConnection, signal: AbortSignal): Promise<void> {
  for (let before = -1; before !== channel.pending.length && !channel.ended; ) {
    before = channel.pending.length
    await channel.waitForData(settledMs, signal)
  }
}

/** Undefined: it was still open when the time was over. */
async function reason(line: HeldConnection, holdMs: number, signal: AbortSignal): Promise<HoldFacts | undefined> {
  const { channel } = line
  const said = channel.pending.length
  const startedAt = performance.now()
  for (let leftMs = holdMs; leftMs > 0 && !channel.ended; leftMs = startedAt + holdMs - performance.now())
    await channel.waitForData(leftMs, signal)
  if (!channel.ended) return undefined
  const afterMs = Math.round(performance.now() - startedAt)
  const words = channel.pending.subarray(said)
  if (words.length === 0 || line.wasReset) return endedWhileIdle(line, afterMs, false)
  return {
    kind: 'closed-by-server',
    afterMs,
    message: `the far end spoke first: ${looksLike(words)} ${showBytes(words)}`,
  }
}

/** What comes of a word: how it reacted, a reset, or nothing in time. */
async function react(line: HeldConnection, word: Buffer | string, signal: AbortSignal): Promise<string> {
  const { channel } = line
  const said = channel.pending.length
  const endAt = performance.now() + confirmLimitMs
  channel.write(word)
  while (!channel.ended && channel.pending.length === said && performance.now() < endAt)
    await channel.waitForData(endAt - performance.now(), signal)
  if (channel.pending.length > said) return 'it answered'
  if (!channel.ended) return 'none'
  return line.wasReset ? 'reset' : 'it hung up in order at the next word'
}
