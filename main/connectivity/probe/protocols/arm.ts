import { challenge, getPage, unexpectedResponse } from './http.ts'
import { credentialsRequired, fault, type ProtocolClient } from './protocol.ts'

/** Azure Resource Manager (behind the "Azure DNS" row): it names its token server to whoever asks without one. */
export const arm: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  identify: (conversation, signal) =>
    getPage(conversation, conversation.target.path ?? '/subscriptions?api-version=2020-01-01', signal),
  recognise(facts, target) {
    if (facts.kind !== 'http') return fault('identity.protocol', 'no HTTP')
    const { response } = facts
    const asks = challenge(response)
    if (response.status === 401 && /^bearer\b.*authorization_uri=/i.test(asks))
      return credentialsRequired(`401, ${asks}`)
    return unexpectedResponse(response, target, 'Azure Resource Manager')
  },
}
