import type { IdentityFacts } from '../facts.ts'
import { identityLimitMs } from '../limits.ts'
import { requestHttp2 } from '../transport/http2.ts'
import { wrongPage } from '../web-pages.ts'
import { hostHeader } from './http.ts'
import { credentialsRequired, fault, type ProtocolClient, type ReadyConnection, recognised } from './protocol.ts'

/** An empty message: one byte for "not compressed", four of length. */
const emptyMessage = Buffer.alloc(5)

/** A gRPC server responds to a call of a nonexistent method with status 12 (UNIMPLEMENTED), or 16 (UNAUTHENTICATED). */
export const grpc: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['h2'],
  async identify({ target, stream, alpn }: ReadyConnection, signal): Promise<IdentityFacts> {
    if (target.tls && alpn !== 'h2') {
      stream.destroy()
      return { kind: 'no-http2', alpn, detail: 'h2 was not negotiated (ALPN)' }
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
    const outcome = await requestHttp2(stream, hostHeader(target), headers, emptyMessage, identityLimitMs, signal)
    if (outcome.kind === 'alert') return outcome
    if (outcome.kind === 'no-http2') return { kind: 'no-http2', alpn, detail: outcome.detail }
    if (outcome.kind === 'no-response') return { kind: 'no-response', reason: outcome.reason, overTls: target.tls }
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
  recognise(facts) {
    if (facts.kind === 'http') {
      const page = wrongPage(facts.response)
      return page === undefined
        ? fault('identity.protocol', `an HTTP/2 server that does not use gRPC: ${facts.response.status}`)
        : fault(page.cause, page.message)
    }
    if (facts.kind !== 'grpc') return fault('identity.protocol', 'no gRPC')
    // Other pages can have any header. Responses of gRPC have its content type, and status 200 for every error (gRPC over HTTP/2).
    if (
      !/^application\/grpc\b/i.test(facts.contentType) ||
      facts.status !== 200 ||
      !/^(?:\d|1[0-6])$/.test(facts.grpcStatus)
    )
      return fault(
        'identity.protocol',
        `status ${facts.status}, ${facts.contentType || 'no content type'}, with grpc-status "${facts.grpcStatus}"`,
      )
    const message = `grpc-status ${facts.grpcStatus}${facts.detail === '' ? '' : ` (${facts.detail})`}`
    if (facts.grpcStatus === '16' || facts.grpcStatus === '7') return credentialsRequired(message)
    if (facts.grpcStatus === '8') return fault('identity.throttled', message)
    // 4 (DEADLINE_EXCEEDED), 14 (UNAVAILABLE): a proxy responds for a server that it cannot reach.
    if (facts.grpcStatus === '4' || facts.grpcStatus === '14') return fault('identity.unavailable', message)
    return recognised(message)
  },
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
