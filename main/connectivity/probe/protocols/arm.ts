import { challenge, getPage, otherwise } from './http.ts'
import { asksForCredentials, fault, type ProtocolClient } from './protocol.ts'

/** Azure Resource Manager (behind the "Azure DNS" row): it names its token server to whoever asks without one. */
export const arm: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  ask: (conversation, signal) =>
    getPage(conversation, conversation.target.path ?? '/subscriptions?api-version=2020-01-01', signal),
  recognise(facts, target) {
    if (facts.kind !== 'http') return fault('identity.protocol', 'no HTTP')
    const { answer } = facts
    const asks = challenge(answer)
    if (answer.status === 401 && /^bearer\b.*authorization_uri=/i.test(asks)) return asksForCredentials(`401, ${asks}`)
    return otherwise(answer, target, 'Azure Resource Manager')
  },
}
