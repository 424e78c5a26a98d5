import { challengesOf } from './challenges.ts'
import { challenge, getPage, unexpectedResponse } from './http.ts'
import { credentialsRequired, fault, type ProtocolClient } from './protocol.ts'

/** Azure Resource Manager (behind the "Azure DNS" endpoint): it names its token server to a client without a token. */
export const arm: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  identify: (ready, signal) => getPage(ready, ready.target.path ?? '/subscriptions?api-version=2020-01-01', signal),
  recognise(facts, target) {
    if (facts.kind !== 'http') return fault('identity.protocol', 'no HTTP')
    const { response } = facts
    const tokens = challengesOf(response).some(
      ({ scheme, parameters }) => scheme === 'bearer' && parameters.has('authorization_uri'),
    )
    if (response.status === 401 && tokens) return credentialsRequired(`401, ${challenge(response)}`)
    return unexpectedResponse(response, target, 'Azure Resource Manager')
  },
}
