import { createServer as createHttp2, createSecureServer, type ServerHttp2Stream } from 'node:http2'
import { describe, expect, it } from 'vitest'
import { check, evidenceOf, said } from './check.ts'
import { type Asked, answering, html, json, type Page, serveClearPage, servePage } from './far-ends/http.ts'
import { authority, listen, name, serveTls, tlsOptions } from './far-ends/serve.ts'
import { upgrading } from './far-ends/websocket.ts'

type Given = Parameters<typeof check>[0]
const one = async (protocol: string, page: Page | ((asked: Asked) => Page), row: Given = {}): Promise<string> =>
  said(await check({ port: (await servePage(page)).port, protocol, ...row }))

const nginx404 = html('<center><h1>404 Not Found</h1></center>', 404, { Server: 'nginx' })

describe('an HTTPS service', () => {
  it('passes with whatever is no page of someone else’s', async () => {
    expect(await one('https', json({ status: 'UP' }))).toBe('pass')
    expect(await one('https', { status: 404, headers: { 'Content-Type': 'application/json' }, body: '{}' })).toBe(
      'pass',
    )
    expect(await one('https', { status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'ok' })).toBe('pass')
    expect(await one('https', { status: 204 })).toBe('pass')
  })

  it('that asks for credentials passes, and they are not tested', async () => {
    const far = await servePage({ status: 401, headers: { 'WWW-Authenticate': 'Bearer realm="x"' } })
    const result = await check({ port: far.port })
    expect(said(result)).toBe('pass auth.required')
    expect(result.stages.at(-1)).toMatchObject({ stage: 'auth', verdict: 'skipped' })
    expect(await one('https', json({ error: 'forbidden' }, 403))).toBe('pass auth.required')
  })

  it('is held to what the row expects', async () => {
    const expecting = { expect: { status: [200], header: { Server: 'gateway' }, body: 'ready' } }
    expect(await one('https', html('Ready', 200, { Server: 'Gateway/2' }), expecting)).toBe('pass')
    expect(await one('https', json({ state: 'ready' }), expecting)).toBe('fail identity.protocol')
    expect(await one('https', html('ready', 200, { Server: 'nginx' }), expecting)).toBe('fail identity.block-page')
    expect(await one('https', html('A page'), { expect: { status: [200] } })).toBe('fail identity.block-page')
  })

  it('without TLS is not proven by an answer alone', async () => {
    const far = await serveClearPage(json({ a: 1 }))
    expect(said(await check({ port: far.port, tls: false }))).toBe('warn identity.unproven')
    const text = await serveClearPage({ body: 'ok' })
    expect(said(await check({ port: text.port, tls: false }))).toBe('warn identity.unproven')
    expect(said(await check({ port: far.port, tls: false, expect: { body: '"a":1' } }))).toBe('pass')
  })

  it('is read in chunks, and in HTTP/2 where the row offers it', async () => {
    const chunked = await serveTls((socket) => {
      socket.once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nrea\r\n2\r\ndy\r\n0\r\n\r\n'),
      )
    })
    expect(said(await check({ port: chunked.port, expect: { body: 'ready' } }))).toBe('pass')
    const server = createSecureServer({ ...tlsOptions(), allowHTTP1: false })
    server.on('stream', (stream: ServerHttp2Stream) => {
      stream.respond({ ':status': 200 })
      stream.end('ready')
    })
    const far = await listen(server)
    expect(said(await check({ port: far.port, expect: { body: 'ready' }, clientProfile: { alpn: ['h2'] } }))).toBe(
      'pass',
    )
  })
})

describe('pages of others', () => {
  it('that block are identity.block-page', async () => {
    expect(await one('https', html('Your request was blocked by the web filter', 403))).toBe('fail identity.block-page')
    expect(await one('oci', html('<h1>Zscaler</h1> Not allowed', 200, { Server: 'Zscaler/6.2' }))).toBe(
      'fail identity.block-page',
    )
    expect(await one('acme', html('Welcome'))).toBe('fail identity.block-page')
    expect(await one('wss', html('Forbidden', 403))).toBe('fail identity.block-page')
    expect(
      await one('arm', {
        status: 403,
        headers: { 'X-Squid-Error': 'ERR_ACCESS_DENIED 0', 'Content-Type': 'text/html' },
        body: '<html>x',
      }),
    ).toBe('fail identity.block-page')
    expect(
      await one('https', {
        status: 403,
        headers: { 'Content-Type': 'text/plain' },
        body: 'Access to this site is denied by company policy',
      }),
    ).toBe('fail identity.block-page')
  })

  it('are not every page: a 404 of a wrong server is identity.protocol, JSON that speaks of blocking passes', async () => {
    expect(await one('oci', nginx404)).toBe('fail identity.protocol')
    expect(await one('https', json({ message: 'user is blocked by policy' }, 403))).toBe('pass auth.required')
  })

  it('that want a sign-in to the network are identity.captive-portal', async () => {
    expect(await one('https', { status: 511 })).toBe('fail identity.captive-portal')
    expect(await one('oci', { status: 302, headers: { Location: 'http://captive.hotel.test/login?url=x' } })).toBe(
      'fail identity.captive-portal',
    )
    expect(await one('wss', html('Please sign in to the network to use the Internet'))).toBe(
      'fail identity.captive-portal',
    )
    expect(await one('acme', html('<WISPAccessGatewayParam><Redirect/></WISPAccessGatewayParam>'))).toBe(
      'fail identity.captive-portal',
    )
    expect(await one('https', html('<meta http-equiv="refresh" content="0; url=https://wifi-portal.example/">'))).toBe(
      'fail identity.captive-portal',
    )
  })

  it('that lead elsewhere are identity.redirect, except within the host or to a companion', async () => {
    expect(await one('https', { status: 302, headers: { Location: 'https://login.example/authorize' } })).toBe(
      'fail identity.redirect',
    )
    expect(await one('oci', { status: 301, headers: { Location: '//other.example/v2/' } })).toBe(
      'fail identity.redirect',
    )
    const far = await servePage(({ path }) =>
      path === '/' ? { status: 302, headers: { Location: '/ready' } } : json({ path }),
    )
    expect(said(await check({ port: far.port, expect: { body: '/ready' } }))).toBe('pass')
    const loop = await servePage(({ path }) => ({ status: 302, headers: { Location: path === '/a' ? '/b' : '/a' } }))
    expect(said(await check({ port: loop.port }))).toBe('fail identity.redirect')
    expect(loop.connections()).toBe(4)
  })

  it('of a service that is down are identity.unavailable, of one that is busy identity.throttled', async () => {
    expect(await one('https', html('503 Service Temporarily Unavailable', 503))).toBe('fail identity.unavailable')
    expect(await one('wss', { status: 502 })).toBe('fail identity.unavailable')
    expect(await one('vault', json({ initialized: true, sealed: true }, 503))).toBe('fail identity.unavailable')
    expect(await one('oci', json({ errors: [{ code: 'TOOMANYREQUESTS' }] }, 429))).toBe('warn identity.throttled')
    expect(await one('https', json({}, 429))).toBe('warn identity.throttled')
  })
})

describe('companions', () => {
  it('fail the row that needs them, and are named', async () => {
    const far = await servePage(json({}))
    const row = { port: far.port, companions: [{ host: `blob.${name}`, port: 1, why: 'layers are there' }] }
    const result = await check(row)
    expect(result.verdict).toBe('fail')
    expect(result.hint).toContain(`blob.${name}`)
    expect(evidenceOf(result)).toContain('layers are there')
  })

  it('that are reached change nothing', async () => {
    const far = await servePage(json({}))
    const other = await servePage(json({}), tlsOptions(authority.issue({ names: [`token.${name}`] })))
    const row = { port: far.port, companions: [{ host: `token.${name}`, port: other.port, why: 'tokens' }] }
    expect(said(await check(row))).toBe('pass')
  })
})

describe('clocks', () => {
  const dated = (ms: number, more: Record<string, string> = {}): Page =>
    json({}, 200, { Date: new Date(Date.now() + ms).toUTCString(), ...more })
  it('that differ too much for tokens are clock.skew, by minutes clock.drift', async () => {
    expect(await one('https', dated(600_000))).toBe('fail clock.skew')
    expect(await one('https', dated(-3_600_000))).toBe('fail clock.skew')
    expect(await one('https', dated(120_000))).toBe('warn clock.drift')
    expect(await one('https', dated(-90_000))).toBe('warn clock.drift')
    expect(await one('https', dated(20_000))).toBe('pass')
    expect(await one('https', dated(-600_000, { Age: '600' }))).toBe('pass')
  })
})

describe('a registry', () => {
  const bearer = { 'WWW-Authenticate': 'Bearer realm="https://auth.example/token",service="registry"' }
  it('is known by its challenge or its version', async () => {
    expect(await one('oci', json({ errors: [] }, 401, bearer))).toBe('pass auth.required')
    expect(await one('oci', json({}, 200, { 'Docker-Distribution-Api-Version': 'registry/2.0' }))).toBe('pass')
    expect(await one('oci', json({ errors: [{}] }, 401, { 'WWW-Authenticate': 'Basic realm="r"' }))).toBe(
      'pass auth.required',
    )
  })
  it('is not any 200 or 401', async () => {
    expect(await one('oci', json({ hello: 'world' }))).toBe('fail identity.protocol')
    expect(await one('oci', { status: 401 })).toBe('fail identity.protocol')
    expect(await one('oci', { status: 200, body: '' })).toBe('fail identity.protocol')
  })
})

describe('an ACME server', () => {
  const directory = { newNonce: 'n', newAccount: 'a', newOrder: 'o' }
  it('is known by its directory', async () => {
    expect(await one('acme', json(directory))).toBe('pass')
    expect(await one('acme', ({ path }) => (path === '/dir' ? json(directory) : json({})), { path: '/dir' })).toBe(
      'pass',
    )
    expect(await one('acme', json({ newNonce: 'n' }))).toBe('fail identity.protocol')
    expect(await one('acme', json(directory, 500))).toBe('fail identity.unavailable')
  })
})

describe('a git server', () => {
  const advertisement: Page = {
    headers: { 'Content-Type': 'application/x-git-upload-pack-advertisement' },
    body: '001e# service=git-upload-pack\n0000',
  }
  it('is known by its advertisement or by asking for credentials', async () => {
    const far = await servePage(({ path }) =>
      path === '/o/r.git/info/refs?service=git-upload-pack' ? advertisement : nginx404,
    )
    expect(said(await check({ port: far.port, protocol: 'git', path: '/o/r.git' }))).toBe('pass')
    expect(said(await check({ port: far.port, protocol: 'git', path: '/o/other.git' }))).toBe('fail identity.protocol')
    expect(await one('git', { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="GitHub"' } })).toBe(
      'pass auth.required',
    )
  })
  it('is not a page of that type', async () => {
    expect(await one('git', { ...advertisement, body: 'hello' })).toBe('fail identity.protocol')
    expect(await one('git', { status: 401, headers: { 'WWW-Authenticate': 'Bearer realm="x"' } })).toBe(
      'fail identity.protocol',
    )
  })
})

describe('Azure', () => {
  const uri = 'Bearer authorization_uri="https://login.windows.net/common", error="invalid_token"'
  it('is known by where it sends for a token', async () => {
    expect(await one('arm', json({ error: {} }, 401, { 'WWW-Authenticate': uri }))).toBe('pass auth.required')
    expect(await one('arm', json({ error: {} }, 401, { 'WWW-Authenticate': 'Bearer realm="x"' }))).toBe(
      'fail identity.protocol',
    )
    const vault = 'Bearer authorization="https://login.windows.net/t", resource="https://vault.azure.net"'
    expect(await one('vault', json({ error: {} }, 401, { 'WWW-Authenticate': vault }))).toBe('pass auth.required')
    expect(await one('vault', json({ error: {} }, 401, { 'WWW-Authenticate': uri }))).toBe('fail identity.protocol')
  })
})

describe('a vault', () => {
  it('is known by its health, as active or standby', async () => {
    expect(await one('vault', json({ initialized: true, sealed: false }))).toBe('pass')
    expect(await one('vault', json({ initialized: true, sealed: false }, 429))).toBe('pass')
    expect(await one('vault', json({ initialized: false, sealed: true }, 501))).toBe('fail identity.unavailable')
    expect(await one('vault', json({ errors: ['permission denied'] }, 403))).toBe('pass auth.required')
    expect(await one('vault', json({ status: 'ok' }))).toBe('fail identity.protocol')
  })
})

describe('an API server', () => {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 403 }
  it('is known by its version or its Status', async () => {
    expect(await one('kubernetes', json({ major: '1', minor: '36', gitVersion: 'v1.36.0' }))).toBe('pass')
    expect(await one('kubernetes', json(status, 401))).toBe('pass auth.required')
    expect(await one('kubernetes', json({ message: 'no' }, 401))).toBe('fail identity.protocol')
    expect(await one('kubernetes', json({ version: 3 }))).toBe('fail identity.protocol')
  })
})

describe('a WebSocket server', () => {
  const upgrade = async (options: Parameters<typeof upgrading>[0], row: Given = {}): Promise<string> =>
    said(await check({ port: (await serveTls(upgrading(options))).port, protocol: 'wss', ...row }))

  it('is known by the key that belongs to ours', async () => {
    expect(await upgrade({})).toBe('pass')
    expect(await upgrade({ accept: 'c3VyZWx5IG5vdCB0aGUga2V5IQ==' })).toBe('fail identity.websocket')
    expect(await upgrade({ subprotocol: 'v1' }, { expect: { subprotocol: 'v1' } })).toBe('pass')
    expect(await upgrade({}, { expect: { subprotocol: 'v1' } })).toBe('fail identity.protocol')
  })

  it('is known by how it refuses', async () => {
    expect(await one('wss', { status: 401, body: 'no client certificate presented' })).toBe('pass auth.required')
    expect(await one('wss', { status: 403 })).toBe('pass auth.required')
    expect(await one('wss', { status: 400, body: 'missing planeID' })).toBe('pass')
    expect(await one('wss', { status: 426, headers: { Upgrade: 'websocket' } })).toBe('pass')
    expect(
      await one(
        'wss',
        { status: 401, body: 'no client certificate presented' },
        { expect: { body: 'no client certificate' } },
      ),
    ).toBe('pass auth.required')
    expect(await one('wss', { status: 401, body: 'other' }, { expect: { body: 'no client certificate' } })).toBe(
      'fail identity.protocol',
    )
  })

  it('is not a server that takes no notice of the upgrade', async () => {
    expect(await one('wss', json({}))).toBe('fail identity.websocket')
    expect(await one('wss', { status: 404 })).toBe('fail identity.websocket')
    expect(await one('wss', html('<h1>400 Bad Request</h1>', 400))).toBe('fail identity.websocket')
  })
})

describe('gRPC', () => {
  const speak = async (act: (stream: ServerHttp2Stream) => void, options = {}): Promise<number> => {
    const server = createSecureServer({ ...tlsOptions(), ...options })
    server.on('stream', (stream: ServerHttp2Stream) => {
      stream.on('error', () => undefined)
      act(stream)
    })
    server.on('sessionError', () => undefined)
    return (await listen(server)).port
  }
  const status = (code: string) => (stream: ServerHttp2Stream) =>
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': code, 'grpc-message': 'unknown%20service' },
      { endStream: true },
    )

  it('is known by its status, in headers or trailers', async () => {
    const unknown = await check({ port: await speak(status('12')), protocol: 'grpc' })
    expect(said(unknown)).toBe('pass')
    expect(evidenceOf(unknown)).toContain('unknown service')
    expect(said(await check({ port: await speak(status('16')), protocol: 'grpc' }))).toBe('pass auth.required')
    const trailing = await speak((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '12' }))
      stream.end()
    })
    expect(said(await check({ port: trailing, protocol: 'grpc' }))).toBe('pass')
    expect(said(await check({ port: await speak(status('14')), protocol: 'grpc' }))).toBe('fail identity.unavailable')
  })

  it('in clear is known too', async () => {
    const server = createHttp2()
    server.on('stream', status('12'))
    const far = await listen(server)
    expect(said(await check({ port: far.port, protocol: 'grpc', tls: false }))).toBe('pass')
  })

  it('that wants a client certificate proves itself so', async () => {
    const port = await speak(status('12'), { requestCert: true, rejectUnauthorized: true, ca: authority.certificate })
    expect(said(await check({ port, protocol: 'grpc' }))).toBe('pass auth.required')
    expect(said(await check({ port, protocol: 'grpc', clientProfile: { clientCertificate: 'agent' } }))).toBe(
      'fail tls.client-cert',
    )
  })

  it('is not HTTP/1.1, nor HTTP/2 without gRPC', async () => {
    const far = await servePage(json({}))
    expect(said(await check({ port: far.port, protocol: 'grpc' }))).toBe('fail identity.http2')
    const onlyOne = await servePage(json({}), { ALPNProtocols: ['http/1.1'] })
    expect(said(await check({ port: onlyOne.port, protocol: 'grpc' }))).toBe('fail identity.http2')
    const plain = await speak((stream) => {
      stream.respond({ ':status': 404 })
      stream.end('nothing')
    })
    expect(said(await check({ port: plain, protocol: 'grpc' }))).toBe('fail identity.protocol')
    const lies = await serveTls(
      answering(() => json({})),
      { ALPNProtocols: ['h2'] },
    )
    expect(['fail identity.http2', 'fail identity.silent']).toContain(
      said(await check({ port: lies.port, protocol: 'grpc' })),
    )
  })

  it('that a row of another protocol needs is missed there too', async () => {
    const far = await servePage(json({}))
    expect(said(await check({ port: far.port, clientProfile: { alpn: ['h2'] } }))).toBe('fail identity.http2')
  })
})
