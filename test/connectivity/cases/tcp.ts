import { createServer } from 'node:tls'
import { serveNames, zoneOf } from '../servers/dns.ts'
import { answering, json, servePage, write } from '../servers/http.ts'
import { listen, name, reset, serve, serveTls, tlsOptions } from '../servers/serve.ts'
import { serveUnresponsive } from '../servers/unresponsive.ts'
import { type Case, fault, fine, type Setup } from './case.ts'

const status = json({ kind: 'Status', apiVersion: 'v1', status: 'Failure' }, 403)
const inClear = { tls: false, protocol: 'kubernetes' }

/** A server that resets connections, at once or at their first data, by turns: true resets. */
async function cutting(turns: readonly boolean[], when: 'at once' | 'at the first data'): Promise<Setup> {
  let times = 0
  const page = answering(() => write(status))
  const server = await serve((socket) => {
    const cut = turns[times % turns.length]
    times += 1
    if (cut !== true) return page(socket)
    if (when === 'at once') reset(socket)
    else socket.once('data', () => reset(socket))
  })
  return { row: { port: server.port, ...inClear } }
}

/** A name with addresses of this machine in both families. On that port IPv6 drops or refuses, and IPv4 works. */
async function ofBothFamilies(six: 'silent' | 'refused', name4 = name): Promise<Setup> {
  const zone = zoneOf({ [name4]: ['127.0.0.1', '::1'] })
  const resolver = (await serveNames(zone)).address
  if (six === 'refused') return { row: { port: (await servePage(json({}))).port }, resolver }
  const port = await serveUnresponsive('::1')
  await listen(
    createServer(
      tlsOptions(),
      answering(() => json({})),
    ),
    '127.0.0.1',
    port,
  )
  return { row: { port }, resolver }
}

/** On loopback only; firewalls are in `network.ts`. */
export const tcp: readonly Case[] = [
  fault(
    'tcp.timeout',
    'a server that drops every packet',
    async () => ({
      row: { host: '127.0.0.1', port: await serveUnresponsive() },
    }),
    { needs: ['unresponsive'], near: ['tcp.refused', 'tls.stalled'] },
  ),
  fault(
    'tcp.timeout',
    'a broker that drops every packet',
    async () => ({
      row: { host: '127.0.0.1', port: await serveUnresponsive(), protocol: 'amqp1' },
    }),
    { needs: ['unresponsive'], near: ['identity.silent'] },
  ),
  fault(
    'tcp.reset',
    'a connection that is reset before any data',
    async () => ({
      row: { port: (await serve(reset)).port },
    }),
    { near: ['tls.reset', 'tcp.refused'] },
  ),
  fault(
    'tcp.reset',
    'a connection that is closed before any data',
    async () => ({
      row: { port: (await serve((socket) => void socket.end())).port },
    }),
    { near: ['tls.reset', 'identity.silent'] },
  ),
  fault('tcp.reset', 'a connection without TLS that is reset at the first data', async () => ({
    row: { port: (await serve((socket) => void socket.once('data', () => reset(socket)))).port, tls: false },
  })),
  fault('tcp.reset', 'a broker without TLS that resets at the first data', async () => ({
    row: {
      port: (await serve((socket) => void socket.once('data', () => reset(socket)))).port,
      tls: false,
      protocol: 'amqp091',
    },
  })),
  fault(
    'identity.silent',
    'a service over TLS that closes the connection at the first data',
    async () => ({
      row: { port: (await serveTls((socket) => void socket.once('data', () => socket.destroy()))).port },
    }),
    { near: ['tcp.reset', 'tls.reset'] },
  ),
  fault('flaky', 'every second connection reset at once', () => cutting([true, false], 'at once')),
  fault('flaky', 'every second connection reset at the first data', () => cutting([true, false], 'at the first data')),
  fault('tcp.reset', 'every connection reset at once', () => cutting([true], 'at once'), { near: ['flaky'] }),
  fault('auth.required', 'no connection reset', () => cutting([false], 'at once'), { near: ['flaky', 'tcp.reset'] }),
  fault('ipv6.black-hole', 'IPv6 that drops packets, beside working IPv4', () => ofBothFamilies('silent'), {
    needs: ['ipv6', 'unresponsive'],
    near: ['tcp.timeout'],
  }),
  fine(['ipv6.black-hole'], 'IPv6 that refuses connections, beside working IPv4', () => ofBothFamilies('refused'), {
    needs: ['ipv6'],
  }),
  fine(['tcp.refused'], 'a first address that refuses, and a second one that works', async () => ({
    row: { port: (await servePage(json({}))).port },
    resolver: (await serveNames(zoneOf({ [name]: ['127.0.0.9', '127.0.0.1'] }))).address,
  })),
  fine(
    ['tcp.timeout'],
    'a server with a slow HTTP response',
    async () => {
      const server = await serveTls((socket) => {
        socket.once('data', () => void setTimeout(() => socket.end(write(json({}))), 2_500))
      })
      return { row: { port: server.port } }
    },
    { near: ['identity.silent', 'tcp.timeout'] },
  ),
]
