import { connect, type Socket } from 'node:net'
import { serve, type TestServer } from './serve.ts'

export interface SocksRule {
  /** Requires user name and password, and accepts (true) or rejects (false) any. Absent: requires none. */
  readonly login?: boolean
  /** The reply to a request (RFC 1928 §6): 2 is "not allowed", 5 is "refused". Undefined: it connects. */
  readonly reply?: (port: number) => number | undefined
  /** The local port to connect to, by requested port. */
  readonly lead?: (port: number) => number
}

/** A reply with an unspecified address. */
const replyOf = (reply: number): Buffer => Buffer.from([5, reply, 0, 1, 0, 0, 0, 0, 0, 0])

/** A SOCKS 5 proxy. Every host is on this machine. */
export function serveSocks({ login, reply, lead }: SocksRule = {}): Promise<TestServer> {
  return serve((socket) => {
    const steps: ((bytes: Buffer) => void)[] = [
      (hello) => {
        const offered = [...hello.subarray(2, 2 + (hello[1] ?? 0))]
        const method = login === undefined ? 0 : 2
        socket.write(Buffer.from([5, offered.includes(method) ? method : 0xff]))
      },
      ...(login === undefined ? [] : [() => void socket.write(Buffer.from([1, login ? 0 : 1]))]),
      (request) => {
        const port = request.readUInt16BE(request.length - 2)
        const refusal = reply?.(port)
        if (refusal !== undefined) return void socket.end(replyOf(refusal))
        pass(socket, lead?.(port) ?? port)
      },
    ]
    socket.on('data', (bytes: Buffer) => steps.shift()?.(bytes))
  })
}

function pass(socket: Socket, port: number): void {
  const inner = connect({ host: '127.0.0.1', port })
  inner.on('error', () => socket.end(replyOf(5)))
  inner.on('connect', () => {
    socket.write(replyOf(0))
    socket.pipe(inner).pipe(socket)
  })
  socket.on('close', () => inner.destroy())
}
