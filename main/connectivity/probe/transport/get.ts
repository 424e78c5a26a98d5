import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { BufferedConnection } from './buffered-connection.ts'
import { type Http1Outcome, requestHttp1 } from './http1.ts'
import { type Http2Outcome, requestHttp2 } from './http2.ts'

export interface GetRequest {
  /** With the origin, for a forwarding proxy. */
  readonly path: string
  /** As in the Host header. */
  readonly host: string
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The application protocol that was negotiated on a connection; empty for none. */
const alpnOf = (stream: Duplex): string => (stream instanceof TLSSocket ? stream.alpnProtocol || '' : '')

/** One GET on an open connection, over the HTTP version that was negotiated. Closes the connection. */
export async function get(
  stream: Duplex,
  { path, host, headers = {} }: GetRequest,
  limitMs: number,
  signal: AbortSignal,
  reconnect?: (signal: AbortSignal) => Promise<Duplex | undefined>,
): Promise<Http1Outcome | Http2Outcome> {
  if (alpnOf(stream) === 'h2') {
    const pseudo = { ':method': 'GET', ':path': path, ':scheme': 'https', ':authority': host }
    const request = { headers: { ...pseudo, 'user-agent': 'hangar-check/1', accept: '*/*', ...headers } }
    return requestHttp2(stream, request, limitMs, signal, reconnect)
  }
  const connection = new BufferedConnection(stream)
  const outcome = await requestHttp1(connection, { method: 'GET', path, host, headers }, limitMs, signal)
  connection.close()
  return outcome
}
