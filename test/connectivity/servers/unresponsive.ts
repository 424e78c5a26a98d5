import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onEnd } from './lifetime.ts'

/** A listener that never accepts: once its backlog is full, the kernel drops new connections, as a firewall would. */
const listener = `
const server = require('net').createServer()
server.listen({ port: 0, host: process.argv[1], backlog: 1 }, () => {
  process.stdout.write(server.address().port + '\\n', () => process.kill(process.pid, 'SIGSTOP'))
})`

/** The port of a server on loopback that answers no SYN. Linux only. */
export async function serveUnresponsive(host = '127.0.0.1'): Promise<number> {
  const child: ChildProcess = spawn(process.execPath, ['-e', listener, host], { stdio: ['ignore', 'pipe', 'ignore'] })
  const held: Socket[] = []
  onEnd(() => {
    for (const socket of held) socket.destroy()
    child.kill('SIGKILL')
  })
  const [line] = await once(child.stdout ?? child, 'data')
  const port = Number(String(line))
  for (let filled = false; !filled; ) filled = await fills(host, port, held)
  return port
}

/** Opens and holds one more connection. True once the server no longer accepts one. */
async function fills(host: string, port: number, held: Socket[]): Promise<boolean> {
  const socket = connect({ host, port })
  socket.on('error', () => undefined)
  held.push(socket)
  const answered = once(socket, 'connect', { signal: AbortSignal.timeout(400) }).then(
    () => true,
    () => false,
  )
  return !(await answered)
}
