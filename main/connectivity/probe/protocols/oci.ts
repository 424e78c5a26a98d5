import { isHtml } from '../web-pages.ts'
import { tokenRealm } from './challenges.ts'
import { challenge, expectation, getPage, hasKeys, jsonBody, statusLine, unexpectedResponse } from './http.ts'
import { challenged, credentialsRequired, fault, type ProtocolClient, recognised } from './protocol.ts'

/** A container registry: GET /v2/ (OCI distribution specification, end-1). */
export const oci: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  identify: (ready, signal) => getPage(ready, ready.target.path ?? '/v2/', signal),
  recognise(facts, target) {
    if (facts.kind !== 'http') return fault('identity.protocol', 'no HTTP')
    const { response } = facts
    const expected = expectation(response, target)
    if (expected.state === 'unmet')
      return unexpectedResponse(response, target, `the service in "expect" (${expected.message})`)
    const versioned = /^registry\/2/i.test(response.headers['docker-distribution-api-version'] ?? '')
    const json = jsonBody(response)
    if (response.status === 200 && versioned) return recognised('200 from a registry (registry/2.0)')
    // The specification requires no more than this. Without TLS, any server can send an empty object.
    if (response.status === 200 && json !== undefined && isEmptyObject(json)) {
      const message = '200 with an empty object, as a registry sends'
      return target.tls ? recognised(message) : { kind: 'recognised', cause: 'identity.unproven', message }
    }
    const header = challenge(response)
    if (response.status === 401 && (versioned || hasKeys(json, ['errors'])))
      return credentialsRequired(`401 from a registry, ${header || 'without a challenge'}`)
    // A registry that denies anonymous requests without a challenge (error code DENIED of the specification).
    if (response.status === 403 && hasKeys(json, ['errors']) && /"code"\s*:\s*"DENIED"/.test(response.body))
      return credentialsRequired('403 from a registry (DENIED)')
    // The realm is a URL (distribution: token authentication). A registry never responds with a web page.
    if (response.status === 401 && tokenRealm(response) !== undefined && !isHtml(response))
      return challenged(`401, ${header}`, target)
    return unexpectedResponse(response, target, `a registry at ${facts.request} (${statusLine(response)})`)
  },
}

const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
