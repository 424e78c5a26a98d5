import type { Duplex } from 'node:stream'
import { confirmLimitMs } from '../limits.ts'
import type { ConnectFailure } from '../proxy/route.ts'
import { shakeHands } from '../stages/tls.ts'
import type { Target } from '../target.ts'
import { Channel } from '../transport/channel.ts'
import { late, within } from '../transport/time-limit.ts'
import { refusableHello } from './hello.ts'
import type { Roots } from './roots.ts'

/**
 * Second looks, taken only when a handshake went wrong: each opens one more connection to the same place and tells two
 * causes apart that look alike. What they cannot find out stays undefined.
 */
export type Reopen = (signal: AbortSignal) => Promise<Duplex | undefined>

const madeUpName = (): string => `h${crypto.randomUUID().slice(0, 8)}.invalid`

async function second<T>(
  reopen: Reopen,
  signal: AbortSignal,
  look: (stream: Duplex, limit: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const seen = await within(confirmLimitMs, signal, async (limit) => {
    const stream = await reopen(limit)
    if (stream === undefined) return undefined
    try {
      return await look(stream, limit)
    } finally {
      stream.destroy()
    }
  }).catch(() => undefined)
  signal.throwIfAborted()
  return seen === late ? undefined : seen
}

/**
 * A server has its certificates; what re-signs connections makes one for whatever is asked. So a name that was made up
 * just now is asked for: a certificate for it can only come from such a box.
 */
export function mintsOnDemand(
  reopen: Reopen,
  target: Target,
  roots: Roots,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  return second(reopen, signal, async (stream, limit) => {
    const serverName = madeUpName()
    const { facts, socket } = await shakeHands(stream, { target, serverName, alpn: [], roots }, limit, confirmLimitMs)
    socket?.destroy()
    if (facts.kind !== 'established') return undefined
    const leaf = facts.chain[0]
    return `${leaf?.names} ${leaf?.subject}`.includes(serverName)
  })
}

/** Whether a hello for another name gets further than ours: then the name itself is filtered. */
export function answersOtherName(
  reopen: Reopen,
  target: Target,
  roots: Roots,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  return second(reopen, signal, async (stream, limit) => {
    const { facts, socket } = await shakeHands(
      stream,
      { target, serverName: madeUpName(), alpn: [], roots },
      limit,
      confirmLimitMs,
    )
    socket?.destroy()
    // An alert about the name is an answer too.
    return facts.kind === 'established' || (facts.kind === 'failed' && facts.outcome === 'error')
  })
}

/** Long enough for a reset from another continent, and for a machine that is busy. */
const silenceMs = 1_000

/** Whether the connection is cut though nothing was said on it, were it while it is made. */
export async function cutsSilent(
  open: (signal: AbortSignal) => Promise<Duplex | ConnectFailure>,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  let cutAtOnce = false
  const reopen = async (limit: AbortSignal): Promise<Duplex | undefined> => {
    const made = await open(limit)
    if (!('unmade' in made)) return made
    cutAtOnce = made.unmade === 'reset'
    return undefined
  }
  const seen = await second(reopen, signal, async (stream, limit) => {
    const channel = new Channel(stream)
    const seen = await within(silenceMs, limit, (inner) => channel.read(() => undefined, inner))
    return seen !== late && (seen.kind === 'cut' || seen.kind === 'closed')
  })
  return cutAtOnce || seen
}

/** Whether a hello that is small, and that is refused in seven bytes, gets its answer. */
export function answersSmall(reopen: Reopen, serverName: string, signal: AbortSignal): Promise<boolean | undefined> {
  return second(reopen, signal, async (stream, limit) => {
    const channel = new Channel(stream)
    channel.write(refusableHello(serverName))
    const seen = await within(confirmLimitMs, limit, (inner) =>
      channel.read((bytes) => (bytes.length >= 7 ? { value: bytes[0] === 0x15, used: 7 } : undefined), inner),
    )
    return seen !== late && seen.kind === 'value' && seen.value
  })
}
