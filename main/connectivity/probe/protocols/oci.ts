import { isHtml } from '../web-pages.ts'
import { challenge, expectation, getPage, hasKeys, jsonOf, otherwise, statusLine } from './http.ts'
import { asksForCredentials, challenges, fault, type ProtocolClient, recognised } from './protocol.ts'

/** A container registry: GET /v2/ (OCI distribution specification, end-1). */
export const oci: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  ask: (conversation, signal) => getPage(conversation, conversation.target.path ?? '/v2/', signal),
  recognise(facts, target) {
    if (facts.kind !== 'http') return fault('identity.protocol', 'no HTTP')
    const { answer } = facts
    const expected = expectation(answer, target)
    if (expected.state === 'unmet') return otherwise(answer, target, `the row (${expected.says})`)
    const versioned = /^registry\/2/i.test(answer.headers['docker-distribution-api-version'] ?? '')
    const json = jsonOf(answer)
    if (answer.status === 200 && versioned) return recognised('200 from a registry (registry/2.0)')
    // What the specification asks for is no more than this; without TLS, anyone has an empty object to give.
    if (answer.status === 200 && json !== undefined && isEmptyObject(json)) {
      const says = '200 with an empty object, as from a registry'
      return target.tls ? recognised(says) : { kind: 'recognised', cause: 'identity.unproven', says }
    }
    const asks = challenge(answer)
    if (answer.status === 401 && (versioned || hasKeys(json, ['errors'])))
      return asksForCredentials(`401 from a registry, ${asks || 'without a challenge'}`)
    // A token server is an address (distribution: token authentication); a page for people is none of a registry's answers.
    if (answer.status === 401 && /^bearer\b.*realm="?https?:\/\//i.test(asks) && !isHtml(answer))
      return challenges(`401, ${asks}`, target)
    return otherwise(answer, target, `a registry at ${facts.request} (${statusLine(answer)})`)
  },
}

const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
