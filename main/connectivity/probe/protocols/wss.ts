import type { HttpResponse, IdentityFacts } from '../facts.ts'
import { identityLimitMs } from '../limits.ts'
import type { Target } from '../target.ts'
import { BufferedConnection } from '../transport/buffered-connection.ts'
import { requestHttp1 } from '../transport/http1.ts'
import { acceptFor, closeFrame, newKey } from '../transport/websocket.ts'
import { isHtml } from '../web-pages.ts'
import { challenge, expectation, hostHeader, nonHttpIdentity, sharedFault, statusLine } from './http.ts'
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
  readonly channel: BufferedConnection
  readonly facts: IdentityFacts
}

/** Asks for the upgrade (RFC 6455 §4.1). The channel is the caller's to close. */
export async function upgrade(
  { target, stream }: ReadyConnection,
  path: string,
  protocols: string,
  signal: AbortSignal,
): Promise<Upgraded> {
  const channel = new BufferedConnection(stream)
  return { channel, facts: await openWebSocket(channel, target, path, protocols, signal) }
}

export async function openWebSocket(
  channel: BufferedConnection,
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
  const seen = await requestHttp1(
    channel,
    { method: 'GET', path, host: hostHeader(target), headers },
    identityLimitMs,
    signal,
  )
  if (seen.kind !== 'http') return nonHttpIdentity(seen, target)
  const { response } = seen
  const accepted = response.status === 101 && flaws(response, key, protocols).length === 0
  const subprotocol = response.headers['sec-websocket-protocol'] ?? ''
  return { kind: 'websocket', request: `GET ${path} (upgrade)`, response, accepted, subprotocol, greeting: undefined }
}

/** What RFC 6455 §4.1 has a client refuse in an answer of 101, in words. */
function flaws({ headers }: HttpResponse, key: string, offered: string): readonly string[] {
  const chosen = headers['sec-websocket-protocol'] ?? ''
  return [
    ...(headers['sec-websocket-accept'] === acceptFor(key) ? [] : ['Sec-WebSocket-Accept does not belong to our key']),
    ...(/^websocket$/i.test(headers.upgrade ?? '') ? [] : ['"Upgrade: websocket" is missing']),
    ...(/\bupgrade\b/i.test(headers.connection ?? '') ? [] : ['"Connection: Upgrade" is missing']),
    ...(chosen === '' || offered.split(/,\s*/).includes(chosen) ? [] : [`"${chosen}" was not offered`]),
    ...(headers['sec-websocket-extensions'] === undefined ? [] : ['an extension that was not offered']),
  ]
}

/** A WebSocket server: it accepts the upgrade with the right key, or refuses it as such a server does. */
export const wss: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  async identify(conversation, signal) {
    const { path, expect } = conversation.target
    const { channel, facts } = await upgrade(conversation, path ?? '/', expect?.subprotocol ?? '', signal)
    if (facts.kind === 'websocket' && facts.accepted) channel.write(closeFrame())
    channel.close()
    return facts
  },
  recognise(facts, target) {
    if (facts.kind !== 'websocket') return fault('identity.protocol', 'no HTTP')
    const { response, accepted, subprotocol } = facts
    if (accepted) {
      const wanted = target.expect?.subprotocol
      if (wanted !== undefined && wanted !== subprotocol)
        return fault('identity.protocol', `101 with the subprotocol "${subprotocol}", expected "${wanted}"`)
      return recognised('101, and the key belongs to ours')
    }
    if (response.status === 101) return fault('identity.websocket', brokenUpgrade)
    return refusal(response, target)
  },
}

export const brokenUpgrade =
  '101, but not as RFC 6455 wants it: the accept key, Upgrade and Connection, and nothing that was not offered'

/** Answers to a request in which the upgrade was missing, though we sent it: something on the way took it out. */
const notSeen =
  /(?:upgrade|websocket)\W{0,3}(?:token |header )?(?:is |was )?(?:not found|missing|required|expected)|not using the websocket protocol|can "?upgrade"? only to "?websocket|missing (?:the )?["']?(?:upgrade|connection)["']? header|not a websocket (?:handshake|request)/i

/**
 * A server that says what an upgrade must look like has not seen ours: gorilla and ws answer 400 with the version that they
 * speak, and 426 without "Upgrade" comes from one that was asked for a page. Undefined: it saw the upgrade.
 */
function upgradeLost(response: HttpResponse): string | undefined {
  if (response.status !== 400 && response.status !== 426) return undefined
  const versions = response.headers['sec-websocket-version'] ?? ''
  const asksForOurs = response.status === 400 && /\b13\b/.test(versions)
  const asksAnew = response.status === 426 && !/websocket/i.test(response.headers.upgrade ?? '')
  return asksForOurs || asksAnew || notSeen.test(response.body)
    ? `it asks for the upgrade that was sent, so the upgrade was taken out on the way: ${statusLine(response)} ${sampleOf(response)}`
    : undefined
}

const sampleOf = ({ body }: HttpResponse): string => body.trim().slice(0, 160)

/** What a server that knows WebSocket says when it will not have us (400, 401, 403, 426), or what stands in its way. */
export function refusal(response: HttpResponse, target: Target): Recognition {
  const expected = expectation(response, target)
  if (expected.state === 'met') return credentialsRequired(`${statusLine(response)}, as the row expects`)
  const hasChallenge = response.status === 401 && challenge(response) !== ''
  const other = hasChallenge ? undefined : sharedFault(response, target)
  if (other !== undefined) return other
  if (expected.state === 'unmet') return fault('identity.protocol', expected.message)
  if (hasChallenge) return challenged(`401, ${challenge(response)}`, target)
  if (isHtml(response)) return fault('identity.websocket', `a web page instead of an upgrade: ${statusLine(response)}`)
  const lost = upgradeLost(response)
  if (lost !== undefined) return fault('identity.websocket', lost)
  const message = `${statusLine(response)}: ${sampleOf(response)}`
  if ([401, 403].includes(response.status)) return challenged(message, target)
  if (![400, 426].includes(response.status))
    return fault('identity.websocket', `the upgrade was not taken up: ${statusLine(response)}`)
  const refused = `it refuses the upgrade, as a WebSocket server does with parameters that it does not know: ${message}`
  return target.tls
    ? recognised(refused)
    : { kind: 'recognised', cause: 'identity.unproven', message: `${refused}; without TLS, anyone could say so` }
}
