import * as http2 from 'node:http2'
import type { Duplex } from 'node:stream'
import type { Http2Error, HttpResponse, NoResponse } from '../facts.ts'
import { bodyLimitMs, readLimitBytes } from '../limits.ts'
import { errorCode, TimedOut, withTimeout } from './time-limit.ts'

export type Http2Outcome =
  /** `ended`: the frame by which the server ended the connection all the same, or a first attempt. */
  | { readonly kind: 'http'; readonly response: HttpResponse; readonly ended?: Http2Error }
  /** The server ended the request or the connection with an error of HTTP/2. */
  | { readonly kind: 'http2-error'; readonly error: Http2Error }
  | { readonly kind: 'no-http2'; readonly detail: string }
  | { readonly kind: 'alert'; readonly code: string }
  | { readonly kind: 'no-response'; readonly reason: NoResponse }

export interface Http2Request {
  /** With pseudo-headers. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer | undefined
}

/** RFC 9113 §7: the request was not processed, and can be sent on another connection. */
const notProcessed: ReadonlySet<number> = new Set([
  http2.constants.NGHTTP2_NO_ERROR,
  http2.constants.NGHTTP2_REFUSED_STREAM,
])

/**
 * One HTTP/2 request on an open connection. Adds the trailers to the headers: gRPC's status is in them. A server that ends the
 * connection without an error, before the request, gets it once more on another connection, as clients do.
 */
export async function requestHttp2(
  stream: Duplex,
  request: Http2Request,
  limitMs: number,
  signal: AbortSignal,
  reconnect?: (signal: AbortSignal) => Promise<Duplex | undefined>,
): Promise<Http2Outcome> {
  const first = await requestOnce(stream, request, limitMs, signal)
  if (first.kind !== 'http2-error' || !notProcessed.has(first.error.code)) return first
  const other = await reconnect?.(signal)
  if (other === undefined) return first
  const second = await requestOnce(other, request, limitMs, signal)
  return second.kind === 'http' ? { ...second, ended: first.error } : second
}

async function requestOnce(
  stream: Duplex,
  request: Http2Request,
  limitMs: number,
  signal: AbortSignal,
): Promise<Http2Outcome> {
  const session = http2.connect(`https://${request.headers[':authority']}`, {
    createConnection: () => stream,
    maxHeaderListPairs: 200,
    maxSessionMemory: 1,
    settings: { enablePush: false, initialWindowSize: readLimitBytes },
  })
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)
  session.on('error', failed.reject)
  // Without an error, the server still answers what it has received (RFC 9113 §6.8).
  let goaway: Http2Error | undefined
  session.on('goaway', (code, _lastStream, data) => {
    goaway = { by: 'GOAWAY', code, debug: data?.toString('latin1').slice(0, 200) ?? '' }
    if (code !== http2.constants.NGHTTP2_NO_ERROR) failed.reject(new EndedByServer(goaway))
  })
  stream.on('error', failed.reject)
  session.on('close', () => failed.reject(Object.assign(new Error('closed'), { code: 'CLOSED' })))
  const sentAt = Date.now()
  try {
    const response = await withTimeout(limitMs, signal, () =>
      Promise.race([exchange(session, request, sentAt, signal), failed.promise]),
    )
    if (response === TimedOut) return { kind: 'no-response', reason: { kind: 'timeout' } }
    return { kind: 'http', response, ...(goaway === undefined ? {} : { ended: goaway }) }
  } catch (error) {
    signal.throwIfAborted()
    return failureOf(error, goaway)
  } finally {
    session.destroy()
    stream.destroy()
  }
}

class EndedByServer extends Error {
  readonly ending: Http2Error
  constructor(ending: Http2Error) {
    super('ended by the server')
    this.ending = ending
  }
}

function failureOf(error: unknown, goaway: Http2Error | undefined): Http2Outcome {
  if (error instanceof EndedByServer) return { kind: 'http2-error', error: goaway ?? error.ending }
  const code = errorCode(error)
  if (/ALERT/.test(code)) return { kind: 'alert', code }
  if (goaway !== undefined) return { kind: 'http2-error', error: goaway }
  if (code === 'CLOSED') return { kind: 'no-response', reason: { kind: 'closed' } }
  if (code === 'ECONNRESET' || code === 'EPIPE') return { kind: 'no-response', reason: { kind: 'error', code } }
  return { kind: 'no-http2', detail: code }
}

async function exchange(
  session: http2.ClientHttp2Session,
  { headers, body }: Http2Request,
  sentAt: number,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const request = session.request({ ...headers }, { endStream: body === undefined })
  const head = Promise.withResolvers<http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader>()
  const end = Promise.withResolvers<void>()
  const trailers: Record<string, string> = {}
  const parts: Buffer[] = []
  let size = 0
  request.on('response', (received) => head.resolve(received))
  request.on('trailers', (received) => Object.assign(trailers, textOf(received)))
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= readLimitBytes) parts.push(chunk)
    else request.close()
  })
  request.on('end', () => end.resolve())
  request.on('close', () => end.resolve())
  request.on('error', (error) => {
    // Node's error does not have the code of RST_STREAM.
    const { rstCode } = request
    const isReset = errorCode(error) === 'ERR_HTTP2_STREAM_ERROR' && rstCode !== undefined
    head.reject(isReset ? new EndedByServer({ by: 'RST_STREAM', code: rstCode, debug: '' }) : error)
    end.resolve()
  })
  if (body !== undefined) request.end(body)
  const received = await head.promise
  const at = Date.now()
  await withTimeout(bodyLimitMs, signal, () => end.promise)
  return {
    status: received[':status'] ?? 0,
    reason: '',
    headers: { ...textOf(received), ...trailers },
    body: Buffer.concat(parts).toString('utf8'),
    at,
    halfTripMs: (at - sentAt) / 2,
  }
}

const textOf = (headers: http2.IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !name.startsWith(':'))
      .map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]),
  )
