import type { HttpResponse, IdentityFacts } from '../facts.ts'
import { identityLimitMs } from '../limits.ts'
import type { Target } from '../target.ts'
import { requestHttp2 } from '../transport/http2.ts'
import { hostHeader, nonHttpIdentity, sharedFault, statusLine } from './http.ts'
import {
  credentialsRequired,
  fault,
  type ProtocolClient,
  type ReadyConnection,
  type Recognition,
  recognised,
} from './protocol.ts'

/** An empty message: one byte for "not compressed", four of length. */
const emptyMessage = Buffer.alloc(5)

/** A gRPC server responds to a call of a nonexistent method with status 12 (UNIMPLEMENTED), or 16 (UNAUTHENTICATED). */
export const grpc: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['h2'],
  async identify({ target, stream, alpn, reconnect }: ReadyConnection, signal): Promise<IdentityFacts> {
    if (target.tls && alpn !== 'h2') {
      stream.destroy()
      return { kind: 'no-http2', alpn, detail: 'h2 was not negotiated' }
    }
    const headers = {
      ':method': 'POST',
      ':path': target.path ?? '/hangar.Check/Identify',
      ':scheme': target.tls ? 'https' : 'http',
      ':authority': hostHeader(target),
      'content-type': 'application/grpc',
      'user-agent': 'hangar-check/1',
      te: 'trailers',
    }
    const outcome = await requestHttp2(stream, { headers, body: emptyMessage }, identityLimitMs, signal, reconnect)
    if (outcome.kind !== 'http') return nonHttpIdentity(outcome, target)
    const grpcStatus = outcome.response.headers['grpc-status']
    if (grpcStatus === undefined)
      return { kind: 'http', request: `POST ${headers[':path']}`, response: outcome.response, redirectedFrom: [] }
    const { status, headers: responseHeaders } = outcome.response
    return {
      kind: 'grpc',
      status,
      grpcStatus,
      contentType: responseHeaders['content-type'] ?? '',
      detail: decodeURIComponentSafely(responseHeaders['grpc-message'] ?? ''),
    }
  },
  recognise(facts, target) {
    if (facts.kind === 'http') return recogniseHttp(facts.response, target)
    if (facts.kind !== 'grpc') return fault('identity.protocol', 'no gRPC')
    const message = `grpc-status ${facts.grpcStatus}${facts.detail === '' ? '' : ` (${facts.detail})`}`
    // A gateway before the server may answer in both ways at once.
    if (isGrpc(facts.contentType) && facts.status === 401 && facts.grpcStatus === '16')
      return credentialsRequired(`status 401, ${message}`)
    // Other pages can have any header. Responses of gRPC have its content type, and status 200 for every error (gRPC over HTTP/2).
    if (!isGrpc(facts.contentType) || facts.status !== 200 || !/^(?:\d|1[0-6])$/.test(facts.grpcStatus))
      return fault(
        'identity.protocol',
        `status ${facts.status}, ${facts.contentType || 'no content type'}, with grpc-status "${facts.grpcStatus}"`,
      )
    if (facts.grpcStatus === '16' || facts.grpcStatus === '7') return credentialsRequired(message)
    if (facts.grpcStatus === '8') return fault('identity.throttled', message)
    // 4 (DEADLINE_EXCEEDED), 14 (UNAVAILABLE): a proxy responds for a server that it cannot reach.
    if (facts.grpcStatus === '4' || facts.grpcStatus === '14') return fault('identity.unavailable', message)
    // 2 (UNKNOWN), 13 (INTERNAL): of a server, or of a proxy that names what is behind it.
    if ((facts.grpcStatus === '2' || facts.grpcStatus === '13') && brokenUpstream.test(facts.detail))
      return fault('identity.unavailable', message)
    return recognised(message)
  },
}

/** Of gRPC itself: gRPC-Web (`application/grpc-web`) is for browsers, and no gRPC client reads it. */
const isGrpc = (contentType: string): boolean => /^application\/grpc(?:[+;\s]|$)/i.test(contentType)

const brokenUpstream =
  /\bupstream\b|\bhttp status(?: code)?:? 5\d\d|\bconnection (?:refused|reset|error|timed out)|no healthy/i

/** Of an Amazon load balancer: the protocol version of the request is not that of its target group. */
const incompatibleVersion = 464

/** A response without a status of gRPC: of a server that loses it, or of something before the gRPC server. */
function recogniseHttp(response: HttpResponse, target: Target): Recognition {
  if (response.status === 200 && isGrpc(response.headers['content-type'] ?? ''))
    return fault('identity.grpc-trailers', 'a gRPC response (200, application/grpc) without a grpc-status')
  if (response.status === incompatibleVersion)
    return fault('identity.http2', `${statusLine(response)}: the target group of a load balancer does not use gRPC`)
  const shared = sharedFault(response, target)
  if (shared !== undefined) return shared
  if (response.status >= 300 && response.status < 400 && response.headers.location !== undefined)
    return fault('identity.redirect', `redirected to ${response.headers.location}, which no gRPC client follows`)
  if (response.status === 401 || response.status === 403)
    return credentialsRequired(`${statusLine(response)}, by a device before the gRPC server`)
  return fault('identity.protocol', `an HTTP/2 server that does not use gRPC: ${response.status}`)
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
