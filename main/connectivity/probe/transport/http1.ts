import type { HttpResponse, NoResponse } from '../facts.ts'
import { bodyLimitMs } from '../limits.ts'
import type { BufferedConnection, Parser } from './buffered-connection.ts'
import { withTimeout } from './time-limit.ts'

/**
 * A small HTTP/1.1 client: one request and one response on a connection. It requests no compression, follows no redirect,
 * and reads at most `readLimitBytes`. (Node's own client hides the bytes of a server that does not use HTTP.)
 */
export interface Http1Request {
  readonly method: string
  readonly path: string
  readonly host: string
  readonly headers?: Readonly<Record<string, string>>
}

export type Http1Outcome =
  | { readonly kind: 'http'; readonly response: HttpResponse }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'no-response'; readonly reason: NoResponse }

interface Head {
  readonly status: number
  readonly reason: string
  readonly headers: Readonly<Record<string, string>>
}

export async function requestHttp1(
  connection: BufferedConnection,
  request: Http1Request,
  limitMs: number,
  signal: AbortSignal,
): Promise<Http1Outcome> {
  const lines = [
    `${request.method} ${request.path} HTTP/1.1`,
    `Host: ${request.host}`,
    'User-Agent: hangar-check/1',
    'Accept: */*',
    ...(request.headers?.Connection === undefined && request.method !== 'CONNECT' ? ['Connection: close'] : []),
    ...Object.entries(request.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
  ]
  const sentAt = Date.now()
  connection.write(`${lines.join('\r\n')}\r\n\r\n`)
  const head = await withTimeout(limitMs, signal, (limit) => connection.read(parseHead, limit))
  if (typeof head === 'symbol') {
    return connection.pending.length > 0
      ? { kind: 'bytes', bytes: Buffer.from(connection.pending) }
      : { kind: 'no-response', reason: { kind: 'timeout' } }
  }
  if (head.kind !== 'value') {
    if (head.rest.length > 0) return { kind: 'bytes', bytes: head.rest }
    return {
      kind: 'no-response',
      reason: head.kind === 'error' ? { kind: 'error', code: head.code } : { kind: 'closed' },
    }
  }
  if (head.value === 'not-http') return { kind: 'bytes', bytes: Buffer.from(connection.pending) }
  const at = Date.now()
  const body = await readBody(connection, head.value, request.method, signal)
  return { kind: 'http', response: { ...head.value, body, at, halfTripMs: (at - sentAt) / 2 } }
}

/** The head of the final response. Interim ones (100, 102, 103) are skipped. */
const parseHead: Parser<Head | 'not-http'> = (bytes) => {
  const start = 'HTTP/1.'
  for (let from = 0; ; ) {
    const text = bytes.toString('latin1', from, from + start.length)
    if (text !== start.slice(0, text.length)) return { value: 'not-http', used: 0 }
    const end = endOfHead(bytes, from)
    if (end === undefined) return undefined
    const head = parseHeadText(bytes.toString('latin1', from, end))
    if (head === undefined) return { value: 'not-http', used: 0 }
    if (head.status >= 200 || head.status === 101) return { value: head, used: end }
    from = end
  }
}

function endOfHead(bytes: Buffer, from: number): number | undefined {
  const strict = bytes.indexOf('\r\n\r\n', from)
  const lenient = bytes.indexOf('\n\n', from)
  if (strict >= 0 && (lenient < 0 || strict < lenient)) return strict + 4
  return lenient < 0 ? undefined : lenient + 2
}

function parseHeadText(text: string): Head | undefined {
  const [first = '', ...rest] = text.split(/\r?\n/)
  const match = /^HTTP\/1\.\d (\d{3})(?: (.*))?$/.exec(first)
  if (match === null) return undefined
  const headers = new Map<string, string>()
  for (const line of rest) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    const before = headers.get(name)
    const value = line.slice(colon + 1).trim()
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return { status: Number(match[1]), reason: match[2] ?? '', headers: Object.fromEntries(headers) }
}

async function readBody(
  connection: BufferedConnection,
  head: Head,
  method: string,
  signal: AbortSignal,
): Promise<string> {
  if (method === 'CONNECT' && head.status < 300) return ''
  if (method === 'HEAD' || head.status === 204 || head.status === 304 || head.status < 200) return ''
  const chunked = /\bchunked\b/i.test(head.headers['transfer-encoding'] ?? '')
  const length = chunked ? undefined : Number.parseInt(head.headers['content-length'] ?? '', 10)
  const whole: Parser<true> = (bytes) => {
    if (chunked) return unchunk(bytes).done ? { value: true, used: 0 } : undefined
    return length !== undefined && bytes.length >= length ? { value: true, used: 0 } : undefined
  }
  // A body that is truncated, endless or slow is judged by what was received.
  await withTimeout(bodyLimitMs, signal, (limit) => connection.read(whole, limit))
  const bytes = chunked
    ? unchunk(connection.pending).bytes
    : connection.pending.subarray(0, Number.isNaN(length) ? undefined : length)
  return bytes.toString('utf8')
}

/** The content of a chunked body, as far as it was received (RFC 9112 §7.1). */
function unchunk(bytes: Buffer): { readonly bytes: Buffer; readonly done: boolean } {
  const parts: Buffer[] = []
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return { bytes: Buffer.concat(parts), done: false }
    const size = Number.parseInt(bytes.toString('latin1', at, Math.min(lineEnd, at + 16)), 16)
    if (!(size > 0)) return { bytes: Buffer.concat(parts), done: true }
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
    if (at > bytes.length) return { bytes: Buffer.concat(parts), done: false }
  }
}
