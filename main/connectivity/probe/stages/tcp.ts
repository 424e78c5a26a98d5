import type { Socket } from 'node:net'
import { isIPv6 } from 'node:net'
import type { Attempt, TcpFacts } from '../facts.ts'
import { tcpGraceMs, tcpLimitMs, tcpStaggerMs } from '../limits.ts'
import { dial, dialOutcome } from '../transport/dial.ts'
import { pause, withTimeout } from '../transport/time-limit.ts'

/** More addresses of one family add no information. */
const addressesPerFamily = 3

/**
 * Connects over IPv4 and IPv6 separately. One connection is enough to continue; the other family gets a short grace period.
 * The caller owns the returned socket.
 */
export async function openSocket(
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
): Promise<{ readonly facts: TcpFacts; readonly socket: Socket | undefined }> {
  const anyConnected = Promise.withResolvers<void>()
  const attempts: Attempt[] = []
  const sockets = await Promise.all(
    ([4, 6] as const).map((family) => {
      const ofFamily = addresses.filter((address) => isIPv6(address) === (family === 6))
      const connection = new FamilyConnection(family, port, attempts, anyConnected)
      return connection.open(ofFamily.slice(0, addressesPerFamily), signal)
    }),
  )
  signal.throwIfAborted()
  const socket = sockets.find((opened) => opened !== undefined)
  for (const other of sockets) if (other !== socket) other?.destroy()
  const connected = socket === undefined ? undefined : connectedTo(socket)
  return { facts: { connected, port, attempts, earlierFailure: undefined }, socket }
}

const connectedTo = (socket: Socket): NonNullable<TcpFacts['connected']> => ({
  address: socket.remoteAddress ?? '',
  family: socket.remoteFamily === 'IPv6' ? 6 : 4,
  localAddress: socket.localAddress ?? '',
})

/** The connection over one address family: the first of its addresses that accepts. */
class FamilyConnection {
  readonly #family: 4 | 6
  readonly #port: number
  /** Shared by both families, in the order in which the attempts end. */
  readonly #attempts: Attempt[]
  /** Resolved when either family is connected. */
  readonly #anyConnected: PromiseWithResolvers<void>
  readonly #stop = new AbortController()
  #socket: Socket | undefined

  constructor(family: 4 | 6, port: number, attempts: Attempt[], anyConnected: PromiseWithResolvers<void>) {
    this.#family = family
    this.#port = port
    this.#attempts = attempts
    this.#anyConnected = anyConnected
  }

  /** Tries each address once the one before failed, or did not answer for `tcpStaggerMs`. */
  async open(addresses: readonly string[], signal: AbortSignal): Promise<Socket | undefined> {
    if (addresses.length === 0) return undefined
    const tries: Promise<void>[] = []
    await withTimeout(tcpLimitMs, signal, async (limit) => {
      limit.addEventListener('abort', () => this.#stop.abort(), { once: true })
      for (const [index, address] of addresses.entries()) {
        const previous = tries[index - 1] ?? Promise.resolve()
        const turn = Promise.race([previous, pauseUnlessAborted(tcpStaggerMs * index, limit)])
        tries.push(turn.then(() => this.#try(address)))
      }
      await Promise.race([Promise.all(tries), this.#graceEnd(limit)])
    })
    this.#stop.abort()
    await Promise.all(tries)
    return this.#socket
  }

  async #try(address: string): Promise<void> {
    if (this.#stop.signal.aborted) return
    const startedAt = performance.now()
    const record = (outcome: Attempt['outcome'], code: string): void => {
      const ms = Math.round(performance.now() - startedAt)
      this.#attempts.push({ address, family: this.#family, outcome, code, ms })
    }
    try {
      const socket = await dial(address, this.#port, this.#stop.signal)
      if (this.#socket !== undefined) return void socket.destroy()
      this.#socket = socket
      record('connected', '')
      this.#anyConnected.resolve()
      this.#stop.abort()
    } catch (error) {
      if (this.#socket !== undefined) return
      const { outcome, code } = this.#stop.signal.aborted ? timedOut : dialOutcome(error)
      record(outcome, code)
    }
  }

  async #graceEnd(limit: AbortSignal): Promise<void> {
    await this.#anyConnected.promise
    await pauseUnlessAborted(tcpGraceMs, limit)
  }
}

const timedOut = { outcome: 'timeout', code: '' } as const

const pauseUnlessAborted = (durationMs: number, signal: AbortSignal): Promise<void> =>
  pause(durationMs, signal).catch(() => undefined)
