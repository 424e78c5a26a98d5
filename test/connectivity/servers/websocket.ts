import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'

const suffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
export const acceptOf = (key: string): string => createHash('sha1').update(`${key}${suffix}`).digest('base64')

export interface Upgrade {
  /** The accept key of the response. Default: the correct one. */
  readonly accept?: string
  readonly subprotocol?: string
  readonly onMessage?: (payload: Buffer, send: (payload: Buffer) => void) => void
}

const frameOf = (payload: Buffer): Buffer => Buffer.concat([Buffer.from([0x82, payload.length]), payload])

/** Accepts an upgrade, then calls `onMessage` with the payload of each small frame. */
export function upgrading({ accept, subprotocol, onMessage }: Upgrade): (socket: Socket) => void {
  return (socket) => {
    let text = ''
    const onHead = (chunk: Buffer): void => {
      text += chunk.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      socket.off('data', onHead)
      const key = /sec-websocket-key: (.+)\r\n/i.exec(text)?.[1] ?? ''
      // A request without an upgrade.
      if (key === '')
        return void socket.end('HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n')
      const chosen = subprotocol === undefined ? '' : `Sec-WebSocket-Protocol: ${subprotocol}\r\n`
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept ?? acceptOf(key)}\r\n${chosen}\r\n`,
      )
      socket.on('data', (frame: Buffer) => {
        const length = (frame[1] ?? 0) & 0x7f
        const mask = frame.subarray(2, 6)
        const payload = Buffer.from(frame.subarray(6, 6 + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0)))
        if ((frame[0] ?? 0) === 0x82) onMessage?.(payload, (reply) => void socket.write(frameOf(reply)))
      })
    }
    socket.on('data', onHead)
  }
}
