import { randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import type { FamilyAnswer } from '../facts.ts'
import { dnsLimitMs } from '../limits.ts'
import { BufferedConnection } from '../transport/buffered-connection.ts'
import { dial } from '../transport/dial.ts'
import { errorCode, pause, TimedOut, withTimeout } from '../transport/time-limit.ts'
import { type DnsMessage, encodeQuery, type Family, readAnswer } from './message.ts'

/**
 * Queries DNS servers over UDP, and over TCP where an answer does not fit. Node's own resolver (c-ares) hides the aliases of a
 * name that does not exist and why an answer is missing, and its time limits include time in which the process does not run.
 */

/** As resolver libraries do it: each server in turn, twice. */
const tries = 2
const tryLimitMs = 1_000

export interface Server {
  readonly address: string
  readonly port: number
}

/** What one server answered; `failed` ones leave the query to the next server. */
type Outcome = { readonly kind: 'answered'; readonly answer: FamilyAnswer } | Failure
interface Failure {
  readonly kind: 'failed'
  readonly answer: FamilyAnswer
}

/** The addresses of one family, from the first server that has an answer. Never throws but the abort reason. */
export async function queryFamily(
  name: string,
  family: Family,
  servers: readonly Server[],
  signal: AbortSignal,
): Promise<FamilyAnswer> {
  const query = encodeQuery(name, family, randomInt(0x1_0000))
  if (query === undefined) return { kind: 'error', code: 'BADNAME' }
  const asked = servers.map((server) => new AskedServer(server, query, family))
  const failures: FamilyAnswer[] = []
  const done = new AbortController()
  try {
    const answer = await withTimeout(dnsLimitMs, signal, async (limit) => {
      // An answer that comes after its try, while another server is asked, counts too.
      const conclusive = Promise.race(asked.map(({ answered }) => answered))
      for (let turn = 0; turn < tries * asked.length; turn += 1) {
        const server = asked[turn % asked.length]
        if (server === undefined || limit.aborted) break
        const isLast = turn === tries * asked.length - 1
        const patience = pause(isLast ? dnsLimitMs : tryLimitMs, AbortSignal.any([limit, done.signal]))
        const outcome = await Promise.race([conclusive, server.ask(limit), patience.catch(() => undefined)])
        if (outcome?.kind === 'answered') return outcome.answer
        failures.push(outcome?.answer ?? { kind: 'timeout' })
      }
      return undefined
    })
    if (answer !== TimedOut && answer !== undefined) return answer
    return mostTelling(answer === TimedOut ? [...failures, { kind: 'timeout' }] : failures)
  } finally {
    done.abort()
    for (const server of asked) server.close()
  }
}

/** What servers answered says more than that one did not. */
const telling: readonly FamilyAnswer['kind'][] = ['error', 'truncated', 'timeout', 'unreachable']
const mostTelling = (failures: readonly FamilyAnswer[]): FamilyAnswer =>
  telling.map((kind) => failures.find((failure) => failure.kind === kind)).find((one) => one !== undefined) ?? {
    kind: 'timeout',
  }

/** A server and the socket over which it is asked, open for all tries: a late answer to the first one counts. */
class AskedServer {
  readonly #server: Server
  readonly #query: Buffer
  readonly #family: Family
  readonly #conclusive = Promise.withResolvers<Outcome>()
  /** The failure of the current try. */
  #failure = Promise.withResolvers<Outcome>()
  #socket: Socket | undefined

  constructor(server: Server, query: Buffer, family: Family) {
    this.#server = server
    this.#query = query
    this.#family = family
  }

  /** Resolves with an answer that ends the query, whichever try it is for. */
  get answered(): Promise<Outcome> {
    return this.#conclusive.promise
  }

  /** Sends the query. Resolves with what this server answers, or why it cannot be asked. */
  async ask(limit: AbortSignal): Promise<Outcome> {
    this.#failure = Promise.withResolvers<Outcome>()
    if (this.#socket === undefined) this.#open(limit)
    else this.#send()
    return await Promise.race([this.#conclusive.promise, this.#failure.promise])
  }

  close(): void {
    this.#drop()
  }

  #open(limit: AbortSignal): void {
    const { address, port } = this.#server
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    this.#socket = socket
    socket.on('error', (error) => this.#fail({ kind: 'unreachable', code: errorCode(error) }))
    socket.on('message', (message) => void this.#receive(message, limit))
    // A connected socket learns of a refusal (ICMP), and takes nothing from other addresses.
    socket.connect(port, address, () => this.#send())
  }

  #send(): void {
    const socket = this.#socket
    if (socket === undefined) return
    try {
      socket.send(this.#query, (error) => {
        if (error !== null) this.#fail({ kind: 'unreachable', code: errorCode(error) })
      })
    } catch (error) {
      this.#fail({ kind: 'unreachable', code: errorCode(error) })
    }
  }

  #fail(answer: FamilyAnswer): void {
    this.#drop()
    this.#failure.resolve({ kind: 'failed', answer })
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    if (socket === undefined) return
    try {
      socket.close()
    } catch {
      // It never opened.
    }
  }

  async #receive(bytes: Buffer, limit: AbortSignal): Promise<void> {
    const message = readAnswer(bytes, this.#query, this.#family)
    if (message === undefined) return
    const isTruncated = message !== 'malformed' && message.truncated
    const outcome = isTruncated ? await this.#askOverTcp(limit) : outcomeOf(message)
    if (outcome.kind === 'answered') this.#conclusive.resolve(outcome)
    else this.#failure.resolve(outcome)
  }

  /** The whole answer (RFC 7766 §5). */
  async #askOverTcp(limit: AbortSignal): Promise<Outcome> {
    const { address, port } = this.#server
    let code = 'ETIMEDOUT'
    const message = await withTimeout(tryLimitMs, limit, async (inner) => {
      const connection = new BufferedConnection(await dial(address, port, inner))
      try {
        connection.write(
          Buffer.concat([Buffer.from([this.#query.length >> 8, this.#query.length & 0xff]), this.#query]),
        )
        const reading = await connection.read((bytes) => {
          if (bytes.length < 2 || bytes.length < 2 + bytes.readUInt16BE(0)) return undefined
          return { value: Buffer.from(bytes.subarray(2, 2 + bytes.readUInt16BE(0))), used: bytes.length }
        }, inner)
        code = reading.kind === 'error' ? reading.code : 'CLOSED'
        return reading.kind === 'value' ? readAnswer(reading.value, this.#query, this.#family) : undefined
      } finally {
        connection.close()
      }
    }).catch((error: unknown) => {
      code = errorCode(error)
      return undefined
    })
    return message === TimedOut || message === undefined
      ? { kind: 'failed', answer: { kind: 'truncated', code } }
      : outcomeOf(message)
  }
}

/** RFC 1035 §4.1.1. */
const codes: Readonly<Record<number, string>> = { 1: 'FORMERR', 2: 'SERVFAIL', 4: 'NOTIMP', 5: 'REFUSED' }

/** Which answers end a query is Go's rule (net/dnsclient_unix.go, checkHeader): others are tried again elsewhere. */
function outcomeOf(message: DnsMessage | 'malformed'): Outcome {
  if (message === 'malformed') return { kind: 'failed', answer: { kind: 'error', code: 'BADRESP' } }
  const { code, isReferral, addresses, aliases } = message
  const chain = aliases.length === 0 ? {} : { aliases }
  if (code === 3) return { kind: 'answered', answer: { kind: 'nxdomain', ...chain } }
  if (code !== 0) return { kind: 'failed', answer: { kind: 'error', code: codes[code] ?? `RCODE ${code}` } }
  if (isReferral) return { kind: 'failed', answer: { kind: 'error', code: 'REFERRAL' } }
  const answer: FamilyAnswer =
    addresses.length === 0 ? { kind: 'none', ...chain } : { kind: 'addresses', addresses, ...chain }
  return { kind: 'answered', answer }
}
