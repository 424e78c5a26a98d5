import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { check, evidenceOf, said } from './check.ts'
import { serveDeaf } from './far-ends/deaf.ts'
import { zoneOf } from './far-ends/dns.ts'
import { answering, json, servePage, write } from './far-ends/http.ts'
import { name, reset, serve } from './far-ends/serve.ts'

const hasIpv6 = await new Promise<boolean>((resolve) => {
  const socket = connect({ host: '::1', port: 1 })
  socket.once('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED'))
})

describe('connections', () => {
  it('that are refused are tcp.refused, in either family', async () => {
    expect(said(await check({ host: '127.0.0.1', port: 1 }))).toBe('fail tcp.refused')
    const both = await check({ host: 'localhost', port: 1 })
    expect(said(both)).toBe('fail tcp.refused')
    expect(evidenceOf(both)).toContain('[::1]:1')
  })

  it('that nothing answers are tcp.timeout, within the deadline', async () => {
    const port = await serveDeaf()
    const startedAt = performance.now()
    expect(said(await check({ host: '127.0.0.1', port }))).toBe('fail tcp.timeout')
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    expect(said(await check({ host: '127.0.0.1', port, protocol: 'amqp1' }))).toBe('fail tcp.timeout')
  })

  it('that are cut before a word is said are tcp.reset', async () => {
    const cut = await serve(reset)
    expect(said(await check({ port: cut.port }))).toBe('fail tcp.reset')
    const hangsUp = await serve((socket) => void socket.end())
    expect(said(await check({ port: hangsUp.port }))).toBe('fail tcp.reset')
  })

  it('that are cut on the first word without TLS are tcp.reset too', async () => {
    const cut = await serve((socket) => void socket.once('data', () => reset(socket)))
    expect(said(await check({ port: cut.port, tls: false }))).toBe('fail tcp.reset')
    expect(said(await check({ port: cut.port, tls: false, protocol: 'amqp091' }))).toBe('fail tcp.reset')
  })

  it('that are cut once and pass the second time are flaky', async () => {
    let times = 0
    const page = answering(() => write(json({ kind: 'Status', apiVersion: 'v1', status: 'Failure' }, 403)))
    const far = await serve((socket) => (++times === 1 ? reset(socket) : page(socket)))
    const result = await check({ port: far.port, tls: false, protocol: 'kubernetes' })
    expect(said(result)).toBe('warn flaky')
    let answers = 0
    const second = await serve(
      (socket) => void (++answers === 1 ? socket.once('data', () => reset(socket)) : page(socket)),
    )
    expect(said(await check({ port: second.port, tls: false, protocol: 'kubernetes' }))).toBe('warn flaky')
    expect(second.connections()).toBe(2)
  })

  it('are made once when all is well', async () => {
    const far = await servePage(json({}))
    expect(said(await check({ port: far.port }))).toBe('pass')
    expect(far.connections()).toBe(1)
  })

  it.skipIf(!hasIpv6)('of which IPv6 is dropped and IPv4 works are ipv6.black-hole', async () => {
    const deaf = await serveDeaf('::1')
    const { listen, tlsOptions } = await import('./far-ends/serve.ts')
    const { createServer } = await import('node:tls')
    const server = createServer(
      tlsOptions(),
      answering(() => json({})),
    )
    server.listen = new Proxy(server.listen, {
      apply: (target, self, [_port, host, done]) => Reflect.apply(target, self, [deaf, host, done]),
    })
    await listen(server)
    const zone = zoneOf({ [name]: ['127.0.0.1', '::1'] })
    const result = await check({ port: deaf }, { zone })
    expect(said(result)).toBe('warn ipv6.black-hole')
  })

  it.skipIf(!hasIpv6)('of which IPv6 is refused and IPv4 works pass', async () => {
    const far = await servePage(json({}))
    expect(said(await check({ port: far.port }, { zone: zoneOf({ [name]: ['127.0.0.1', '::1'] }) }))).toBe('pass')
  })

  it('pass when the first of several addresses refuses', async () => {
    const far = await servePage(json({}))
    expect(said(await check({ port: far.port }, { zone: zoneOf({ [name]: ['127.0.0.9', '127.0.0.1'] }) }))).toBe('pass')
  })
})
