import type { HttpResponse, IdentityFacts } from '../facts.ts'
import type { Target } from '../target.ts'
import { isHtml } from '../web-pages.ts'
import { challengeOf, tokenRealm } from './challenges.ts'
import { challenge, expectation, getPage, hasKeys, jsonBody, ownPath, statusLine, unexpectedResponse } from './http.ts'
import {
  challenged,
  credentialsRequired,
  fault,
  type ProtocolClient,
  type ReadyConnection,
  type Recognition,
  recognised,
} from './protocol.ts'

/** A container registry: GET /v2/ (OCI distribution specification, end-1). */
export const oci: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  async identify(ready, signal) {
    const answer = await getPage(ready, ready.target.path ?? '/v2/', signal)
    return await withToken(answer, ready, signal)
  },
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
    const tokenFault = response.status === 401 ? tokenServerFault(response, facts.next, target) : undefined
    if (tokenFault !== undefined) return tokenFault
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

/**
 * Asks the token server that the challenge names, without credentials, where it is the same server; others are checked as
 * discovered hosts. Any refusal shows that it is there.
 */
async function withToken(
  answer: IdentityFacts,
  { target, reconnect, ...ready }: ReadyConnection,
  signal: AbortSignal,
): Promise<IdentityFacts> {
  if (answer.kind !== 'http' || answer.response.status !== 401) return answer
  const service = challengeOf(answer.response, 'bearer')?.parameters.get('service')
  const path = ownPath(tokenRealm(answer.response) ?? '', target, service === undefined ? {} : { service })
  if (path === undefined) return answer
  const stream = await reconnect(signal)
  if (stream === undefined) return answer
  const token = await getPage({ ...ready, target, stream, reconnect }, path, signal)
  return { ...answer, next: { request: `GET ${path}`, response: token.kind === 'http' ? token.response : undefined } }
}

type Next = Extract<IdentityFacts, { kind: 'http' }>['next']

/** Why no client gets a token, although the registry itself answers as expected. */
function tokenServerFault(response: HttpResponse, next: Next, target: Target): Recognition | undefined {
  const bearer = challengeOf(response, 'bearer')?.parameters.get('realm')
  const isUnusable = bearer !== undefined && tokenRealm(response) === undefined
  if (isUnusable && bearer.startsWith('/') && challengeOf(response, 'basic') === undefined)
    return fault('identity.protocol', `the registry names its token server as "${bearer}", which is no URL`)
  if (next === undefined) return undefined
  if (next.response === undefined)
    return fault('identity.silent', `a registry, whose token server does not respond (${next.request})`)
  const { status } = next.response
  if (status >= 500)
    return fault('identity.unavailable', `the token server of the registry: ${statusLine(next.response)}`)
  return status === 404 || (status < 400 && isHtml(next.response))
    ? unexpectedResponse(next.response, target, `the token server of the registry (${next.request})`)
    : undefined
}

const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
