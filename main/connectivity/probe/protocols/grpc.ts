import type { IdentityFacts } from '../facts.ts'
import { identityLimitMs } from '../limits.ts'
import { requestHttp2 } from '../transport/http2.ts'
import { wrongPage } from '../web-pages.ts'
import { hostHeader } from './http.ts'
import { credentialsRequired, fault, type ProtocolClient, type ReadyConnection, recognised } from './protocol.ts'

/** An empty message: one byte for "not compressed", four of length. */
const emptyMessage = Buffer.alloc(5)

/** A gRPC server is asked for a method that is not there, and says so in its own way (status 12), or asks who we are (16). */
export const grpc: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['h2'],
  async identify({ target, stream, alpn }: ReadyConnection, signal): Promise<IdentityFacts> {
    if (target.tls && alpn !== 'h2') {
      stream.destroy()
      return { kind: 'no-http2', alpn, detail: 'h2 was not agreed (ALPN)' }
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
    const seen = await requestHttp2(stream, hostHeader(target), headers, emptyMessage, identityLimitMs, signal)
    if (seen.kind === 'alert') return seen
    if (seen.kind === 'no-http2') return { kind: 'no-http2', alpn, detail: seen.detail }
    if (seen.kind === 'no-response') return { kind: 'no-response', reason: seen.reason, overTls: target.tls }
    const grpcStatus = seen.response.headers['grpc-status']
    if (grpcStatus === undefined)
      return { kind: 'http', request: `POST ${headers[':path']}`, response: seen.response, redirectedFrom: [] }
    const { status, headers: answered } = seen.response
    return {
      kind: 'grpc',
      status,
      grpcStatus,
      contentType: answered['content-type'] ?? '',
      detail: decodeURIComponentSafely(answered['grpc-message'] ?? ''),
    }
  },
  recognise(facts) {
    if (facts.kind === 'http') {
      const page = wrongPage(facts.response)
      return page === undefined
        ? fault('identity.protocol', `an HTTP/2 server without gRPC: ${facts.response.status}`)
        : fault(page.cause, page.message)
    }
    if (facts.kind !== 'grpc') return fault('identity.protocol', 'no gRPC')
    // Pages of others may carry any header; gRPC's own answers have its type, and 200 whatever went wrong (gRPC over HTTP/2).
    if (
      !/^application\/grpc\b/i.test(facts.contentType) ||
      facts.status !== 200 ||
      !/^(?:\d|1[0-6])$/.test(facts.grpcStatus)
    )
      return fault(
        'identity.protocol',
        `status ${facts.status}, ${facts.contentType || 'no type'}, with grpc-status "${facts.grpcStatus}"`,
      )
    const message = `grpc-status ${facts.grpcStatus}${facts.detail === '' ? '' : ` (${facts.detail})`}`
    if (facts.grpcStatus === '16' || facts.grpcStatus === '7') return credentialsRequired(message)
    if (facts.grpcStatus === '8') return fault('identity.throttled', message)
    // 4, 14: a proxy speaks gRPC for a server that is not there.
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
