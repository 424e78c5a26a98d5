import { connect } from 'node:net'
import { authority } from '../../../main/connectivity/probe/addresses.ts'
import { serve, type TestServer } from './serve.ts'

export interface ProxyRule {
  /** The response to a CONNECT or to a request with an absolute URL; undefined: the proxy connects or forwards. */
  readonly refuse?: (host: string, port: number, headers: string) => string | 'silence' | undefined
  /** The local port that a tunnel connects to, by requested host and port. */
  readonly lead?: (host: string, port: number) => number
}

/** An HTTP proxy. Every host is on this machine. */
export async function serveProxy({
  refuse,
  lead,
}: ProxyRule = {}): Promise<TestServer & { readonly asked: string[]; readonly url: string }> {
  const asked: string[] = []
  const server = await serve((socket) => {
    socket.once('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1')
      // A tunnel, or a whole request in absolute form (RFC 9112 §3.2).
      const whole = /^[A-Z]+ http:\/\/([^\s/:]+)(?::(\d+))?(\/\S*) HTTP/.exec(text)
      const [, host = '', port = whole === null ? '' : '80'] = whole ?? /^CONNECT (\S+):(\d+) HTTP/.exec(text) ?? []
      asked.push(authority(host, Number(port)))
      const refusal = refuse?.(host, Number(port), text)
      if (refusal === 'silence') return
      if (refusal !== undefined) return void socket.end(refusal)
      const inner = connect({ host: '127.0.0.1', port: lead?.(host, Number(port)) ?? Number(port) })
      inner.on('error', () =>
        socket.end(
          'HTTP/1.1 503 Service Unavailable\r\nX-Squid-Error: ERR_CONNECT_FAIL 111\r\nContent-Length: 0\r\n\r\n',
        ),
      )
      inner.on('connect', () => {
        if (whole === null) socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        else inner.write(text.replace(/ http:\/\/[^\s/]+/, ' '))
        socket.pipe(inner).pipe(socket)
      })
      socket.on('close', () => inner.destroy())
    })
  })
  return { ...server, asked, url: `http://127.0.0.1:${server.port}` }
}

export const refusal = (status: string, headers = '', body = ''): string =>
  `HTTP/1.1 ${status}\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`
