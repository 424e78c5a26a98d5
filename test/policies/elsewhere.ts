import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Computer } from '../e2e/connectivity/computer.ts'

/** A machine outside the cluster that no table lists. It responds to every client on TCP and UDP. */
export interface Elsewhere {
  readonly address: string
  close(): Promise<void>
}

/** Answers on these ports. */
const listener = `
const net = require('node:net')
const dgram = require('node:dgram')
const [address, ...ports] = process.argv.slice(1)
const tcp = ports.map((port) => new Promise((done) =>
  net.createServer((socket) => socket.on('error', () => {}).end('elsewhere')).listen(Number(port), address, done)))
const udp = ports.map((port) => new Promise((done) => {
  const socket = dgram.createSocket('udp4')
  socket.on('message', (_, from) => socket.send('elsewhere', from.port, from.address))
  socket.bind(Number(port), address, done)
}))
Promise.all([...tcp, ...udp]).then(() => console.log('listening'))
process.stdin.on('end', () => process.exit()).resume()
`

const startLimitMs = 10_000

/** Ends with `close`, and with this process. */
export async function startElsewhere(
  { within, address }: Pick<Computer, 'within' | 'address'>,
  ports: readonly number[],
): Promise<Elsewhere> {
  const [program = '', ...args] = [...within, process.execPath, '-e', listener, address, ...ports.map(String)]
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const close = async (): Promise<void> => {
    child.stdin.destroy()
    await exited
  }
  try {
    await once(createInterface(child.stdout), 'line', { signal: AbortSignal.timeout(startLimitMs) })
    return { address, close }
  } catch (error) {
    await close()
    throw error
  }
}
