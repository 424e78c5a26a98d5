import { createSecureServer, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2'
import { createSecureContext } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { check, evidenceOf, verdictOf, type World } from './check.ts'
import { plain10, sasl } from './servers/amqp.ts'
import { html, json, type Page, serveClearPage, servePage } from './servers/http.ts'
import { authority, chainOf, listen, name, serveTls, tlsOptions, untrustedAuthority } from './servers/serve.ts'
import { acceptOf } from './servers/websocket.ts'

/** Servers with a plausible status that are not what the endpoint needs. None of them passes. */

type EndpointFields = Parameters<typeof check>[0]
const overTls = async (protocol: string, page: Page, row: EndpointFields = {}): Promise<string> =>
  verdictOf(await check({ port: (await servePage(page)).port, protocol, ...row }))
const inClear = async (protocol: string, page: Page, row: EndpointFields = {}): Promise<string> =>
  verdictOf(await check({ port: (await serveClearPage(page)).port, protocol, tls: false, ...row }))

describe('a challenge without TLS', () => {
  const basic = { 'WWW-Authenticate': 'Basic realm="Guest network"' }
  it('does not identify a server, because a portal can send it as well', async () => {
    expect(await inClear('wss', { status: 401, headers: basic })).toBe('warn identity.unproven')
    expect(await inClear('wss', { status: 403, body: 'no' })).toBe('warn identity.unproven')
    expect(await inClear('wss', { status: 400, body: 'missing planeID' })).toBe('warn identity.unproven')
    expect(await inClear('git', { status: 401, headers: basic })).toBe('warn identity.unproven')
    const { port } = await serveClearPage(({ headers: { host } }) => ({
      status: 401,
      headers: { 'WWW-Authenticate': `Bearer realm="http://${host}/token",service="r"` },
    }))
    expect(verdictOf(await check({ port, protocol: 'oci', tls: false }))).toBe('warn identity.unproven')
  })

  it('passes with a service that also matches other expectations of the endpoint', async () => {
    const registry = { 'WWW-Authenticate': 'Basic realm="r"', 'Docker-Distribution-Api-Version': 'registry/2.0' }
    expect(await inClear('oci', { status: 401, headers: registry })).toBe('pass auth.required')
    const expecting = { expect: { body: 'no client certificate' } }
    expect(await inClear('wss', { status: 401, body: 'No client certificate' }, expecting)).toBe('pass auth.required')
  })
})

describe('an upgrade that a proxy removed on the path', () => {
  it('is not the refusal of a WebSocket server', async () => {
    // Go's gorilla/websocket names its version in the response to a plain request.
    const gorilla = { status: 400, headers: { 'Sec-Websocket-Version': '13' }, body: 'Bad Request' }
    expect(await overTls('wss', gorilla)).toBe('fail identity.websocket')
    expect(await overTls('wss', { status: 426, body: 'Upgrade Required' })).toBe('fail identity.websocket')
    const body = "websocket: the client is not using the websocket protocol: 'upgrade' token not found"
    expect(await overTls('wss', { status: 400, body })).toBe('fail identity.websocket')
    expect(await overTls('wss', { status: 400, body: 'Can "Upgrade" only to "WebSocket".' })).toBe(
      'fail identity.websocket',
    )
  })

  it('is not assumed where a server reports a missing parameter', async () => {
    expect(await overTls('wss', { status: 400, body: 'planeType is required' })).toBe('pass')
    expect(await overTls('wss', { status: 426, headers: { Upgrade: 'websocket' } })).toBe('pass')
  })

  it.each([
    ['without Connection', 'Upgrade: websocket\r\n'],
    ['without Upgrade', 'Connection: Upgrade\r\n'],
    [
      'with a subprotocol that was not offered',
      'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: chat\r\n',
    ],
    [
      'with an extension that was not offered',
      'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Extensions: permessage-deflate\r\n',
    ],
  ])('is assumed for a 101 %s', async (_title, headers) => {
    const server = await serveTls((socket) => {
      socket.once('data', (head: Buffer) => {
        const key = /sec-websocket-key: (.+)\r\n/i.exec(head.toString())?.[1] ?? ''
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers}Sec-WebSocket-Accept: ${acceptOf(key)}\r\n\r\n`)
      })
    })
    expect(verdictOf(await check({ port: server.port, protocol: 'wss' }))).toBe('fail identity.websocket')
  })
})

describe('the expectation of an endpoint', () => {
  it('applies to every protocol over HTTP, also to a challenge', async () => {
    const basic = { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="r"' } }
    expect(await overTls('wss', basic, { expect: { body: 'no client certificate' } })).toBe('fail identity.protocol')
    expect(await overTls('git', basic, { expect: { header: { Server: 'GitHub.com' } } })).toBe('fail identity.protocol')
    const directory = json({ newNonce: '/n', newAccount: '/a', newOrder: '/o' })
    expect(await overTls('acme', directory, { expect: { body: 'letsencrypt' } })).toBe('fail identity.protocol')
    expect(await overTls('acme', directory, { expect: { body: 'newOrder' } })).toBe('pass')
  })
})

describe('a registry', () => {
  it('is not identified by a page that requires a sign-in', async () => {
    const page = html('Sign in', 401, {
      'WWW-Authenticate': 'Bearer realm="https://far.hangar.test/token",service="r"',
    })
    expect(await overTls('oci', page)).toBe('fail identity.protocol')
    expect(await overTls('oci', html('Sign in', 401, { 'WWW-Authenticate': 'Basic realm="proxy"' }))).toBe(
      'fail identity.protocol',
    )
    expect(await overTls('oci', { status: 401, headers: { 'WWW-Authenticate': 'Bearer realm="Portal"' } })).toBe(
      'fail identity.protocol',
    )
  })
})

describe('a secret store', () => {
  it('is not identified by an application behind an AWS gateway', async () => {
    const header = { 'x-amzn-RequestId': 'b1f7' }
    expect(await overTls('vault', json({ message: 'Missing Authentication Token' }, 403, header))).toBe(
      'fail identity.protocol',
    )
    expect(await overTls('vault', json({ ok: true }, 200, header))).toBe('fail identity.protocol')
    const aws = json({ __type: 'MissingAuthenticationTokenException', message: 'Missing' }, 400, header)
    expect(await overTls('vault', aws)).toBe('pass auth.required')
  })

  it('is not identified by a page with its words', async () => {
    expect(await overTls('vault', html('{"initialized":true,"sealed":false}'))).toBe('fail identity.block-page')
  })
})

describe('gRPC', () => {
  const over = async (headers: OutgoingHttpHeaders, body = ''): Promise<string> => {
    const server = createSecureServer(tlsOptions())
    server.on('stream', (stream, _asked: IncomingHttpHeaders) => {
      stream.on('error', () => undefined)
      stream.respond(headers)
      stream.end(body)
    })
    return verdictOf(await check({ port: (await listen(server)).port, protocol: 'grpc' }))
  }
  it('is not identified by a page with its header', async () => {
    expect(await over({ ':status': 200, 'content-type': 'text/html', 'grpc-status': '12' }, '<html>')).toBe(
      'fail identity.protocol',
    )
    expect(await over({ ':status': 403, 'content-type': 'application/grpc', 'grpc-status': '7' })).toBe(
      'fail identity.protocol',
    )
    expect(await over({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': 'ok' })).toBe(
      'fail identity.protocol',
    )
  })
  it('of a proxy with an unavailable or overloaded server does not pass', async () => {
    const status = (code: string): OutgoingHttpHeaders => ({
      ':status': 200,
      'content-type': 'application/grpc+proto',
      'grpc-status': code,
    })
    expect(await over(status('4'))).toBe('fail identity.unavailable')
    expect(await over(status('8'))).toBe('warn identity.throttled')
    expect(await over(status('12'))).toBe('pass')
  })
})

describe('AMQP over WebSocket', () => {
  it('is not identified by a server that rejects path or parameters', async () => {
    expect(await overTls('amqp-ws', { status: 400, body: 'unknown parameter' })).toBe('fail identity.websocket')
  })
})

describe('AMQP 1.0', () => {
  it('is not identified by an echo, of the header or of everything', async () => {
    const once = await serveTls((socket) => void socket.once('data', (bytes: Buffer) => socket.write(bytes)))
    expect(verdictOf(await check({ port: once.port, protocol: 'amqp1' }))).toBe('fail identity.protocol')
    const twice = await serveTls((socket) => void socket.once('data', () => socket.write(Buffer.concat([sasl, sasl]))))
    expect(verdictOf(await check({ port: twice.port, protocol: 'amqp1' }))).toBe('fail identity.protocol')
    const other = await serveTls((socket) => void socket.once('data', () => socket.write(plain10)))
    expect(verdictOf(await check({ port: other.port, protocol: 'amqp1' }))).toBe('pass')
  })
})

describe('an inspecting proxy among the root certificates of the endpoint', () => {
  const minting = {
    ...tlsOptions(untrustedAuthority.issue({ names: [name] }), untrustedAuthority),
    SNICallback: (asked: string, done: (error: null, context: ReturnType<typeof createSecureContext>) => void) => {
      const issued = untrustedAuthority.issue({ names: [asked] })
      done(null, createSecureContext({ cert: chainOf(issued, untrustedAuthority), key: issued.key }))
    },
  }
  const bundle = `${authority.certificate}\n${untrustedAuthority.certificate}`
  const trusting = (pem: string): World => ({ settings: { roots: pem } })

  it('is detected by the certificate that it issues on demand', async () => {
    const box = await servePage(json({}), minting)
    const row = { port: box.port, clientProfile: { trust: { setting: 'roots' } } }
    const allowed = await check(row, trusting(bundle))
    expect(verdictOf(allowed)).toBe('warn tls.inspected')
    expect(evidenceOf(allowed)).toContain('signed on demand')
    expect(verdictOf(await check({ ...row, inspection: 'never' }, trusting(bundle)))).toBe('fail tls.intercepted')
    expect(verdictOf(await check({ ...row, inspection: 'never' }, trusting(untrustedAuthority.certificate)))).toBe(
      'fail tls.intercepted',
    )
  })

  it('is not assumed where one of the roots issued the certificate', async () => {
    const server = await servePage(json({}))
    const row = { port: server.port, clientProfile: { trust: { setting: 'roots' } }, inspection: 'never' }
    expect(verdictOf(await check(row, trusting(bundle)))).toBe('pass')
  })
})
