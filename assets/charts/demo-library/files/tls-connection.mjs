// A TLS connection from which a protocol takes what it needs, byte count by byte count.
import { connect } from 'node:tls'

const silenceMs = 30_000
const mostWaiting = 4_000_000

/** Opens it; `read(count)` gives exactly that many bytes, or rejects when the connection ends or stays silent. */
export const openTls = ({ host, port, ca, signal }) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, servername: host, ca })
    const abort = () => socket.destroy(new Error('the program ends'))
    signal.addEventListener('abort', abort, { once: true })
    let bytes = Buffer.alloc(0)
    let failure
    let waiting
    const serve = () => {
      if (waiting === undefined) return
      const { count, give, refuse } = waiting
      if (bytes.length >= count) {
        waiting = undefined
        give(bytes.subarray(0, count))
        bytes = bytes.subarray(count)
      } else if (failure !== undefined) {
        waiting = undefined
        refuse(failure)
      }
    }
    const read = (count) =>
      new Promise((give, refuse) => {
        waiting = { count, give, refuse }
        serve()
      })
    socket.setTimeout(silenceMs, () => socket.destroy(new Error(`nothing heard for ${silenceMs} ms`)))
    socket.on('data', (part) => {
      bytes = Buffer.concat([bytes, part])
      if (bytes.length > mostWaiting) socket.destroy(new Error('more was sent than can be kept'))
      serve()
    })
    socket.on('error', (error) => {
      failure ??= error
      reject(error)
    })
    socket.on('close', () => {
      signal.removeEventListener('abort', abort)
      failure ??= new Error('the other side closed the connection')
      serve()
      reject(failure)
    })
    socket.on('secureConnect', () => resolve({ read, write: (part) => socket.write(part), end: (error) => socket.destroy(error) }))
  })
