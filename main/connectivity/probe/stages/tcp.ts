import type { Socket } from 'node:net'
import { isIPv6 } from 'node:net'
import type { Attempt, TcpFacts } from '../facts.ts'
import { tcpGraceMs, tcpLimitMs, tcpStaggerMs } from '../limits.ts'
import { dial, dialOutcome } from '../transport/dial.ts'
import { pause, withTimeout } from '../transport/time-limit.ts'

/** More addresses than this of one name tell nothing new. */
const addressesPerFamily = 3

/**
 * Connects over each family apart; one that works is enough to go on, the other is still watched for a short while.
 * The caller owns the socket that comes back.
 */
export async function openSocket(
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
): Promise<{ readonly facts: TcpFacts; readonly socket: Socket | undefined }> {
  const attempts: Attempt[] = []
  const connected = Promise.withResolvers<void>()
  const families = ([4, 6] as const).map((family) => ({
    family,
    addresses: addresses.filter((address) => isIPv6(address) === (family === 6)).slice(0, addressesPerFamily),
  }))
  const sockets = await Promise.all(
    families.map(({ family, addresses: own }) => openFamily(own, port, family, attempts, connected, signal)),
  )
  signal.throwIfAborted()
  const socket = sockets.find((one) => one !== undefined)
  for (const other of sockets) if (other !== socket) other?.destroy()
  return {
    facts: {
      connected: socket === undefined ? undefined : whereTo(socket),
      port,
      attempts,
      earlierFailure: undefined,
    },
    socket,
  }
}

const whereTo = (socket: Socket): NonNullable<TcpFacts['connected']> => ({
  address: socket.remoteAddress ?? '',
  family: socket.remoteFamily === 'IPv6' ? 6 : 4,
  localAddress: socket.localAddress ?? '',
})

/** The first of a family's addresses to answer; the next starts when one failed, or has said nothing for a while. */
async function openFamily(
  addresses: readonly string[],
  port: number,
  family: 4 | 6,
  attempts: Attempt[],
  anyConnected: PromiseWithResolvers<void>,
  signal: AbortSignal,
): Promise<Socket | undefined> {
  if (addresses.length === 0) return undefined
  const open = new AbortController()
  let winner: Socket | undefined
  const tryOne = async (address: string): Promise<void> => {
    const startedAt = performance.now()
    const note = (outcome: Attempt['outcome'], code: string): void => {
      attempts.push({ address, family, outcome, code, ms: Math.round(performance.now() - startedAt) })
    }
    try {
      const socket = await dial(address, port, open.signal)
      if (winner !== undefined) return void socket.destroy()
      winner = socket
      note('connected', '')
      anyConnected.resolve()
      open.abort()
    } catch (error) {
      if (winner !== undefined) return
      if (open.signal.aborted) note('timeout', '')
      else {
        const { outcome, code } = dialOutcome(error)
        note(outcome, code)
      }
    }
  }
  const grace = async (limit: AbortSignal): Promise<void> => {
    await anyConnected.promise
    await pauseQuietly(tcpGraceMs, limit)
  }
  const tries: Promise<void>[] = []
  await withTimeout(tcpLimitMs, signal, async (limit) => {
    limit.addEventListener('abort', () => open.abort(), { once: true })
    for (const [index, address] of addresses.entries()) {
      const turn = Promise.race([tries[index - 1] ?? Promise.resolve(), pauseQuietly(tcpStaggerMs * index, limit)])
      tries.push(turn.then(() => (open.signal.aborted ? undefined : tryOne(address))))
    }
    await Promise.race([Promise.all(tries), grace(limit)])
  })
  open.abort()
  await Promise.all(tries)
  return winner
}

const pauseQuietly = (durationMs: number, signal: AbortSignal): Promise<void> =>
  pause(durationMs, signal).catch(() => undefined)
