import type { HttpFacts, IdentityFacts } from '../facts.ts'
import { identityLimitMs } from '../limits.ts'
import type { Target } from '../target.ts'
import { Channel } from '../transport/channel.ts'
import { askHttp } from '../transport/http1.ts'
import { acceptFor, closeFrame, newKey } from '../transport/websocket.ts'
import { isHtml } from '../web-pages.ts'
import { challenge, expectation, hostHeader, notHttp, sharedFault, statusLine } from './http.ts'
import {
  asksForCredentials,
  type Conversation,
  challenges,
  fault,
  type ProtocolClient,
  type Recognition,
  recognised,
} from './protocol.ts'

export interface Upgraded {
  readonly channel: Channel
  readonly facts: IdentityFacts
}

/** Asks for the upgrade (RFC 6455 §4.1). The channel is the caller's to close. */
export async function upgrade(
  { target, stream }: Conversation,
  path: string,
  protocols: string,
  signal: AbortSignal,
): Promise<Upgraded> {
  const channel = new Channel(stream)
  return { channel, facts: await openWebSocket(channel, target, path, protocols, signal) }
}

export async function openWebSocket(
  channel: Channel,
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
  const seen = await askHttp(
    channel,
    { method: 'GET', path, host: hostHeader(target), headers },
    identityLimitMs,
    signal,
  )
  if (seen.kind !== 'http') return notHttp(seen, target)
  const { answer } = seen
  const accepted = answer.status === 101 && flaws(answer, key, protocols).length === 0
  const subprotocol = answer.headers['sec-websocket-protocol'] ?? ''
  return { kind: 'websocket', request: `GET ${path} (upgrade)`, answer, accepted, subprotocol, speech: undefined }
}

/** What RFC 6455 §4.1 has a client refuse in an answer of 101, in words. */
function flaws({ headers }: HttpFacts, key: string, offered: string): readonly string[] {
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
  async ask(conversation, signal) {
    const { path, expect } = conversation.target
    const { channel, facts } = await upgrade(conversation, path ?? '/', expect?.subprotocol ?? '', signal)
    if (facts.kind === 'websocket' && facts.accepted) channel.write(closeFrame())
    channel.close()
    return facts
  },
  recognise(facts, target) {
    if (facts.kind !== 'websocket') return fault('identity.protocol', 'no HTTP')
    const { answer, accepted, subprotocol } = facts
    if (accepted) {
      const wanted = target.expect?.subprotocol
      if (wanted !== undefined && wanted !== subprotocol)
        return fault('identity.protocol', `101 with the subprotocol "${subprotocol}", expected "${wanted}"`)
      return recognised('101, and the key belongs to ours')
    }
    if (answer.status === 101) return fault('identity.websocket', brokenUpgrade)
    return refusal(answer, target)
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
function upgradeLost(answer: HttpFacts): string | undefined {
  if (answer.status !== 400 && answer.status !== 426) return undefined
  const versions = answer.headers['sec-websocket-version'] ?? ''
  const asksForOurs = answer.status === 400 && /\b13\b/.test(versions)
  const asksAnew = answer.status === 426 && !/websocket/i.test(answer.headers.upgrade ?? '')
  return asksForOurs || asksAnew || notSeen.test(answer.body)
    ? `it asks for the upgrade that was sent, so the upgrade was taken out on the way: ${statusLine(answer)} ${sampleOf(answer)}`
    : undefined
}

const sampleOf = ({ body }: HttpFacts): string => body.trim().slice(0, 160)

/** What a server that knows WebSocket says when it will not have us (400, 401, 403, 426), or what stands in its way. */
export function refusal(answer: HttpFacts, target: Target): Recognition {
  const expected = expectation(answer, target)
  if (expected.state === 'met') return asksForCredentials(`${statusLine(answer)}, as the row expects`)
  const challenged = answer.status === 401 && challenge(answer) !== ''
  const other = challenged ? undefined : sharedFault(answer, target)
  if (other !== undefined) return other
  if (expected.state === 'unmet') return fault('identity.protocol', expected.says)
  if (challenged) return challenges(`401, ${challenge(answer)}`, target)
  if (isHtml(answer)) return fault('identity.websocket', `a web page instead of an upgrade: ${statusLine(answer)}`)
  const lost = upgradeLost(answer)
  if (lost !== undefined) return fault('identity.websocket', lost)
  const says = `${statusLine(answer)}: ${sampleOf(answer)}`
  if ([401, 403].includes(answer.status)) return challenges(says, target)
  if (![400, 426].includes(answer.status))
    return fault('identity.websocket', `the upgrade was not taken up: ${statusLine(answer)}`)
  const refused = `it refuses the upgrade, as a WebSocket server does with parameters that it does not know: ${says}`
  return target.tls
    ? recognised(refused)
    : { kind: 'recognised', cause: 'identity.unproven', says: `${refused}; without TLS, anyone could say so` }
}
