// A WebSocket client (RFC 6455) over TLS with a client certificate, which Node's own does not take.
import { createHash, randomBytes } from 'node:crypto'
import { connect } from 'node:tls'

const handshakeLimitMs = 10_000
const longestMessage = 1_000_000
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const opcodes = { text: 1, close: 8, ping: 9, pong: 10 }

const frame = (opcode, payload) => {
  const mask = randomBytes(4)
  const length = payload.length
  const head =
    length < 126 ? Buffer.from([0x80 | opcode, 0x80 | length]) : Buffer.from([0x80 | opcode, 0x80 | 126, length >> 8, length & 255])
  const masked = Buffer.from(payload)
  for (let i = 0; i < length; i += 1) masked[i] ^= mask[i & 3]
  return Buffer.concat([head, mask, masked])
}

/** The first whole frame of the bytes, and where it ends; undefined while it is not all there. */
const readFrame = (bytes) => {
  if (bytes.length < 2) return undefined
  let length = bytes[1] & 127
  let at = 2
  if (length === 126) {
    if (bytes.length < 4) return undefined
    length = bytes.readUInt16BE(2)
    at = 4
  } else if (length === 127) {
    if (bytes.length < 10) return undefined
    length = Number(bytes.readBigUInt64BE(2))
    at = 10
  }
  if (length > longestMessage) throw new Error(`a message of ${length} bytes is too long`)
  if (bytes.length < at + length) return undefined
  return { opcode: bytes[0] & 15, payload: bytes.subarray(at, at + length), end: at + length }
}

/**
 * Opens the connection; resolves with `{send, close, ended}` once the server has switched protocols, `ended` being
 * a promise of the reason it is over. Rejects with the server's status and words where it refuses.
 */
export const openWebSocket = ({ host, port, path, ca, cert, key, onMessage, signal }) =>
  new Promise((resolve, reject) => {
    const nonce = randomBytes(16).toString('base64')
    const socket = connect({ host, port, servername: host, ca, cert, key, ALPNProtocols: ['http/1.1'] })
    const abort = () => socket.destroy(new Error('the program ends'))
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${handshakeLimitMs} ms`)), handshakeLimitMs)
    signal.addEventListener('abort', abort, { once: true })
    const { promise: ended, resolve: resolveEnded } = Promise.withResolvers()
    let bytes = Buffer.alloc(0)
    let open = false
    const send = (text) => socket.write(frame(opcodes.text, Buffer.from(text)))
    const close = () => socket.end(frame(opcodes.close, Buffer.from([0x03, 0xe8])))

    const readHandshake = () => {
      const at = bytes.indexOf('\r\n\r\n')
      if (at < 0) return
      const [first, ...lines] = bytes.subarray(0, at).toString('latin1').split('\r\n')
      const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]))
      const wanted = createHash('sha1').update(nonce + guid).digest('base64')
      const status = Number(first.split(' ')[1])
      if (status !== 101) {
        const words = bytes.subarray(at + 4, at + 304).toString('utf8').trim()
        socket.destroy(new Error(`refused with ${status}${words === '' ? '' : `: ${words}`}`))
      } else if (headers['sec-websocket-accept'] !== wanted) socket.destroy(new Error('something that is no WebSocket server answered 101'))
      else {
        open = true
        clearTimeout(timer)
        bytes = bytes.subarray(at + 4)
        resolve({ send, close, ended })
      }
    }
    socket.on('secureConnect', () =>
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${nonce}\r\nUser-Agent: hangar-demo-agent\r\n\r\n`,
      ),
    )
    socket.on('data', (part) => {
      bytes = Buffer.concat([bytes, part])
      if (!open) readHandshake()
      if (!open) return
      try {
        for (let next = readFrame(bytes); next !== undefined; next = readFrame(bytes)) {
          bytes = bytes.subarray(next.end)
          if (next.opcode === opcodes.text) onMessage(next.payload.toString('utf8'))
          else if (next.opcode === opcodes.ping) socket.write(frame(opcodes.pong, next.payload))
          else if (next.opcode === opcodes.close) socket.end()
        }
      } catch (error) {
        socket.destroy(error)
      }
    })
    // TLS 1.3: a server's refusal of the certificate arrives after the handshake, as an error of the open socket.
    let failure
    socket.on('error', (error) => {
      failure = error
    })
    socket.on('close', () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      if (open) resolveEnded(failure?.message ?? 'the other side closed the connection')
      else reject(failure ?? new Error('the connection closed during the handshake'))
    })
  })
