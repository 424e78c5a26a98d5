import * as http2 from 'node:http2'
import type { Duplex } from 'node:stream'
import type { HttpResponse, NoResponse } from '../facts.ts'
import { bodyLimitMs, readLimitBytes } from '../limits.ts'
import { errorCode, TimedOut, withTimeout } from './time-limit.ts'

export type Http2Outcome =
  | { readonly kind: 'http'; readonly response: HttpResponse }
  | { readonly kind: 'no-http2'; readonly detail: string }
  | { readonly kind: 'alert'; readonly code: string }
  | { readonly kind: 'no-response'; readonly reason: NoResponse }

/** One HTTP/2 request on an open connection. Adds the trailers to the headers: gRPC's status is in them. */
export async function requestHttp2(
  stream: Duplex,
  host: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer | undefined,
  limitMs: number,
  signal: AbortSignal,
): Promise<Http2Outcome> {
  const session = http2.connect(`https://${host}`, {
    createConnection: () => stream,
    maxHeaderListPairs: 200,
    maxSessionMemory: 1,
    settings: { enablePush: false, initialWindowSize: readLimitBytes },
  })
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)
  session.on('error', failed.reject)
  session.on('goaway', (code) => failed.reject(Object.assign(new Error('goaway'), { code: `GOAWAY_${code}` })))
  stream.on('error', failed.reject)
  session.on('close', () => failed.reject(Object.assign(new Error('closed'), { code: 'CLOSED' })))
  const sentAt = Date.now()
  try {
    const response = await withTimeout(limitMs, signal, () =>
      Promise.race([exchange(session, headers, body, sentAt, signal), failed.promise]),
    )
    return response === TimedOut ? { kind: 'no-response', reason: { kind: 'timeout' } } : { kind: 'http', response }
  } catch (error) {
    signal.throwIfAborted()
    const code = errorCode(error)
    if (/ALERT/.test(code)) return { kind: 'alert', code }
    if (code === 'CLOSED') return { kind: 'no-response', reason: { kind: 'closed' } }
    if (code === 'ECONNRESET' || code === 'EPIPE') return { kind: 'no-response', reason: { kind: 'error', code } }
    return { kind: 'no-http2', detail: code }
  } finally {
    session.destroy()
    stream.destroy()
  }
}

async function exchange(
  session: http2.ClientHttp2Session,
  headers: Readonly<Record<string, string>>,
  body: Buffer | undefined,
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
    head.reject(error)
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
