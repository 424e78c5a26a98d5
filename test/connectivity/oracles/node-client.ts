import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { connect } from 'node:tls'

// A client with Node's TLS and what its https and fetch offer. For each line of its input, "HOST PORT PEM-FILE", it prints "ok" or "error TEXT".

const limitMs = 8_000

const ask = async (line: string): Promise<string> => {
  const [servername = '', port = '', file = ''] = line.split(' ')
  const { promise, resolve } = Promise.withResolvers<string>()
  const socket = connect({
    host: '127.0.0.1',
    port: Number(port),
    servername,
    ca: readFileSync(file),
    ALPNProtocols: ['http/1.1'],
    timeout: limitMs,
  })
  socket.once('secureConnect', () => resolve('ok'))
  socket.once('timeout', () => resolve('error no handshake in time'))
  socket.on('error', (error) => resolve(`error ${error.message.replaceAll(/\s+/g, ' ')}`))
  const answer = await promise
  socket.destroy()
  return answer
}

const lines = (await text(process.stdin)).split('\n')
console.log((await Promise.all(lines.map(ask))).join('\n'))
