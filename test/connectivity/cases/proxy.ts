import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type Authority, createAuthority, type Issued } from '../../peers/authority.ts'
import { connectionStart, greeting, mechanisms, sasl } from '../servers/amqp.ts'
import { serveNames, zoneOf } from '../servers/dns.ts'
import { answering, html, json, serveClearPage, servePage, write } from '../servers/http.ts'
import { type ProxyRule, refusal, serveProxy } from '../servers/proxy.ts'
import { authority, serve, serveTls, tlsOptions } from '../servers/serve.ts'
import { type SocksRule, serveSocks } from '../servers/socks.ts'
import { type Case, fault, fine, type Setup } from './case.ts'
import { folder } from './environment.ts'

const through = (url: string, row: Setup['row'] = {}, more: Setup['env'] = {}): Setup => ({
  row,
  env: { HTTPS_PROXY: url, ...more },
})
const ruled = async (rule: ProxyRule, row: Setup['row'] = {}): Promise<Setup> =>
  through((await serveProxy(rule)).url, row)
const well = async (): Promise<number> => (await servePage(json({}))).port
const ignoring = { clientProfile: { proxy: 'none' } }
const asking = (schemes: string): string => refusal('407 Proxy Authentication Required', schemes)
const unknownHere = async (): Promise<string> => (await serveNames(zoneOf({}))).address

const socks = async (rule: SocksRule, row: Setup['row'] = {}, userinfo = ''): Promise<Setup> =>
  through(`socks5://${userinfo}127.0.0.1:${(await serveSocks(rule)).port}`, row)

const strangers = createAuthority('Proxy authority')
/** A proxy that is spoken to over TLS, as localhost. */
const secureProxy = async (issued: Issued, ca: Authority, row: Setup['row'] = {}): Promise<Setup> => {
  const { port } = await serveProxy({})
  const server = await serveTls(
    (socket) => {
      const inner = connect({ host: '127.0.0.1', port })
      inner.on('error', () => socket.destroy())
      socket.on('close', () => inner.destroy())
      socket.pipe(inner).pipe(socket)
    },
    tlsOptions(issued, ca),
  )
  return through(`https://localhost:${server.port}`, row)
}

/** Proxies of a few lines; Squid is in `squid.ts`. */
export const proxy: readonly Case[] = [
  fault('proxy.unreachable', 'a proxy that is not there', async () => through('http://127.0.0.1:1'), {
    near: ['tcp.refused', 'proxy.upstream'],
  }),
  fault('proxy.unreachable', 'a proxy whose name nobody knows', async () => through('http://proxy.hangar.test:3128'), {
    near: ['dns.nxdomain'],
  }),
  fault('proxy.unreachable', 'a proxy that is an SSH server', async () =>
    through(`http://127.0.0.1:${(await serve((socket) => void socket.write('SSH-2.0-x\r\n'))).port}`),
  ),
  fault('proxy.unreachable', 'a proxy whose URL says https and that speaks without TLS', async () =>
    through(`https://127.0.0.1:${(await serveProxy()).port}`),
  ),
  fault('proxy.unsupported', 'a proxy of SOCKS 4', async () => through('socks4://127.0.0.1:1080')),
  fault('proxy.unsupported', 'a proxy setting that is no URL', async () => through('http://')),
  fine(
    ['proxy.unsupported', 'proxy.unreachable', 'proxy.denied', 'proxy.upstream'],
    'a proxy that lets the endpoint pass',
    async () => ruled({}, { port: await well() }),
  ),
  fine(['proxy.unsupported'], 'a proxy of SOCKS 4 that NO_PROXY spares the endpoint', async () =>
    through('socks4://127.0.0.1:1080', { port: await well() }, { NO_PROXY: '.hangar.test' }),
  ),
  fine(['proxy.unreachable'], 'a proxy that is not there and that NO_PROXY spares the endpoint', async () =>
    through('http://127.0.0.1:1', { port: await well() }, { NO_PROXY: '10.0.0.0/8,hangar.test' }),
  ),
  fine(['dns.nxdomain'], 'a name that only the proxy knows', async () => ({
    ...(await ruled({}, { port: await well() })),
    resolver: await unknownHere(),
  })),
  fault(
    'proxy.auth',
    'a proxy that offers Negotiate, NTLM and Basic',
    () =>
      ruled({
        refuse: () =>
          asking(
            'Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Basic realm="corp, inc"\r\n',
          ),
      }),
    { near: ['proxy.denied', 'auth.required'] },
  ),
  fault('proxy.auth', 'a proxy that does not accept the user of its URL', async () =>
    through(
      `http://user:wrong@127.0.0.1:${(await serveProxy({ refuse: () => asking('Proxy-Authenticate: Basic realm="r"\r\n') })).port}`,
    ),
  ),
  fault(
    'proxy.denied',
    'a proxy that refuses the destination',
    () => ruled({ refuse: () => refusal('403 Forbidden', 'X-Squid-Error: ERR_ACCESS_DENIED 0\r\n') }, { port: 443 }),
    { near: ['proxy.auth', 'proxy.upstream', 'identity.block-page'] },
  ),
  fault(
    'proxy.denied',
    'a proxy that refuses the destination on the port and on 443',
    () => ruled({ refuse: () => refusal('403 Forbidden') }, { port: 5_671, protocol: 'amqp1' }),
    { near: ['proxy.port'] },
  ),
  fault(
    'proxy.port',
    'a proxy that lets a broker’s host pass on 443 alone',
    () =>
      ruled(
        { refuse: (_host, port) => (port === 443 ? undefined : refusal('403 Forbidden')) },
        { port: 5_671, protocol: 'amqp1' },
      ),
    { near: ['proxy.denied'] },
  ),
  fault('proxy.port', 'a proxy that allows no method but on 443', async () => {
    const port = await well()
    const refuse: ProxyRule['refuse'] = (_host, asked) =>
      asked === 443 ? undefined : refusal('405 Method Not Allowed')
    return ruled({ refuse, lead: () => port }, { port: 8_443 })
  }),
  fine(['proxy.port'], 'a proxy of 443 alone before an endpoint on 443', async () => {
    const port = await well()
    const refuse: ProxyRule['refuse'] = (_host, asked) => (asked === 443 ? undefined : refusal('403 Forbidden'))
    return ruled({ refuse, lead: () => port }, { port: 443 })
  }),
  fault('proxy.upstream', 'a proxy that is refused by the destination', () => ruled({}, { port: 1 }), {
    near: ['proxy.denied', 'tcp.refused'],
  }),
  fault(
    'proxy.upstream',
    'a proxy that takes the request and is silent',
    () => ruled({ refuse: () => 'silence' }, { port: 443 }),
    { near: ['proxy.unreachable'] },
  ),
  fault('proxy.upstream', 'a proxy that gives up after a while', () =>
    ruled({ refuse: () => refusal('504 Gateway Timeout') }, { port: 443 }),
  ),
  fault(
    'proxy.ignored',
    'a component that ignores the proxy, a closed port, and a proxy that gets there',
    async () => {
      const port = await well()
      return ruled({ lead: () => port }, { port: 1, ...ignoring })
    },
    { near: ['dns.sinkhole', 'tcp.refused'] },
  ),
  fault(
    'proxy.ignored',
    'a component that ignores the proxy, and a name that only the proxy knows',
    async () => {
      const port = await well()
      return { ...(await ruled({ lead: () => port }, { port: 443, ...ignoring })), resolver: await unknownHere() }
    },
    { near: ['dns.nxdomain'] },
  ),
  fault(
    'dns.nxdomain',
    'a component that ignores the proxy, and a name that the proxy refuses too',
    async () => ({
      ...(await ruled({ refuse: () => refusal('403 Forbidden') }, { port: 443, ...ignoring })),
      resolver: await unknownHere(),
    }),
    { near: ['proxy.ignored'] },
  ),
  fine(['proxy.ignored', 'proxy.denied'], 'a component that ignores a proxy that would refuse it', async () =>
    ruled({ refuse: () => refusal('403 Forbidden') }, { port: await well(), ...ignoring }),
  ),
  fault('proxy.raw-tcp', 'AMQP 0-9-1 through a proxy', async () =>
    ruled({}, { port: (await serveTls(greeting(() => connectionStart()))).port, protocol: 'amqp091' }),
  ),
  fault('proxy.raw-tcp', 'AMQP 1.0 through a proxy', async () =>
    ruled({}, { port: (await serveTls(greeting(() => [sasl, mechanisms('PLAIN')]))).port, protocol: 'amqp1' }),
  ),
  fault(
    'auth.required',
    'AMQP 1.0 beside a proxy that its component ignores',
    async () =>
      ruled(
        {},
        { port: (await serveTls(greeting(() => [sasl, mechanisms('PLAIN')]))).port, protocol: 'amqp1', ...ignoring },
      ),
    { near: ['proxy.raw-tcp'] },
  ),
  fine(['proxy.raw-tcp'], 'HTTP without TLS through a proxy', async () => ({
    row: {
      port: (await serveClearPage(json({ gitVersion: 'v1.36.0', major: '1', minor: '36' }))).port,
      tls: false,
      protocol: 'kubernetes',
    },
    env: { HTTP_PROXY: (await serveProxy()).url },
  })),
  fault(
    'identity.block-page',
    'a proxy that answers with its page in the tunnel',
    async () => {
      const page = await serve(answering(() => html('This site is blocked', 403)))
      return ruled({ lead: () => page.port }, { port: 443 })
    },
    { near: ['proxy.denied', 'identity.protocol'] },
  ),
  fault('identity.block-page', 'a proxy that says its page before it is asked', async () => {
    const page = await serve((socket) => void socket.end(write(html('Blocked by Fortinet FortiGuard', 403))))
    return ruled({ lead: () => page.port }, { port: 443 })
  }),

  fine(['proxy.unsupported', 'proxy.denied'], 'a proxy of SOCKS 5', async () => socks({}, { port: await well() })),
  fault('proxy.unreachable', 'a proxy of SOCKS 5 that is not there', async () => through('socks5://127.0.0.1:1'), {
    near: ['proxy.unsupported'],
  }),
  fault('proxy.auth', 'a proxy of SOCKS 5 that wants to know who asks', () => socks({ login: true }), {
    near: ['proxy.denied'],
  }),
  fault('proxy.auth', 'a proxy of SOCKS 5 that does not accept who asks', () =>
    socks({ login: false }, {}, 'user:wrong@'),
  ),
  fine(['proxy.auth'], 'a proxy of SOCKS 5 that accepts who asks', async () =>
    socks({ login: true }, { port: await well() }, 'user:right@'),
  ),
  fault(
    'proxy.denied',
    'a proxy of SOCKS 5 that does not allow the destination',
    () => socks({ reply: () => 2 }, { port: 443 }),
    { near: ['proxy.port', 'proxy.upstream'] },
  ),
  fault(
    'proxy.port',
    'a proxy of SOCKS 5 that allows 443 alone',
    async () => {
      const port = await well()
      return socks(
        { reply: (asked) => (asked === 443 ? undefined : 2), lead: () => port },
        { port: 5_671, protocol: 'amqp1' },
      )
    },
    { near: ['proxy.denied'] },
  ),
  fault('proxy.upstream', 'a proxy of SOCKS 5 that is refused by the destination', () => socks({}, { port: 1 }), {
    near: ['proxy.denied'],
  }),
  fault(
    'proxy.tls',
    'a proxy of HTTPS under an authority that nobody here trusts',
    async () => secureProxy(strangers.issue({ names: ['localhost'] }), strangers),
    { near: ['tls.untrusted', 'proxy.unreachable'] },
  ),
  fault(
    'proxy.tls',
    'a proxy of HTTPS under another name',
    async () => secureProxy(authority.issue({ names: ['proxy.hangar.test'] }), authority),
    { near: ['tls.name'] },
  ),
  fine(['proxy.tls'], 'a proxy of HTTPS with a certificate that the machine trusts', async () => {
    const root = join(await folder(), 'root.pem')
    await writeFile(root, authority.certificate)
    return {
      ...(await secureProxy(authority.issue({ names: ['localhost'] }), authority, { port: await well() })),
      inside: ['env', `SSL_CERT_FILE=${root}`],
    }
  }),

  fault(
    'tcp.reset',
    'a proxy that opens a tunnel and closes the connection',
    async () =>
      through(
        `http://127.0.0.1:${(await serve((socket) => void socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n')))).port}`,
        { port: 443 },
      ),
    { near: ['proxy.upstream', 'tls.reset'] },
  ),
  fault(
    'tls.stalled',
    'a proxy that opens a tunnel to nowhere',
    async () =>
      through(
        `http://127.0.0.1:${(await serve((socket) => void socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\n')))).port}`,
        { port: 443 },
      ),
    { near: ['proxy.upstream', 'mtu.black-hole'] },
  ),
]
