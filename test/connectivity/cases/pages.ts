import { serveHttp2 } from '../servers/grpc.ts'
import { type Asked, html, json, type Page, serveClearPage, servePage } from '../servers/http.ts'
import { authority, name, serveTls, tlsOptions } from '../servers/serve.ts'
import { type Case, type EndpointFields, fault, fine, type Setup } from './case.ts'

/** An HTTPS server with that answer, and an endpoint of that protocol. */
export const answers =
  (protocol: string, page: Page | ((asked: Asked) => Page), row: EndpointFields = {}) =>
  async (): Promise<Setup> => ({ row: { port: (await servePage(page)).port, protocol, ...row } })
const inClear =
  (page: Page, row: EndpointFields = {}) =>
  async (): Promise<Setup> => ({ row: { port: (await serveClearPage(page)).port, tls: false, ...row } })
const sends = (location: string, status = 302): Page => ({ status, headers: { Location: location } })
const expecting = { expect: { status: [200], header: { Server: 'gateway' }, body: 'ready' } }
const dated = (ms: number, more: Readonly<Record<string, string>> = {}): Page =>
  json({}, 200, { Date: new Date(Date.now() + ms).toUTCString(), ...more })

export const services: readonly Case[] = [
  fine(
    ['identity.protocol', 'identity.silent'],
    'a service that answers JSON',
    answers('https', json({ status: 'UP' })),
  ),
  fine(['identity.protocol'], 'a service without that page', answers('https', json({}, 404))),
  fine(
    ['identity.block-page'],
    'a service that answers in plain text',
    answers('https', { headers: { 'Content-Type': 'text/plain' }, body: 'ok' }),
  ),
  fine(['identity.silent'], 'a service with an empty response', answers('https', { status: 204 })),
  fault(
    'auth.required',
    'a service that requires credentials',
    answers('https', { status: 401, headers: { 'WWW-Authenticate': 'Bearer realm="x"' } }),
  ),
  fault('auth.required', 'a service that answers 403', answers('https', json({ error: 'forbidden' }, 403)), {
    near: ['identity.block-page', 'auth.rejected'],
  }),
  fine(
    ['identity.block-page'],
    'a page that the endpoint expects',
    answers('https', html('Ready', 200, { Server: 'Gateway/2' }), expecting),
  ),
  fault(
    'identity.protocol',
    'a service without the header that the endpoint expects',
    answers('https', json({ state: 'ready' }), expecting),
  ),
  fault(
    'identity.block-page',
    'a page without the header that the endpoint expects',
    answers('https', html('ready', 200, { Server: 'nginx' }), expecting),
  ),
  fault(
    'identity.block-page',
    'a page where the endpoint expects only a status',
    answers('https', html('A page'), { expect: { status: [200] } }),
  ),
  fault('identity.unproven', 'an answer without TLS', inClear(json({ a: 1 }))),
  fault('identity.unproven', 'a text without TLS', inClear({ body: 'ok' })),
  fault('identity.unproven', 'the answer of another service without TLS', inClear(json({ router: 'admin' })), {
    works: false,
  }),
  fine(
    ['identity.unproven'],
    'an answer without TLS that the endpoint expects',
    inClear(json({ a: 1 }), { expect: { body: '"a":1' } }),
  ),
  fine(['identity.protocol'], 'an answer in chunks', async () => {
    const chunks = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nrea\r\n2\r\ndy\r\n0\r\n\r\n'
    const server = await serveTls((socket) => void socket.once('data', () => socket.end(chunks)))
    return { row: { port: server.port, expect: { body: 'ready' } } }
  }),
  fine(['identity.http2'], 'an answer in HTTP/2 where the endpoint requires it', async () => {
    const server = await serveHttp2(
      (stream) => {
        stream.respond({ ':status': 200 })
        stream.end('ready')
      },
      { allowHTTP1: false },
    )
    return { row: { port: server.port, expect: { body: 'ready' }, clientProfile: { alpn: ['h2'] } } }
  }),
  fault(
    'identity.http2',
    'an HTTP/1.1 service where the endpoint requires h2',
    answers('https', json({}), { clientProfile: { alpn: ['h2'] } }),
  ),
]

export const others: readonly Case[] = [
  fault(
    'identity.block-page',
    'a block page of a web filter',
    answers('https', html('Your request was blocked by the web filter', 403)),
    { near: ['auth.required'] },
  ),
  fault(
    'identity.block-page',
    'a block page of a product, with status 200',
    answers('oci', html('<h1>Zscaler</h1> Not allowed', 200, { Server: 'Zscaler/6.2' })),
  ),
  fault('identity.block-page', 'a web page in place of an ACME directory', answers('acme', html('Welcome'))),
  fault('identity.block-page', 'a 403 page in place of a WebSocket', answers('wss', html('Forbidden', 403)), {
    near: ['identity.websocket', 'auth.required'],
  }),
  fault(
    'identity.block-page',
    'Squid’s error page inside TLS',
    answers('arm', {
      status: 403,
      headers: { 'X-Squid-Error': 'ERR_ACCESS_DENIED 0', 'Content-Type': 'text/html' },
      body: '<html>x',
    }),
  ),
  fault(
    'identity.block-page',
    'a filter that blocks in plain text',
    answers('https', {
      status: 403,
      headers: { 'Content-Type': 'text/plain' },
      body: 'Access to this site is denied by company policy',
    }),
  ),
  fault(
    'identity.block-page',
    'a page in place of a gRPC response',
    async () => {
      const server = await serveHttp2((stream) => {
        stream.respond({ ':status': 403, 'content-type': 'text/html' })
        stream.end('<html><body>Blocked by Sophos</body></html>')
      })
      return { row: { port: server.port, protocol: 'grpc' } }
    },
    { near: ['identity.http2'] },
  ),
  fault(
    'proxy.auth',
    'a middlebox that requires proxy credentials',
    answers('https', { status: 407, headers: { 'Proxy-Authenticate': 'NTLM' } }),
    { near: ['auth.required'] },
  ),
  fault(
    'auth.required',
    'JSON that mentions blocking',
    answers('https', json({ message: 'user is blocked by policy' }, 403)),
    { near: ['identity.block-page'] },
  ),
  fault(
    'identity.protocol',
    'a 404 of a web server in place of a registry',
    answers('oci', html('<center><h1>404 Not Found</h1></center>', 404, { Server: 'nginx' })),
    { near: ['identity.block-page', 'identity.unavailable'] },
  ),
  fault('identity.captive-portal', 'status 511', answers('https', { status: 511 }), { near: ['identity.unavailable'] }),
  fault(
    'identity.captive-portal',
    'a redirect to a captive portal',
    answers('oci', sends('http://captive.hotel.test/login?url=x')),
    { near: ['identity.redirect'] },
  ),
  fault(
    'identity.captive-portal',
    'a page for the sign-in to the network',
    answers('wss', html('Please sign in to the network to use the Internet')),
    { near: ['identity.block-page'] },
  ),
  fault(
    'identity.captive-portal',
    'a WISPr answer',
    answers('acme', html('<WISPAccessGatewayParam><Redirect/></WISPAccessGatewayParam>')),
  ),
  fault(
    'identity.captive-portal',
    'a page that redirects to a captive portal',
    answers('https', html('<meta http-equiv="refresh" content="0; url=https://wifi-portal.example/">')),
  ),
  fine(
    ['identity.captive-portal'],
    'JSON about a portal',
    answers('https', json({ product: 'guest portal', status: 'UP' })),
  ),
  fault(
    'identity.redirect',
    'a redirect to a sign-in on another host',
    answers('https', sends('https://login.example/authorize')),
    {
      near: ['identity.captive-portal'],
    },
  ),
  fault('identity.redirect', 'a redirect to another registry', answers('oci', sends('//other.example/v2/', 301))),
  fault('identity.redirect', 'a redirect loop', async () => ({
    row: { port: (await servePage(({ path }) => sends(path === '/a' ? '/b' : '/a'))).port },
  })),
  fine(
    ['identity.redirect'],
    'a redirect to another page of the same host',
    answers('https', ({ path }) => (path === '/' ? sends('/ready') : json({ path })), { expect: { body: '/ready' } }),
  ),
  fine(['identity.redirect'], 'a redirect to a companion host of the endpoint', async () => {
    const sign = tlsOptions(authority.issue({ names: [`login.${name}`] }))
    const login = await servePage(json({}), sign)
    const server = await servePage(sends(`https://login.${name}:${login.port}/authorize`))
    return { row: { port: server.port, companions: [{ host: `login.${name}`, port: login.port, why: 'sign-in' }] } }
  }),
  fault('identity.redirect', 'a redirect to another port of a companion', async () => {
    const sign = tlsOptions(authority.issue({ names: [`login.${name}`] }))
    const login = await servePage(json({}), sign)
    const server = await servePage(sends(`https://login.${name}:${login.port}/authorize`))
    return { row: { port: server.port, companions: [{ host: `login.${name}`, port: server.port, why: 'sign-in' }] } }
  }),
  fault(
    'identity.unavailable',
    'a page that reports an outage of the service',
    answers('https', html('503 Service Temporarily Unavailable', 503)),
    { near: ['identity.block-page'] },
  ),
  fault('identity.unavailable', 'a 502 in place of a WebSocket', answers('wss', { status: 502 }), {
    near: ['identity.websocket'],
  }),
  fault(
    'identity.unavailable',
    'an ACME directory with status 500',
    answers('acme', json({ newNonce: 'n', newAccount: 'a', newOrder: 'o' }, 500)),
  ),
  fine(
    ['identity.unavailable'],
    'a service that reports an internal error',
    answers('https', json({ error: 'no such order' }, 422)),
  ),
  fault(
    'identity.throttled',
    'a registry that limits the rate',
    answers('oci', json({ errors: [{ code: 'TOOMANYREQUESTS' }] }, 429)),
    { near: ['identity.unavailable'] },
  ),
  fault('identity.throttled', 'a service that limits the rate', answers('https', json({}, 429))),
  fine(
    ['identity.throttled'],
    'a standby vault, which also answers 429',
    answers('vault', json({ initialized: true, sealed: false }, 429)),
  ),
  fault(
    'identity.block-page',
    'a filter that answers 429',
    answers('https', html('Blocked by Fortinet: too many requests', 429)),
    { near: ['identity.throttled'] },
  ),
  fault(
    'identity.block-page',
    'Squid’s refusal without a page',
    answers('https', { status: 403, headers: { 'X-Squid-Error': 'ERR_ACCESS_DENIED 0' } }),
    { near: ['auth.required'] },
  ),
  fault(
    'identity.block-page',
    'a 404 page that names a filter product',
    answers('https', html('<h1>Not found</h1> Sophos Web Appliance', 404)),
  ),
  fine(['identity.block-page'], 'a 404 page that names no product', answers('https', html('<h1>Not found</h1>', 404))),
  fault(
    'identity.block-page',
    'a 404 page of a filter',
    answers('https', html('<h1>Not here</h1>', 404, { Server: 'Zscaler/6.2' })),
  ),
]

export const clocks: readonly Case[] = [
  fault(
    'clock.skew',
    'a server ten minutes ahead',
    answers('https', () => dated(600_000)),
    { near: ['clock.drift'] },
  ),
  fault(
    'clock.skew',
    'a server an hour behind',
    answers('https', () => dated(-3_600_000)),
  ),
  fault(
    'clock.drift',
    'a server two minutes ahead',
    answers('https', () => dated(120_000)),
    { near: ['clock.skew'] },
  ),
  fault(
    'clock.drift',
    'a server a minute and a half behind',
    answers('https', () => dated(-90_000)),
  ),
  fine(
    ['clock.drift', 'clock.skew'],
    'a server twenty seconds ahead',
    answers('https', () => dated(20_000)),
  ),
  fine(
    ['clock.skew'],
    'a cache with an answer of ten minutes ago',
    answers('https', () => dated(-600_000, { Age: '600' })),
  ),
]

export const companions: readonly Case[] = [
  fault(
    'dns.sinkhole',
    'a companion that does not respond',
    answers('https', json({}), { companions: [{ host: `blob.${name}`, port: 1, why: 'layers are there' }] }),
  ),
  fault('tls.name', 'a companion with a certificate for another name', async () => {
    const [server, blob] = [await servePage(json({})), await servePage(json({}))]
    return { row: { port: server.port, companions: [{ host: `blob.${name}`, port: blob.port, why: 'layers' }] } }
  }),
  fine([], 'a reachable companion', async () => {
    const server = await servePage(json({}))
    const token = await servePage(json({}), tlsOptions(authority.issue({ names: [`token.${name}`] })))
    return { row: { port: server.port, companions: [{ host: `token.${name}`, port: token.port, why: 'tokens' }] } }
  }),
]
