import type { Duplex } from 'node:stream'
import { confirmLimitMs } from '../limits.ts'
import type { ConnectFailure } from '../proxy/route.ts'
import { handshake } from '../stages/tls.ts'
import type { Target } from '../target.ts'
import { BufferedConnection } from '../transport/buffered-connection.ts'
import { TimedOut, withTimeout } from '../transport/time-limit.ts'
import { refusableHello } from './hello.ts'
import type { Roots } from './roots.ts'

/**
 * Second looks, taken only when a handshake went wrong: each opens one more connection to the same place and tells two
 * causes apart that look alike. What they cannot find out stays undefined.
 */
export type Reconnect = (signal: AbortSignal) => Promise<Duplex | undefined>

const nonexistentName = (): string => `h${crypto.randomUUID().slice(0, 8)}.invalid`

async function followUp<T>(
  reopen: Reconnect,
  signal: AbortSignal,
  look: (stream: Duplex, limit: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const seen = await withTimeout(confirmLimitMs, signal, async (limit) => {
    const stream = await reopen(limit)
    if (stream === undefined) return undefined
    try {
      return await look(stream, limit)
    } finally {
      stream.destroy()
    }
  }).catch(() => undefined)
  signal.throwIfAborted()
  return seen === TimedOut ? undefined : seen
}

/**
 * A server has its certificates; what re-signs connections makes one for whatever is asked. So a name that was made up
 * just now is asked for: a certificate for it can only come from such a box.
 */
export function mintsOnDemand(
  reopen: Reconnect,
  target: Target,
  roots: Roots,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  return followUp(reopen, signal, async (stream, limit) => {
    const serverName = nonexistentName()
    const { facts, socket } = await handshake(stream, { target, serverName, alpn: [], roots }, limit, confirmLimitMs)
    socket?.destroy()
    if (facts.kind !== 'established') return undefined
    const leaf = facts.chain[0]
    return `${leaf?.names} ${leaf?.subject}`.includes(serverName)
  })
}

/** Whether a hello for another name gets further than ours: then the name itself is filtered. */
export function answersOtherName(
  reopen: Reconnect,
  target: Target,
  roots: Roots,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  return followUp(reopen, signal, async (stream, limit) => {
    const { facts, socket } = await handshake(
      stream,
      { target, serverName: nonexistentName(), alpn: [], roots },
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
export async function dropsSilentConnection(
  open: (signal: AbortSignal) => Promise<Duplex | ConnectFailure>,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  let cutAtOnce = false
  const reopen = async (limit: AbortSignal): Promise<Duplex | undefined> => {
    const made = await open(limit)
    if (!('failure' in made)) return made
    cutAtOnce = made.failure === 'reset'
    return undefined
  }
  const seen = await followUp(reopen, signal, async (stream, limit) => {
    const channel = new BufferedConnection(stream)
    const seen = await withTimeout(silenceMs, limit, (inner) => channel.read(() => undefined, inner))
    return seen !== TimedOut && (seen.kind === 'error' || seen.kind === 'closed')
  })
  return cutAtOnce || seen
}

/** Whether a hello that is small, and that is refused in seven bytes, gets its answer. */
export function answersSmallHello(
  reopen: Reconnect,
  serverName: string,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  return followUp(reopen, signal, async (stream, limit) => {
    const channel = new BufferedConnection(stream)
    channel.write(refusableHello(serverName))
    const seen = await withTimeout(confirmLimitMs, limit, (inner) =>
      channel.read((bytes) => (bytes.length >= 7 ? { value: bytes[0] === 0x15, used: 7 } : undefined), inner),
    )
    return seen !== TimedOut && seen.kind === 'value' && seen.value
  })
}
