import { getPage, hasKeys, jsonBody, unexpectedResponse } from './http.ts'
import { fault, type ProtocolClient, recognised } from './protocol.ts'

/** An ACME server's directory (RFC 8555 §7.1.1). */
export const acme: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  identify: (ready, signal) => getPage(ready, ready.target.path ?? '/directory', signal),
  recognise(facts, target) {
    if (facts.kind !== 'http') return fault('identity.protocol', 'no HTTP')
    const { response } = facts
    if (response.status === 200 && hasKeys(jsonBody(response), ['newNonce', 'newAccount', 'newOrder']))
      return recognised('an ACME directory')
    return unexpectedResponse(response, target, 'an ACME directory')
  },
}
