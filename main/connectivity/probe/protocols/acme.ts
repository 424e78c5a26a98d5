import { getPage, hasKeys, jsonOf, otherwise } from './http.ts'
import { fault, type ProtocolClient, recognised } from './protocol.ts'

/** An ACME server's directory (RFC 8555 §7.1.1). */
export const acme: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  ask: (conversation, signal) => getPage(conversation, conversation.target.path ?? '/directory', signal),
  recognise(facts, target) {
    if (facts.kind !== 'http') return fault('identity.protocol', 'no HTTP')
    const { answer } = facts
    if (answer.status === 200 && hasKeys(jsonOf(answer), ['newNonce', 'newAccount', 'newOrder']))
      return recognised('an ACME directory')
    return otherwise(answer, target, 'an ACME directory')
  },
}
