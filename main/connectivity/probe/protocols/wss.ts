import { Channel } from '../channel.ts'
import type { HttpFacts, IdentityFacts } from '../facts.ts'
import { askHttp } from '../http1.ts'
import { identityLimitMs } from '../limits.ts'
import { isHtml } from '../pages.ts'
import type { Target } from '../target.ts'
import { acceptFor, closeFrame, newKey } from '../websocket.ts'
import { challenge, expectation, hostHeader, notHttp, sharedFault, statusLine } from './http.ts'
import { asksForCredentials, type Conversation, fault, type Recognition, recognised, type Speaker } from './speaker.ts'

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
  if (seen.kind !== 'http') return { channel, facts: notHttp(seen, target) }
  const { answer } = seen
  const accepted =
    answer.status === 101 &&
    answer.headers['sec-websocket-accept'] === acceptFor(key) &&
    /websocket/i.test(answer.headers.upgrade ?? '')
  const subprotocol = answer.headers['sec-websocket-protocol'] ?? ''
  return {
    channel,
    facts: { kind: 'websocket', request: `GET ${path} (upgrade)`, answer, accepted, subprotocol, speech: undefined },
  }
}

/** A WebSocket server: it accepts the upgrade with the right key, or refuses it as such a server does. */
export const wss: Speaker = {
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
    if (answer.status === 101)
      return fault('identity.websocket', '101, but Sec-WebSocket-Accept does not belong to our key')
    return refusal(answer, target)
  },
}

/** What a server that knows WebSocket says when it will not have us (research: 400, 401, 403, 426), or what stands in its way. */
export function refusal(answer: HttpFacts, target: Target): Recognition {
  const expected = expectation(answer, target)
  if (expected.state === 'met') return asksForCredentials(`${statusLine(answer)}, as the row expects`)
  if (answer.status === 401 && challenge(answer) !== '') return asksForCredentials(`401, ${challenge(answer)}`)
  const other = sharedFault(answer, target)
  if (other !== undefined) return other
  if (expected.state === 'unmet') return fault('identity.protocol', expected.says)
  if (isHtml(answer)) return fault('identity.websocket', `a web page instead of an upgrade: ${statusLine(answer)}`)
  const body = answer.body.trim().slice(0, 160)
  if ([401, 403].includes(answer.status)) return asksForCredentials(`${statusLine(answer)}: ${body}`)
  if ([400, 426].includes(answer.status))
    return recognised(
      `it refuses the upgrade, as a WebSocket server does with parameters that it does not know: ${statusLine(answer)} ${body}`,
    )
  return fault('identity.websocket', `the upgrade was not taken up: ${statusLine(answer)}`)
}
