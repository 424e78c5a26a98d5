import type { HttpResponse, IdentityFacts } from '../facts.ts'
import { identityLimitMs } from '../limits.ts'
import type { Target } from '../target.ts'
import { BufferedConnection } from '../transport/buffered-connection.ts'
import { requestHttp1 } from '../transport/http1.ts'
import { runningNow } from '../transport/time-limit.ts'
import { acceptFor, closeFrame, closeOpcode, newKey, parseFrame } from '../transport/websocket.ts'
import { isHtml } from '../web-pages.ts'
import { challenge, describeBody, expectation, hostHeader, nonHttpIdentity, sharedFault, statusLine } from './http.ts'
import {
  challenged,
  credentialsRequired,
  fault,
  type ProtocolClient,
  type ReadyConnection,
  type Recognition,
  recognised,
} from './protocol.ts'

export interface Upgraded {
  readonly connection: BufferedConnection
  readonly facts: IdentityFacts
}

/** Requests the upgrade (RFC 6455 §4.1). The caller closes the connection. */
export async function upgrade(
  { target, stream }: ReadyConnection,
  path: string,
  protocols: string,
  signal: AbortSignal,
): Promise<Upgraded> {
  const connection = new BufferedConnection(stream)
  return { connection, facts: await openWebSocket(connection, target, path, protocols, signal) }
}

export async function openWebSocket(
  connection: BufferedConnection,
  target: Target,
  path: string,
  protocols: string,
  signal: AbortSignal,
): Promise<IdentityFacts> {
  const key = newKey()
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': key,
    ...(protocols === '' ? {} : { 'Sec-WebSocket-Protocol': protocols }),
  }
  const outcome = await requestHttp1(
    connection,
    { method: 'GET', path, host: hostHeader(target), headers },
    identityLimitMs,
    signal,
  )
  if (outcome.kind !== 'http') return nonHttpIdentity(outcome, target)
  const { response } = outcome
  const accepted = response.status === 101 && flaws(response, key, protocols).length === 0
  const subprotocol = response.headers['sec-websocket-protocol'] ?? ''
  return { kind: 'websocket', request: `GET ${path} (upgrade)`, response, accepted, subprotocol, greeting: undefined }
}

/** What a client must reject in a 101 response (RFC 6455 §4.1). */
function flaws({ headers }: HttpResponse, key: string, offered: string): readonly string[] {
  const chosen = headers['sec-websocket-protocol'] ?? ''
  return [
    ...(headers['sec-websocket-accept'] === acceptFor(key) ? [] : ['Sec-WebSocket-Accept does not match the key']),
    ...(/^websocket$/i.test(headers.upgrade ?? '') ? [] : ['"Upgrade: websocket" is missing']),
    ...(/\bupgrade\b/i.test(headers.connection ?? '') ? [] : ['"Connection: Upgrade" is missing']),
    ...(chosen === '' || offered.split(/,\s*/).includes(chosen) ? [] : [`"${chosen}" was not offered`]),
    ...(headers['sec-websocket-extensions'] === undefined ? [] : ['an extension that was not offered']),
  ]
}

/** A WebSocket server: it accepts the upgrade with the right key, or refuses it as WebSocket servers do. */
export const wss: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  async identify(ready, signal) {
    const { path, expect } = ready.target
    const { connection, facts } = await upgrade(ready, path ?? '/', expect?.subprotocol ?? '', signal)
    if (facts.kind !== 'websocket' || !facts.accepted) {
      connection.close()
      return facts
    }
    const ended = await endAfterUpgrade(connection, signal)
    connection.write(closeFrame())
    connection.close()
    return ended === undefined ? facts : { ...facts, ended }
  },
  recognise(facts, target) {
    if (facts.kind !== 'websocket') return fault('identity.protocol', 'no HTTP')
    const { response, accepted, subprotocol, ended } = facts
    if (accepted) {
      const expected = target.expect?.subprotocol
      if (expected !== undefined && expected !== subprotocol)
        return fault('identity.protocol', `101 with the subprotocol "${subprotocol}", expected "${expected}"`)
      return ended === undefined ? recognised('101 with the right accept key') : endedRecognition(ended)
    }
    if (response.status === 101) return fault('identity.websocket', brokenUpgrade)
    return refusal(response, target)
  },
}

/** How long an accepted WebSocket has to stay open: far less than any idle time-out. */
const settledMs = 150

type Ended = NonNullable<Extract<IdentityFacts, { kind: 'websocket' }>['ended']>

/** How the connection ends soon after the upgrade; undefined: it stays open. */
async function endAfterUpgrade(connection: BufferedConnection, signal: AbortSignal): Promise<Ended | undefined> {
  const startedAt = runningNow()
  for (let leftMs = settledMs; leftMs > 0; leftMs = startedAt + settledMs - runningNow()) {
    const closing = readCloseFrame(connection)
    const afterMs = Math.round(runningNow() - startedAt)
    if (closing !== undefined) return { how: 'close-frame', afterMs, ...closing }
    if (connection.ended) return { how: connection.wasReset ? 'reset' : 'closed', afterMs, code: noStatus }
    await connection.waitForData(leftMs, signal)
  }
  return undefined
}

/** "No status code was present", RFC 6455 §7.4.1. */
const noStatus = 1_005

/** Code and reason of a close frame among the frames that were received; undefined without one. */
function readCloseFrame(connection: BufferedConnection): Pick<Ended, 'code' | 'reason'> | undefined {
  for (let frame = connection.consume(parseFrame); frame !== undefined; frame = connection.consume(parseFrame)) {
    const { opcode, payload } = frame
    if (opcode === closeOpcode)
      return payload.length >= 2
        ? { code: payload.readUInt16BE(0), reason: payload.toString('utf8', 2) }
        : { code: noStatus }
  }
  return undefined
}

/** Codes by which a server asks for credentials: policy violation (§7.4.1), unauthorized, forbidden (IANA), and 401 and 403 of applications. */
const credentialCodes: ReadonlySet<number> = new Set([1_008, 3_000, 3_003, 4_001, 4_003, 4_401, 4_403])
/** Going away, internal error, service restart, try again later, bad gateway (IANA's registry of close codes). */
const outageCodes: ReadonlySet<number> = new Set([1_001, 1_011, 1_012, 1_013, 1_014])
/** Status 429 of applications. */
const throttledCode = 4_429
/** Codes of applications mean what their reason says. */
const firstOwnCode = 4_000
const credentialWords =
  /\b(?:un)?auth(?:enticat|oriz|oris)?|\b(?:token|credentials?|api ?key|log ?in|sign ?in)\b|\bforbidden\b/i

function endedRecognition({ how, afterMs, code, reason = '' }: Ended): Recognition {
  const end =
    how === 'close-frame'
      ? `the server closes the WebSocket with code ${code}`
      : `the connection is ${how} without a close frame`
  const message = `101 with the right accept key, then after ${afterMs} ms ${end}`
  if (credentialCodes.has(code) || (code >= firstOwnCode && credentialWords.test(reason)))
    return credentialsRequired(message)
  if (code === throttledCode) return fault('identity.throttled', message)
  return fault(outageCodes.has(code) ? 'identity.unavailable' : 'identity.websocket', message)
}

export const brokenUpgrade =
  '101 with an invalid accept key, Upgrade or Connection header, or with something that was not offered (RFC 6455)'

/** Responses to a request without the upgrade, although it was sent: a device on the path removed it. */
const upgradeMissing =
  /(?:upgrade|websocket)\W{0,3}(?:token |header )?(?:is |was )?(?:not found|missing|required|expected)|not using the websocket protocol|can "?upgrade"? only to "?websocket|missing (?:the )?["']?(?:upgrade|connection)["']? header|not a websocket (?:handshake|request)/i

/**
 * A server that describes the upgrade it requires did not receive ours: gorilla and ws respond with 400 and their version, and
 * a 426 without "Upgrade" answers a plain page request. Undefined: the server received the upgrade.
 */
function upgradeLost(response: HttpResponse): string | undefined {
  if (response.status !== 400 && response.status !== 426) return undefined
  const versions = response.headers['sec-websocket-version'] ?? ''
  const requiresOurVersion = response.status === 400 && /\b13\b/.test(versions)
  const requiresUpgrade = response.status === 426 && !/websocket/i.test(response.headers.upgrade ?? '')
  return requiresOurVersion || requiresUpgrade || upgradeMissing.test(response.body)
    ? `the server requires the upgrade that was sent, so a device on the path removed it: ${statusLine(response)}, ${describeBody(response)}`
    : undefined
}

/** The refusal of a WebSocket server (400, 401, 403, 426), or the fault of another response. */
export function refusal(response: HttpResponse, target: Target): Recognition {
  const expected = expectation(response, target)
  if (expected.state === 'met') return credentialsRequired(`${statusLine(response)}, as the endpoint expects`)
  const hasChallenge = response.status === 401 && challenge(response) !== ''
  const shared = hasChallenge ? undefined : sharedFault(response, target)
  if (shared !== undefined) return shared
  if (expected.state === 'unmet') return fault('identity.protocol', expected.message)
  if (hasChallenge) return challenged(`401, ${challenge(response)}`, target)
  if (isHtml(response)) return fault('identity.websocket', `a web page instead of an upgrade: ${statusLine(response)}`)
  const lost = upgradeLost(response)
  if (lost !== undefined) return fault('identity.websocket', lost)
  const message = `${statusLine(response)}, ${describeBody(response)}`
  if ([401, 403].includes(response.status)) return challenged(message, target)
  if (![400, 426].includes(response.status))
    return fault('identity.websocket', `the upgrade was ignored: ${statusLine(response)}`)
  const refused = `the server refuses the upgrade, as a WebSocket server does for unknown parameters: ${message}`
  return target.tls
    ? recognised(refused)
    : {
        kind: 'recognised',
        cause: 'identity.unproven',
        message: `${refused}; without TLS, any device on the path can send this`,
      }
}
