import { isHtml } from '../web-pages.ts'
import { challenge, expectation, getPage, hasKeys, jsonBody, statusLine, unexpectedResponse } from './http.ts'
import { challenged, credentialsRequired, fault, type ProtocolClient, recognised } from './protocol.ts'

/** A container registry: GET /v2/ (OCI distribution specification, end-1). */
export const oci: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  identify: (conversation, signal) => getPage(conversation, conversation.target.path ?? '/v2/', signal),
  recognise(facts, target) {
    if (facts.kind !== 'http') return fault('identity.protocol', 'no HTTP')
    const { response } = facts
    const expected = expectation(response, target)
    if (expected.state === 'unmet') return unexpectedResponse(response, target, `the row (${expected.message})`)
    const versioned = /^registry\/2/i.test(response.headers['docker-distribution-api-version'] ?? '')
    const json = jsonBody(response)
    if (response.status === 200 && versioned) return recognised('200 from a registry (registry/2.0)')
    // What the specification asks for is no more than this; without TLS, anyone has an empty object to give.
    if (response.status === 200 && json !== undefined && isEmptyObject(json)) {
      const message = '200 with an empty object, as from a registry'
      return target.tls ? recognised(message) : { kind: 'recognised', cause: 'identity.unproven', message }
    }
    const asks = challenge(response)
    if (response.status === 401 && (versioned || hasKeys(json, ['errors'])))
      return credentialsRequired(`401 from a registry, ${asks || 'without a challenge'}`)
    // A token server is an address (distribution: token authentication); a page for people is none of a registry's answers.
    if (response.status === 401 && /^bearer\b.*realm="?https?:\/\//i.test(asks) && !isHtml(response))
      return challenged(`401, ${asks}`, target)
    return unexpectedResponse(response, target, `a registry at ${facts.request} (${statusLine(response)})`)
  },
}

const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
