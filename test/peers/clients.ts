import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { type RequestOptions, request } from 'node:https'
import { connect, type TLSSocket } from 'node:tls'
import type { PeerServer } from './peer-server.ts'
import type { Peers } from './peers.ts'

/** Clients of the servers for their tests: they connect to the address and expect the name. */
export const dial = (peers: Peers, { host, address, port }: PeerServer) => ({
  host: address,
  port,
  servername: host,
  ca: peers.authority.certificate,
})

export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

export const requestHttps = (
  peers: Peers,
  peer: PeerServer,
  path: string,
  options: RequestOptions = {},
  body?: string,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    // ACME requires a User-Agent (RFC 8555 section 6.1).
    const headers = { host: `${peer.host}:${peer.port}`, 'user-agent': 'hangar-test', ...Object(options.headers) }
    const call = request({ ...dial(peers, peer), ...options, headers, path, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
    call.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' })
    })
    call.on('error', reject)
    call.end(body)
  })

/** Sends bytes. Resolves with the first `count` bytes of the response. */
export const sendAndRead = (peers: Peers, peer: PeerServer, said: Buffer, count: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const socket: TLSSocket = connect(dial(peers, peer), () => socket.write(said))
    let bytes = Buffer.alloc(0)
    socket.on('data', (part) => {
      bytes = Buffer.concat([bytes, part])
      if (bytes.length < count) return
      socket.destroy()
      resolve(bytes)
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`closed after ${bytes.length} bytes`)))
  })

export type GrpcAnswer = {
  readonly status: string
  readonly message: string
  readonly alpn: string | undefined
  readonly data: Buffer
}

/** Calls a method with an empty message; settles with its status, or with its first message. */
export const callGrpc = (
  peers: Peers,
  peer: PeerServer,
  path: string,
  certificate?: { cert: string; key: string },
): Promise<GrpcAnswer> =>
  new Promise((resolve, reject) => {
    const { host: _, ...rest } = dial(peers, peer)
    const session: ClientHttp2Session = connectHttp2(`https://${peer.address}:${peer.port}`, {
      ...rest,
      ...certificate,
      ALPNProtocols: ['h2'],
    })
    session.on('error', reject)
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const settle = (status: unknown, message: unknown, data: Buffer = Buffer.alloc(0)) => {
      resolve({
        status: String(status),
        message: decodeURIComponent(String(message ?? '')),
        alpn: session.alpnProtocol,
        data,
      })
      session.destroy()
    }
    stream.on('response', (headers) => {
      if (headers['grpc-status'] !== undefined) settle(headers['grpc-status'], headers['grpc-message'])
    })
    stream.on('data', (part: Buffer) => settle('streaming', '', part))
    stream.on('error', reject)
    stream.end(Buffer.from([0, 0, 0, 0, 0]))
  })
