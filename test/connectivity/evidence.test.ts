import { describe, expect, it } from 'vitest'
import { createAuthority } from '../peers/authority.ts'
import { check, checkList, evidenceOf, verdictOf } from './check.ts'
import { connectionStart, greeting, header091, mechanisms, sasl } from './servers/amqp.ts'
import { serveNames, zoneOf } from './servers/dns.ts'
import { grpcStatus, serveHttp2 } from './servers/grpc.ts'
import { answering, html, json, servePage, write } from './servers/http.ts'
import { between, minting } from './servers/middlebox.ts'
import { refusal, serveProxy } from './servers/proxy.ts'
import { name, reset, serve, serveTls, tlsOptions, untrustedAuthority } from './servers/serve.ts'
import { serveUnresponsive } from './servers/unresponsive.ts'

/** The evidence of verdicts, and the requests that lead to them. The table of cases tests the verdicts themselves. */

const through = (url: string, more: Readonly<Record<string, string>> = {}): { env: Record<string, string> } => ({
  env: { HTTPS_PROXY: url, ...more },
})

describe('an endpoint that is not ready', () => {
  it('names the empty setting, and nothing is sent', async () => {
    const names = await serveNames(zoneOf({}))
    const { report } = await checkList([{ host: '' }, { host: '${vendor.host}' }], { resolver: names.address })
    expect(report.results[1]?.hint).toContain('vendor.host')
    expect(names.questions).toEqual([])
  })

  it('is skipped when it is inbound, or when this computer is outside its scope', async () => {
    const { report } = await checkList([{ direction: 'inbound' }, { scope: 'cluster' }, { scope: 'vpc' }])
    expect(report.results.map(verdictOf)).toEqual(['skipped', 'skipped', 'skipped'])
    expect(report.results[2]?.hint).toContain('out of scope')
  })
})

describe('names', () => {
  it('that do not exist leave the later stages skipped', async () => {
    const { stages } = await check({ host: 'missing.hangar.test' }, { zone: zoneOf({}) })
    const verdicts = ['pass', 'fail', 'skipped', 'skipped', 'skipped', 'skipped']
    expect(stages.map(({ verdict }) => verdict)).toEqual(verdicts)
  })

  it('are reported by address family, with the error of the DNS server', async () => {
    const servfail = await check({}, { zone: () => ({ code: 2 }) })
    expect(evidenceOf(servfail)).toContain('SERVFAIL')
    const server = await servePage(json({}))
    const half = await check(
      { port: server.port },
      { zone: (_name, family) => (family === 4 ? ['127.0.0.1'] : 'silence') },
    )
    expect(evidenceOf(half)).toContain('AAAA: timeout')
    expect(evidenceOf(await check({ port: 1 }))).toContain('this machine')
  })

  it('of a DNS server that does not respond fail within the time limit', async () => {
    const startedAt = performance.now()
    await check({}, { zone: () => 'silence' })
    expect(performance.now() - startedAt).toBeLessThan(4_000)
  })

  it('are looked up once for each family at the resolver of the list', async () => {
    const server = await servePage(json({}))
    const names = await serveNames(zoneOf({ [name]: ['127.0.0.1'] }))
    await check({ port: server.port }, { resolver: names.address })
    expect(names.questions).toEqual([name, name])
  })
})

describe('connections', () => {
  it('are reported by address family', async () => {
    expect(evidenceOf(await check({ host: 'localhost', port: 1 }))).toContain('127.0.0.1:1')
  })

  it('without a response fail within the time limit', async () => {
    const port = await serveUnresponsive()
    const startedAt = performance.now()
    await check({ host: '127.0.0.1', port })
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })

  it('are made once when the first succeeds, and once more when it is reset', async () => {
    const server = await servePage(json({}))
    await check({ port: server.port })
    expect(server.connections()).toBe(1)
    let times = 0
    const page = answering(() => write(json({ kind: 'Status', apiVersion: 'v1', status: 'Failure' }, 403)))
    const cut = await serve((socket) => void (++times === 1 ? socket.once('data', () => reset(socket)) : page(socket)))
    await check({ port: cut.port, tls: false, protocol: 'kubernetes' })
    expect(cut.connections()).toBe(2)
  })

  it('follow a redirect loop at most three times', async () => {
    const loop = await servePage(({ path }) => ({ status: 302, headers: { Location: path === '/a' ? '/b' : '/a' } }))
    await check({ port: loop.port })
    expect(loop.connections()).toBe(4)
  })
})

describe('certificates', () => {
  it('are reported with their issuer', async () => {
    const server = await servePage(
      json({}),
      tlsOptions(untrustedAuthority.issue({ names: [name] }), untrustedAuthority),
    )
    expect(evidenceOf(await check({ port: server.port }))).toContain('Stranger')
    const box = await servePage(json({}), minting())
    expect(evidenceOf(await check({ port: box.port }))).toContain('signed on demand')
    const product = createAuthority('Zscaler Root CA')
    const named = await servePage(json({}), tlsOptions(product.issue({ names: [name] }), product))
    const result = await check({ port: named.port, clientProfile: { trust: 'system' } })
    expect(evidenceOf(result)).toContain('Zscaler')
  })
})

describe('interrupted handshakes', () => {
  it('are reported with whether the name is filtered', async () => {
    const resetting = await serve((socket) => void socket.once('data', () => reset(socket)))
    expect(evidenceOf(await check({ port: resetting.port }))).toContain('is not answered either')
    const good = await servePage(json({}))
    const filtered = await between(good.port, (socket, inner) => {
      socket.once('data', (hello: Buffer) => {
        if (hello.includes(name)) return reset(socket)
        inner.write(hello)
        socket.pipe(inner).pipe(socket)
      })
    })
    expect(evidenceOf(await check({ port: filtered }))).toContain('a ClientHello for another name is answered')
  })

  it('are reported with what was received instead', async () => {
    const ssh = await serve((socket) => void socket.write('SSH-2.0-OpenSSH_9.9\r\n'))
    expect(evidenceOf(await check({ port: ssh.port }))).toContain('SSH-2.0')
  })
})

describe('services', () => {
  it('of AMQP are reported with their mechanisms, product and protocol version', async () => {
    const bus = await serveTls(greeting(() => [sasl, mechanisms('MSSBCBS', 'PLAIN', 'ANONYMOUS', 'EXTERNAL')]))
    expect(evidenceOf(await check({ port: bus.port, protocol: 'amqp1' }))).toContain('MSSBCBS PLAIN ANONYMOUS EXTERNAL')
    const older = await serveTls(greeting(() => header091, true))
    expect(evidenceOf(await check({ port: older.port, protocol: 'amqp1' }))).toContain('AMQP 0-9-1')
    const newer = await serveTls(greeting(() => sasl, true))
    expect(evidenceOf(await check({ port: newer.port, protocol: 'amqp091' }))).toContain('AMQP 1.0')
    const rabbit = await serveTls(greeting(() => connectionStart({ product: 'RabbitMQ' })))
    const evidence = evidenceOf(await check({ port: rabbit.port, protocol: 'amqp091' }))
    expect(evidence).toContain('PLAIN AMQPLAIN')
    expect(evidence).toContain('RabbitMQ')
  })

  it('of another protocol are named', async () => {
    const http = await serveTls((socket) => void socket.write(write(html('Bad Request', 400))))
    expect(evidenceOf(await check({ port: http.port, protocol: 'amqp091' }))).toContain('an HTTP server')
    const ssh = await serveTls((socket) => void socket.write('SSH-2.0-x\r\n'))
    expect(evidenceOf(await check({ port: ssh.port, protocol: 'amqp1' }))).toContain('an SSH server')
  })

  it('of gRPC are reported with their message', async () => {
    const server = await serveHttp2(grpcStatus('12'))
    expect(evidenceOf(await check({ port: server.port, protocol: 'grpc' }))).toContain('unknown service')
  })

  it('that require credentials do not receive any', async () => {
    const server = await servePage({ status: 401, headers: { 'WWW-Authenticate': 'Bearer realm="x"' } })
    const { stages } = await check({ port: server.port })
    expect(stages.at(-1)).toMatchObject({ stage: 'auth', verdict: 'skipped' })
  })
})

describe('companions', () => {
  it('that cause the failure of an endpoint are named, with their purpose', async () => {
    const server = await servePage(json({}))
    const row = { port: server.port, companions: [{ host: `blob.${name}`, port: 1, why: 'layers are there' }] }
    const result = await check(row)
    expect(result.hint).toContain(`blob.${name}`)
    expect(evidenceOf(result)).toContain('layers are there')
  })
})

describe('a proxy', () => {
  it('receives the host name, and resolves it itself', async () => {
    const server = await servePage(json({}))
    const proxy = await serveProxy()
    const result = await check({ port: server.port }, { ...through(proxy.url), zone: zoneOf({}) })
    expect(proxy.asked).toEqual([`${name}:${server.port}`])
    expect(result.stages.find(({ stage }) => stage === 'proxy')).toMatchObject({ verdict: 'pass' })
  })

  it('is not used where NO_PROXY has the endpoint, nor by a component that ignores proxies', async () => {
    const server = await servePage(json({}))
    const proxy = await serveProxy()
    const direct = await check({ port: server.port }, through(proxy.url, { NO_PROXY: '10.0.0.0/8,.hangar.test' }))
    expect(evidenceOf(direct)).toContain('it matches NO_PROXY')
    await check({ port: server.port, clientProfile: { proxy: 'none' } }, through(proxy.url))
    expect(proxy.asked).toEqual([])
  })

  it('receives the user name and password, which no result contains', async () => {
    const server = await servePage(json({}))
    const requests: string[] = []
    const proxy = await serveProxy({ refuse: (_host, _port, text) => void requests.push(text) })
    const result = await check({ port: server.port }, through(`http://petra:geheim42@127.0.0.1:${proxy.port}`))
    expect(requests[0]).toContain(`Proxy-Authorization: Basic ${Buffer.from('petra:geheim42').toString('base64')}`)
    expect(JSON.stringify(result)).not.toMatch(/petra|geheim42|cGV0cmE/)
  })

  it('that requires authentication is reported with its schemes, and whether it rejected a user', async () => {
    const schemes =
      'Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Basic realm="a, b"\r\n'
    const authenticating = await serveProxy({ refuse: () => refusal('407 Proxy Authentication Required', schemes) })
    expect(evidenceOf(await check({}, through(authenticating.url)))).toContain('Negotiate, NTLM, Basic')
    const wrong = await check({}, through(`http://user:wrong@127.0.0.1:${authenticating.port}`))
    expect(evidenceOf(wrong)).toContain('did not accept')
  })
})
