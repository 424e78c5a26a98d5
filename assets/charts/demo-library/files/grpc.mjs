// A gRPC client (HTTP/2, TLS, client certificate) for one call that the server answers with a stream.
import { connect } from 'node:http2'

const silenceMs = 30_000
const longestMessage = 1_000_000

/** A protobuf message whose field 1 is the text. */
const textMessage = (text) => {
  const body = Buffer.from(text)
  if (body.length > 127) throw new Error('the text is too long for this message')
  const message = Buffer.concat([Buffer.from([0x0a, body.length]), body])
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** Calls `path` with one message and `onMessage(bytes)` for each that comes back; rejects when the stream is over, with why. */
export const watchGrpc = ({ host, port, ca, cert, key, path, text, onOpen, onMessage, signal }) =>
  new Promise((_, reject) => {
    const session = connect(`https://${host}:${port}`, { ca, cert, key, servername: host, ALPNProtocols: ['h2'] })
    const fail = (error) => {
      signal.removeEventListener('abort', abort)
      session.destroy()
      reject(error)
    }
    const abort = () => fail(new Error('the program ends'))
    signal.addEventListener('abort', abort, { once: true })
    session.setTimeout(silenceMs, () => fail(new Error(`nothing heard for ${silenceMs} ms`)))
    session.on('error', fail)
    session.on('close', () => fail(new Error('the other side closed the connection')))
    const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' })
    let bytes = Buffer.alloc(0)
    const refuse = (headers) => {
      const status = headers['grpc-status']
      if (status !== undefined) fail(new Error(`grpc-status ${status} ${decodeURIComponent(String(headers['grpc-message'] ?? ''))}`.trim()))
    }
    stream.on('response', (headers) => {
      if (headers[':status'] !== 200) return fail(new Error(`answered ${headers[':status']}`))
      if (headers['grpc-status'] !== undefined) return refuse(headers)
      return onOpen()
    })
    stream.on('trailers', refuse)
    stream.on('error', fail)
    stream.on('end', () => setImmediate(() => fail(new Error('the stream ended'))))
    stream.on('data', (part) => {
      bytes = Buffer.concat([bytes, part])
      while (bytes.length >= 5) {
        const size = bytes.readUInt32BE(1)
        if (size > longestMessage) return fail(new Error(`a message of ${size} bytes is too long`))
        if (bytes.length < 5 + size) break
        onMessage(bytes.subarray(5, 5 + size))
        bytes = bytes.subarray(5 + size)
      }
      return undefined
    })
    stream.end(textMessage(text))
  })
