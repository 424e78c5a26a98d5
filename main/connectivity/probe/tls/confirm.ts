import type { Duplex } from 'node:stream'
import type { Runtime } from '../../../../preload/contract/profiles.ts'
import type { OtherOffers, TlsFacts } from '../facts.ts'
import { confirmLimitMs } from '../limits.ts'
import type { ConnectFailure } from '../proxy/route.ts'
import { handshake } from '../stages/tls.ts'
import type { Target } from '../target.ts'
import { BufferedConnection } from '../transport/buffered-connection.ts'
import { pause, TimedOut, withTimeout } from '../transport/time-limit.ts'
import { refusableHello } from './hello.ts'
import type { Roots } from './roots.ts'

/**
 * Follow-up checks after a failed handshake: each opens another connection to the same server and distinguishes two similar
 * causes. Undefined: the check had no result.
 */
export type Reconnect = (signal: AbortSignal) => Promise<Duplex | undefined>

const nonexistentName = (): string => `h${crypto.randomUUID().slice(0, 8)}.invalid`

async function followUp<T>(
  reopen: Reconnect,
  signal: AbortSignal,
  check: (stream: Duplex, limit: AbortSignal) => Promise<T>,
  limitMs = confirmLimitMs,
): Promise<T | undefined> {
  const result = await withTimeout(limitMs, signal, async (limit) => {
    const stream = await reopen(limit)
    if (stream === undefined) return undefined
    try {
      return await check(stream, limit)
    } finally {
      stream.destroy()
    }
  }).catch(() => undefined)
  signal.throwIfAborted()
  return result === TimedOut ? undefined : result
}

/**
 * Whether a certificate for a made-up name is presented. A server has fixed certificates; only a device that re-signs
 * connections issues one for any name.
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

/** Whether a ClientHello for another name is answered: then the name itself is filtered. */
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

/** Long enough for a reset from another continent, and for a busy machine. */
const silenceMs = 1_000

/** Whether a connection is reset or closed although nothing is sent on it, even while it is made. */
export async function dropsSilentConnection(
  open: (signal: AbortSignal) => Promise<Duplex | ConnectFailure>,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  let resetAtOnce = false
  const reopen = async (limit: AbortSignal): Promise<Duplex | undefined> => {
    const connection = await open(limit)
    if (!('failure' in connection)) return connection
    resetAtOnce = connection.failure === 'reset'
    return undefined
  }
  const isDropped = await followUp(reopen, signal, async (stream, limit) => {
    const channel = new BufferedConnection(stream)
    const reading = await withTimeout(silenceMs, limit, (inner) => channel.read(() => undefined, inner))
    return reading !== TimedOut && (reading.kind === 'error' || reading.kind === 'closed')
  })
  return resetAtOnce || isDropped
}

/** A ClientHello of this length, in packets of this length at most. */
export interface HelloShape {
  readonly lengthBytes?: number
  readonly packetBytes?: number
}

/** Silence is a result, so the connection itself has time of its own. */
const answerLimitMs = confirmLimitMs - 500
const helloLimitMs = confirmLimitMs + 1_000
/** Between packets, so that no device joins them again. */
const packetPauseMs = 30

/** Whether a ClientHello is answered whose answer is an alert of seven bytes. */
export function answersHello(
  reopen: Reconnect,
  serverName: string,
  { lengthBytes, packetBytes }: HelloShape,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  return followUp(
    reopen,
    signal,
    async (stream, limit) => {
      const channel = new BufferedConnection(stream)
      const hello = refusableHello(serverName, lengthBytes)
      const step = packetBytes ?? hello.length
      for (let at = 0; at < hello.length; at += step) {
        if (at > 0) await pause(packetPauseMs, limit)
        channel.write(hello.subarray(at, at + step))
      }
      const reading = await withTimeout(answerLimitMs, limit, (inner) =>
        channel.read((bytes) => (bytes.length >= 7 ? { value: bytes[0] === 0x15, used: 7 } : undefined), inner),
      )
      return reading !== TimedOut && reading.kind === 'value' && reading.value
    },
    helloLimitMs,
  )
}

const runtimes: readonly Runtime[] = ['go', 'java', 'node', 'openssl']

/** The handshakes of other runtimes with the same server, and one that offers everything. */
export async function tryOtherOffers(
  reopen: Reconnect,
  target: Target,
  alpn: readonly string[],
  roots: Roots,
  signal: AbortSignal,
): Promise<OtherOffers> {
  const attempt = (offer: Runtime | 'any', offered: readonly string[]): Promise<TlsFacts | undefined> =>
    followUp(reopen, signal, async (stream, limit) => {
      const { serverName } = target
      const options = { target, serverName, alpn: offered, roots, offer }
      const { facts, socket } = await handshake(stream, options, limit, confirmLimitMs)
      socket?.destroy()
      return facts
    })
  const others = runtimes.filter((runtime) => runtime !== target.runtime)
  const [any, ...results] = await Promise.all([
    attempt('any', alpn),
    ...others.map((runtime) => attempt(runtime, alpn)),
  ])
  return {
    acceptedBy: others.filter((_runtime, index) => results[index]?.kind === 'established'),
    chosen: any?.kind === 'established' ? `${any.version}, ${any.cipher}` : '',
    alpn: [],
  }
}

/** The application protocols that a server accepts, each offered alone, after it refused those of the component. */
export async function acceptedProtocols(
  reopen: Reconnect,
  target: Target,
  offered: readonly string[],
  roots: Roots,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const tried = ['h2', 'http/1.1'].filter((protocol) => !offered.includes(protocol))
  const accepted = await Promise.all(
    tried.map((protocol) =>
      followUp(reopen, signal, async (stream, limit) => {
        const options = { target, serverName: target.serverName, alpn: [protocol], roots }
        const { facts, socket } = await handshake(stream, options, limit, confirmLimitMs)
        socket?.destroy()
        return facts.kind === 'established' && facts.alpn === protocol
      }),
    ),
  )
  return tried.filter((_protocol, index) => accepted[index] === true)
}
