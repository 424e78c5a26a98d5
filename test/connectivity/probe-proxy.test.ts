import { connect } from 'node:net'
import * as tls from 'node:tls'
import { describe, expect, it } from 'vitest'
import { type Connectivity, createConnectivity, type PlaneRows } from '../../main/connectivity/connectivity.ts'
import type { Result } from '../../preload/contract/connectivity.ts'
import { Endpoint } from '../../preload/contract/profiles.ts'
import { check, evidenceOf, verdictOf } from './check.ts'
import { zoneOf } from './servers/dns.ts'
import { html, json, serveClearPage, servePage } from './servers/http.ts'
import { refusal, serveProxy } from './servers/proxy.ts'
import { authority, listen, name, serve, type TestServer, tlsOptions, untrustedAuthority } from './servers/serve.ts'

const through = (url: string): { env: Record<string, string> } => ({ env: { HTTPS_PROXY: url, HTTP_PROXY: url } })

describe('a page without TLS', () => {
  const version = json({ gitVersion: 'v1.36.0', major: '1', minor: '36' })
  it('is requested with an absolute URL, without a tunnel', async () => {
    const server = await serveClearPage(version)
    const requests: string[] = []
    const proxy = await serveProxy({ refuse: (_host, _port, text) => void requests.push(text) })
    const row = { port: server.port, tls: false, protocol: 'kubernetes' }
    const result = await check(row, through(`http://petra:geheim42@127.0.0.1:${proxy.port}`))
    expect(verdictOf(result)).toBe('pass')
    expect(requests[0]).toMatch(
      new RegExp(`^GET http://${name}:${server.port}/version HTTP/1.1\r\nHost: ${name}:${server.port}\r\n`),
    )
    expect(requests[0]).toContain('Proxy-Authorization: Basic')
    expect(evidenceOf(result)).toContain('forwards the requests')
    expect(JSON.stringify(result)).not.toMatch(/petra|geheim42/)
  })

  it('follows a redirect through the proxy', async () => {
    const server = await serveClearPage(({ path }) =>
      path === '/version' ? { status: 302, headers: { Location: '/there' } } : version,
    )
    const proxy = await serveProxy()
    const row = { port: server.port, tls: false, protocol: 'kubernetes' }
    expect(verdictOf(await check(row, through(proxy.url)))).toBe('pass')
    expect(proxy.asked).toHaveLength(2)
  })

  it.each([
    ['407 Proxy Authentication Required', 'Proxy-Authenticate: NTLM\r\n', 'fail proxy.auth'],
    ['403 Forbidden', 'X-Squid-Error: ERR_ACCESS_DENIED 0\r\n', 'fail proxy.denied'],
    ['503 Service Unavailable', 'X-Squid-Error: ERR_DNS_FAIL 0\r\n', 'fail proxy.upstream'],
    ['503 Service Unavailable', '', 'fail identity.unavailable'],
  ])('that is answered with %s and %j is %s', async (status, headers, expected) => {
    const proxy = await serveProxy({ refuse: () => refusal(status, headers) })
    expect(verdictOf(await check({ port: 80, tls: false }, through(proxy.url)))).toBe(expected)
  })

  it('over a WebSocket uses a tunnel, as clients do', async () => {
    const proxy = await serveProxy({
      refuse: (_host, _port, text) => (text.startsWith('CONNECT') ? refusal('403 No') : 'silence'),
    })
    expect(verdictOf(await check({ port: 443, tls: false, protocol: 'wss' }, through(proxy.url)))).toBe(
      'fail proxy.denied',
    )
  })
})

/** The same proxy, reached over TLS. */
async function overTls(inner: TestServer, options = tlsOptions()): Promise<string> {
  const server = await listen(
    tls.createServer(options, (socket) => {
      const to = connect({ host: '127.0.0.1', port: inner.port })
      to.on('error', () => socket.destroy())
      socket.on('error', () => to.destroy())
      socket.on('close', () => to.destroy())
      socket.pipe(to).pipe(socket)
    }),
  )
  return `https://localhost:${server.port}`
}

describe('a proxy over TLS', () => {
  it('is verified by its certificate, which the evidence has', async () => {
    const server = await servePage(json({}))
    const proxy = await serveProxy()
    const result = await check({ port: server.port }, through(await overTls(proxy)))
    expect(verdictOf(result)).toBe('pass')
    const evidence = result.stages.find(({ stage }) => stage === 'proxy')?.evidence
    expect(evidence).toContain('TLS with the proxy: TLSv1.3')
    expect(evidence).toContain('signed by')
  })

  it.each([
    [
      'of an unknown authority',
      () => tlsOptions(untrustedAuthority.issue({ names: ['localhost'] }), untrustedAuthority),
      'not trusted',
    ],
    ['for another name', () => tlsOptions(authority.issue({ names: ['other.test'] })), 'not for localhost'],
    ['that has expired', () => tlsOptions(authority.issue({ names: ['localhost'], days: -3 })), 'expired'],
  ])('with a certificate %s is proxy.tls, and receives no password', async (_title, options, words) => {
    const proxy = await serveProxy()
    const url = (await overTls(proxy, options())).replace('https://', 'https://petra:geheim@')
    const result = await check({}, through(url))
    expect(verdictOf(result)).toBe('fail proxy.tls')
    expect(evidenceOf(result)).toContain(words)
    expect(proxy.asked).toEqual([])
  })
})

interface Socks {
  readonly login?: string
  readonly reply?: (host: string, port: number) => number
  readonly lead?: number
}

/** A SOCKS 5 proxy: every host is on this machine. */
async function serveSocks({
  login,
  reply = () => 0,
  lead,
}: Socks = {}): Promise<TestServer & { readonly asked: string[] }> {
  const asked: string[] = []
  const server = await serve((socket) => {
    let step = 0
    socket.on('data', (chunk: Buffer) => {
      step += 1
      if (step === 1) {
        const method = login === undefined ? 0 : 2
        return void socket.write(Buffer.from([5, chunk.subarray(2).includes(method) ? method : 0xff]))
      }
      if (step === 2 && login !== undefined) {
        const user = chunk.toString('utf8', 2, 2 + (chunk[1] ?? 0))
        const password = chunk.toString('utf8', 3 + user.length)
        return void socket.write(Buffer.from([1, `${user}:${password}` === login ? 0 : 1]))
      }
      socket.removeAllListeners('data').pause()
      const length = chunk[4] ?? 0
      const host = chunk.toString('latin1', 5, 5 + length)
      const port = chunk.readUInt16BE(5 + length)
      asked.push(`${host}:${port}`)
      const code = reply(host, port)
      const answer = Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0])
      if (code !== 0) return void socket.end(answer)
      const inner = connect({ host: '127.0.0.1', port: lead ?? port }, () => {
        socket.write(answer)
        socket.pipe(inner).pipe(socket)
      })
      inner.on('error', () => socket.destroy())
      socket.on('close', () => inner.destroy())
    })
  })
  return { ...server, asked }
}

describe('a SOCKS 5 proxy', () => {
  it('receives the host name, and the endpoint passes through it', async () => {
    const server = await servePage(json({}))
    const proxy = await serveSocks()
    const result = await check(
      { port: server.port },
      { ...through(`socks5://127.0.0.1:${proxy.port}`), zone: zoneOf({}) },
    )
    expect(verdictOf(result)).toBe('pass')
    expect(proxy.asked).toEqual([`${name}:${server.port}`])
  })

  it('receives user name and password when it requires them', async () => {
    const server = await servePage(json({}))
    const proxy = await serveSocks({ login: 'petra:geheim42' })
    const right = await check({ port: server.port }, through(`socks5://petra:geheim42@127.0.0.1:${proxy.port}`))
    expect(verdictOf(right)).toBe('pass')
    expect(JSON.stringify(right)).not.toMatch(/petra|geheim42/)
    const wrong = await check({ port: server.port }, through(`socks5://petra:nein@127.0.0.1:${proxy.port}`))
    expect(verdictOf(wrong)).toBe('fail proxy.auth')
    expect(evidenceOf(wrong)).toContain('did not accept')
    const none = await check({ port: server.port }, through(`socks5h://127.0.0.1:${proxy.port}`))
    expect(verdictOf(none)).toBe('fail proxy.auth')
    expect(evidenceOf(none)).toContain('requires a user name and password')
  })

  it('that refuses is reported by the code of its reply', async () => {
    const url = async (socks: Socks): Promise<string> => `socks5://127.0.0.1:${(await serveSocks(socks)).port}`
    expect(verdictOf(await check({ port: 443 }, through(await url({ reply: () => 2 }))))).toBe('fail proxy.denied')
    expect(verdictOf(await check({ port: 443 }, through(await url({ reply: () => 5 }))))).toBe('fail proxy.upstream')
    const only443 = await url({ reply: (_host, port) => (port === 443 ? 0 : 2), lead: 1 })
    expect(['fail proxy.port', 'fail proxy.denied']).toContain(
      verdictOf(await check({ port: 5_671 }, through(only443))),
    )
    const server = await servePage(json({}))
    const leads = await url({ reply: (_host, port) => (port === 443 ? 0 : 2), lead: server.port })
    expect(verdictOf(await check({ port: 5_671, protocol: 'amqp1' }, through(leads)))).toBe('fail proxy.port')
  })

  it('that is not a SOCKS proxy is proxy.unreachable', async () => {
    const http = await serveProxy()
    expect(verdictOf(await check({}, through(`socks5://127.0.0.1:${http.port}`)))).toBe('fail proxy.unreachable')
    expect(verdictOf(await check({}, through('socks5://127.0.0.1:1')))).toBe('fail proxy.unreachable')
    expect(verdictOf(await check({}, through('socks4://127.0.0.1:1')))).toBe('unknown proxy.unsupported')
  })
})

describe('behind a proxy, the destination itself', () => {
  it('is not compared with its address ranges by the addresses of the proxy', async () => {
    const server = await servePage(json({}))
    const proxy = await serveProxy()
    const row = { port: server.port, addressRanges: ['203.0.113.0/24'] }
    expect(verdictOf(await check(row, through(proxy.url.replace('127.0.0.1', 'proxy.far.hangar.test'))))).toBe('pass')
    expect(verdictOf(await check(row))).toBe('warn dns.split')
  })

  it('is reported for information, and does not change the verdict', async () => {
    const server = await servePage(json({}))
    const proxy = await serveProxy()
    const known = await check({ port: server.port }, through(proxy.url))
    expect(verdictOf(known)).toBe('pass')
    const of = (stage: string): string => known.stages.find((one) => one.stage === stage)?.evidence ?? ''
    expect(of('dns')).toContain('for information, without the proxy: A: 127.0.0.1')
    expect(of('tcp')).toContain(`127.0.0.1:${server.port} connected`)
    expect(known.facts).toMatchObject({ addresses: ['127.0.0.1'], proxy: proxy.url })

    const unknown = await check({ port: server.port }, { ...through(proxy.url), zone: zoneOf({}) })
    expect(verdictOf(unknown)).toBe('pass')
    expect(evidenceOf(unknown)).toContain(`reports that ${name} does not exist`)
    const closed = await servePage(html('closed'))
    await closed.close()
    const leads = await serveProxy({ lead: () => server.port })
    const direct = await check({ port: closed.port }, through(leads.url))
    expect(verdictOf(direct)).toBe('pass')
    expect(evidenceOf(direct)).toContain('refused')
  })
})

describe('the proxy of the system', () => {
  const plane = (port: number, more: Readonly<Record<string, unknown>> = {}): PlaneRows => ({
    endpoints: [
      Endpoint.parse({
        id: 'row',
        component: 'agent',
        host: 'localhost',
        port,
        protocol: 'https',
        clientProfile: { trust: { setting: 'ca' } },
        ...more,
      }),
    ],
    settings: { ca: authority.certificate },
    componentTitles: {},
    folder: '/',
  })
  const of = (rows: PlaneRows, resolveProxy: (url: string) => Promise<string>, env = {}): Connectivity =>
    createConnectivity({
      home: '/nonexistent',
      env,
      resolveProxy,
      rowsOf: () => Promise.resolve(rows),
      credentialOf: () => Promise.resolve(undefined),
    })
  const resultOf = async (connectivity: Connectivity): Promise<Result> => {
    for await (const event of connectivity.check({ planeId: 'p', endpoints: ['row'] }, AbortSignal.timeout(10_000)))
      if (event.kind === 'result') return event.result
    throw new Error('no result')
  }

  it('is used where the environment has none, and requested for each destination', async () => {
    const server = await servePage(json({}))
    const proxy = await serveProxy()
    const urls: string[] = []
    const pac = (url: string): Promise<string> => {
      urls.push(url)
      return Promise.resolve(`PROXY 127.0.0.1:${proxy.port}; DIRECT`)
    }
    const result = await resultOf(of(plane(server.port), pac))
    expect(verdictOf(result)).toBe('pass')
    expect(proxy.asked).toEqual([`localhost:${server.port}`])
    expect(urls).toEqual([`https://localhost:${server.port}/`])
    const view = await of(plane(server.port), pac).proxy({ planeId: 'p' })
    expect(view).toMatchObject({ httpsProxy: `http://127.0.0.1:${proxy.port}`, rows: [{ endpoint: 'row' }] })
  })

  it('is not requested where the environment has one, or the component uses no proxy', async () => {
    const server = await servePage(json({}))
    const asked: string[] = []
    const pac = (url: string): Promise<string> => {
      asked.push(url)
      return Promise.resolve('PROXY 127.0.0.1:1')
    }
    const withoutProxy = plane(server.port, { clientProfile: { proxy: 'none', trust: { setting: 'ca' } } })
    expect(verdictOf(await resultOf(of(withoutProxy, pac)))).toBe('pass')
    expect(verdictOf(await resultOf(of(plane(server.port), pac, { HTTPS_PROXY: 'http://127.0.0.1:1' })))).toBe('pass')
    expect(asked).toEqual([])
    expect(verdictOf(await resultOf(of(plane(server.port), () => Promise.reject(new Error('no PAC')))))).toBe('pass')
    const direct = await resultOf(of(plane(server.port), () => Promise.resolve('DIRECT')))
    expect(evidenceOf(direct)).toContain('by the PAC file or the system settings of this computer')
  })
})
