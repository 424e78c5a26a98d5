import { z } from 'zod'
import type { Bed } from '../bed/bed.ts'
import { execInPod } from '../bed/with-bed.ts'

export interface Destination {
  readonly name: string
  readonly transport: 'tcp' | 'udp'
  readonly host: string
  readonly port: number
}

export interface PodPlace {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

/** Connects to each destination; UDP needs an answer. Prints the outcomes in the given order. */
const script = `
const net = require('node:net')
const dgram = require('node:dgram')
const limitMs = 2000
const tcp = ({ host, port }) => new Promise((resolve) => {
  const socket = net.connect({ host, port, timeout: limitMs })
  const end = (word) => { socket.destroy(); resolve(word) }
  socket.on('connect', () => end('reached'))
  socket.on('timeout', () => end('cut'))
  socket.on('error', ({ code }) => end(code === 'ETIMEDOUT' ? 'cut' : code))
})
const udp = ({ host, port }) => new Promise((resolve) => {
  const socket = dgram.createSocket('udp4')
  const end = (word) => { clearTimeout(timer); socket.close(); resolve(word) }
  const timer = setTimeout(end, limitMs, 'cut')
  socket.on('message', () => end('reached'))
  socket.on('error', ({ code }) => end(code))
  socket.send('?', port, host)
})
Promise.all(JSON.parse(process.argv[1]).map((each) => each.transport === 'udp' ? udp(each) : tcp(each)))
  .then((words) => console.log(JSON.stringify(words)))
`

/** The outcome of each connection from inside a running pod: `reached`, `cut` (no answer), or the system's error code. */
export async function tryFrom(
  bed: Pick<Bed, 'kubeconfig'>,
  { namespace, pod, container }: PodPlace,
  destinations: readonly Destination[],
): Promise<Record<string, string>> {
  const printed = await execInPod(bed, pod, ['node', '-e', script, JSON.stringify(destinations)], {
    namespace,
    container,
  })
  const words = z.array(z.string()).parse(JSON.parse(printed))
  return Object.fromEntries(destinations.map(({ name }, index) => [name, words[index] ?? '']))
}
