import { connect, type Socket } from 'node:net'
import { serve, type TestServer } from './serve.ts'

export interface SocksRule {
  /** Whether it wants user and password, and what it says to any: true, that they are good. Absent: it wants none. */
  readonly login?: boolean
  /** The reply to a request (RFC 1928 §6): 2 is "not allowed", 5 is "refused". Undefined: it connects. */
  readonly reply?: (port: number) => number | undefined
  /** Where a connection to a port really leads. */
  readonly lead?: (port: number) => number
}

/** The reply, with an address of no meaning. */
const said = (reply: number): Buffer => Buffer.from([5, reply, 0, 1, 0, 0, 0, 0, 0, 0])

/** A SOCKS 5 proxy. Every host is on this machine. */
export function serveSocks({ login, reply, lead }: SocksRule = {}): Promise<TestServer> {
  return serve((socket) => {
    const steps: ((bytes: Buffer) => void)[] = [
      (hello) => {
        const offered = [...hello.subarray(2, 2 + (hello[1] ?? 0))]
        const wanted = login === undefined ? 0 : 2
        socket.write(Buffer.from([5, offered.includes(wanted) ? wanted : 0xff]))
      },
      ...(login === undefined ? [] : [() => void socket.write(Buffer.from([1, login ? 0 : 1]))]),
      (request) => {
        const port = request.readUInt16BE(request.length - 2)
        const refusal = reply?.(port)
        if (refusal !== undefined) return void socket.end(said(refusal))
        pass(socket, lead?.(port) ?? port)
      },
    ]
    socket.on('data', (bytes: Buffer) => steps.shift()?.(bytes))
  })
}

function pass(socket: Socket, port: number): void {
  const inner = connect({ host: '127.0.0.1', port })
  inner.on('error', () => socket.end(said(5)))
  inner.on('connect', () => {
    socket.write(said(0))
    socket.pipe(inner).pipe(socket)
  })
  socket.on('close', () => inner.destroy())
}
