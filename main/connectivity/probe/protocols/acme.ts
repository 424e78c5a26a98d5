import type { HttpResponse, IdentityFacts } from '../facts.ts'
import { identityLimitMs } from '../limits.ts'
import { BufferedConnection } from '../transport/buffered-connection.ts'
import { requestHttp1 } from '../transport/http1.ts'
import { getPage, hasKeys, hostHeader, jsonBody, ownPath, statusLine, unexpectedResponse } from './http.ts'
import { fault, type ProtocolClient, type ReadyConnection, recognised } from './protocol.ts'

/** An ACME server's directory, and the nonce that each client requests next (RFC 8555 §7.1.1, §7.2). */
export const acme: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  async identify(ready, signal) {
    const directory = await getPage(ready, ready.target.path ?? '/directory', signal)
    return await withNonce(directory, ready, signal)
  },
  recognise(facts, target) {
    if (facts.kind !== 'http') return fault('identity.protocol', 'no HTTP')
    const { response, next } = facts
    if (!isDirectory(response)) return unexpectedResponse(response, target, 'an ACME directory')
    if (next === undefined) return recognised('an ACME directory')
    if (next.response === undefined)
      return fault('identity.silent', `an ACME directory, whose newNonce does not respond (${next.request})`)
    if (next.response.headers['replay-nonce'] === undefined)
      return unexpectedResponse(next.response, target, `newNonce (${next.request}), without a Replay-Nonce`)
    return recognised(`an ACME directory, and a nonce (${statusLine(next.response)})`)
  },
}

const isDirectory = (response: HttpResponse): boolean =>
  response.status === 200 && hasKeys(jsonBody(response), ['newNonce', 'newAccount', 'newOrder'])

/** Requests a nonce where the directory names one of the same server; others are checked as discovered hosts. */
async function withNonce(
  directory: IdentityFacts,
  { target, alpn, absoluteForm, reconnect }: ReadyConnection,
  signal: AbortSignal,
): Promise<IdentityFacts> {
  if (directory.kind !== 'http' || !isDirectory(directory.response) || alpn === 'h2') return directory
  const path = ownPath(newNonceOf(directory.response), target)
  if (path === undefined) return directory
  const request = `HEAD ${path}`
  const stream = await reconnect(signal)
  if (stream === undefined) return { ...directory, next: { request, response: undefined } }
  const connection = new BufferedConnection(stream)
  const head = {
    method: 'HEAD',
    path: `${absoluteForm?.prefix ?? ''}${path}`,
    host: hostHeader(target),
    headers: absoluteForm?.headers ?? {},
  }
  const outcome = await requestHttp1(connection, head, identityLimitMs, signal)
  connection.close()
  return { ...directory, next: { request, response: outcome.kind === 'http' ? outcome.response : undefined } }
}

function newNonceOf(response: HttpResponse): string {
  const { newNonce } = Object(jsonBody(response)) as { newNonce?: unknown } // checked below
  return typeof newNonce === 'string' ? newNonce : ''
}
