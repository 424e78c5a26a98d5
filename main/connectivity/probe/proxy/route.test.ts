import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { createServer } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import { createAuthority } from '../../../../test/peers/authority.ts'
import { Roots } from '../tls/roots.ts'
import { connectThroughProxy, proxyTlsProblem } from './route.ts'

const trusted = createAuthority('Trusted')

it.each([
  ['of an unknown authority', createAuthority('Nobody').issue({ names: ['localhost'] }), 'not trusted'],
  ['that has expired', trusted.issue({ names: ['localhost'], days: -1 }), 'expired'],
  ['for another name', trusted.issue({ names: ['other.test'] }), 'not for localhost'],
])('a proxy with a certificate %s gets no user, password or destination', async (_how, issued, problem) => {
  const received: string[] = []
  const server = createServer({ cert: issued.certificate, key: issued.key }, (socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (data) => received.push(data.toString()))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // of a TCP server
  const stream = connect(port, '127.0.0.1')
  onTestFinished(() => {
    stream.destroy()
    server.close()
  })
  const login = { user: 'user', password: 'canary-password' }
  const proxy = { kind: 'proxy', protocol: 'http', host: 'localhost', port, tls: true, login, name: 'proxy' } as const
  const trust = { kind: 'pem', pem: trusted.certificate } as const
  const destination = { host: 'broker.test', port: 443 }

  const signal = AbortSignal.timeout(5_000)
  const route = { destination, forwards: false, client: { trust, runtime: 'go' as const }, roots: new Roots() }
  const tunnel = await connectThroughProxy(stream, proxy, route, signal, 1_000)

  if (tunnel.kind !== 'bad-tls') throw new Error(`The tunnel is ${tunnel.kind}.`)
  expect(proxyTlsProblem(tunnel.tls)).toContain(problem)
  expect(received).toEqual([])
})
