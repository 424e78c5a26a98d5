import { getPage, hasKeys, jsonOf, otherwise } from './http.ts'
import { asksForCredentials, fault, type ProtocolClient, recognised } from './protocol.ts'

/** An API server: its version, or a Status that refuses. */
export const kubernetes: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  ask: (conversation, signal) => getPage(conversation, conversation.target.path ?? '/version', signal),
  recognise(facts, target) {
    if (facts.kind !== 'http') return fault('identity.protocol', 'no HTTP')
    const { answer } = facts
    const json = jsonOf(answer)
    if (answer.status === 200 && hasKeys(json, ['major', 'minor', 'gitVersion']))
      return recognised('the version of an API server')
    if (
      [401, 403].includes(answer.status) &&
      hasKeys(json, ['kind', 'apiVersion', 'status']) &&
      /"kind"\s*:\s*"Status"/.test(answer.body)
    ) {
      return asksForCredentials(`${answer.status}, a Status of the API server`)
    }
    return otherwise(answer, target, 'an API server')
  },
}
