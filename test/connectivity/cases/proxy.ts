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
/** A proxy over TLS, as localhost. */
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

/** A proxy that refuses everything, and an environment in which the host was to be exempt from it. */
const refusing = async (more: Setup['env']): Promise<Setup> =>
  through((await serveProxy({ refuse: () => refusal('403 Forbidden') })).url, { port: await well() }, more)

const misspelledExceptions: readonly { readonly situation: string; readonly noProxy: string }[] = [
  { situation: 'NO_PROXY separated by spaces', noProxy: 'localhost far.hangar.test' },
  { situation: 'NO_PROXY separated by semicolons', noProxy: 'localhost;far.hangar.test' },
  { situation: 'NO_PROXY with a URL', noProxy: 'localhost,https://far.hangar.test' },
  { situation: 'NO_PROXY in quotes', noProxy: '"localhost,far.hangar.test"' },
  { situation: 'NO_PROXY with "*" inside a name', noProxy: 'far.*.test' },
  { situation: 'NO_PROXY with "*" and no dot', noProxy: '*hangar.test' },
  { situation: 'NO_PROXY with another port of the host', noProxy: 'far.hangar.test:443' },
  { situation: 'NO_PROXY with a dot before the name itself', noProxy: '.far.hangar.test' },
]

const misspelledProxies: readonly { readonly situation: string; readonly of: (url: string) => string }[] = [
  { situation: 'a proxy setting that ends with a line break', of: (url) => `${url}\n` },
  { situation: 'a proxy setting that ends with a space', of: (url) => `${url} ` },
  { situation: 'a proxy setting that begins with a space', of: (url) => ` ${url}` },
  { situation: 'a proxy setting with an invisible space', of: (url) => url.replace('127', '\u200b127') },
  { situation: 'a proxy setting with a dash of a word processor', of: () => 'http://proxy\u2013corp.test:3128' },
  { situation: 'a proxy setting with an IPv6 address without brackets', of: () => 'http://fd00::1:3128' },
  { situation: 'a proxy setting with the name of its variable', of: (url) => `HTTPS_PROXY=${url}` },
  { situation: 'a proxy setting with a word for no proxy', of: () => 'none' },
  { situation: 'a list of proxies in the form of Windows', of: () => 'http=proxy:80;https=proxy:80' },
]

/** Small proxies; Squid is in `programs.ts`. */
export const proxy: readonly Case[] = [
  fault('proxy.unreachable', 'a stopped proxy', async () => through('http://127.0.0.1:1'), {
    near: ['tcp.refused', 'proxy.upstream'],
  }),
  fault(
    'proxy.unreachable',
    'a proxy whose name does not exist',
    async () => through('http://proxy.hangar.test:3128'),
    {
      near: ['dns.nxdomain'],
    },
  ),
  fault('proxy.unreachable', 'a proxy that is an SSH server', async () =>
    through(`http://127.0.0.1:${(await serve((socket) => void socket.write('SSH-2.0-x\r\n'))).port}`),
  ),
  fault('proxy.unreachable', 'a proxy without TLS whose URL has https', async () =>
    through(`https://127.0.0.1:${(await serveProxy()).port}`),
  ),
  fault('proxy.unsupported', 'a SOCKS 4 proxy', async () => through('socks4://127.0.0.1:1080')),
  fault('proxy.unsupported', 'a proxy setting that is not a URL', async () => through('http://')),
  fine(
    ['proxy.unsupported', 'proxy.unreachable', 'proxy.denied', 'proxy.upstream'],
    'a proxy that allows the endpoint',
    async () => ruled({}, { port: await well() }),
  ),
  fine(['proxy.unsupported'], 'a SOCKS 4 proxy that NO_PROXY excludes for the endpoint', async () =>
    through('socks4://127.0.0.1:1080', { port: await well() }, { NO_PROXY: '.hangar.test' }),
  ),
  fine(['proxy.unreachable'], 'a stopped proxy that NO_PROXY excludes for the endpoint', async () =>
    through('http://127.0.0.1:1', { port: await well() }, { NO_PROXY: '10.0.0.0/8,hangar.test' }),
  ),
  fine(['dns.nxdomain'], 'a name that only the proxy resolves', async () => ({
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
  fault('proxy.auth', 'a proxy that rejects the user of its URL', async () =>
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
    'a proxy that allows the host of a broker only on 443',
    () =>
      ruled(
        { refuse: (_host, port) => (port === 443 ? undefined : refusal('403 Forbidden')) },
        { port: 5_671, protocol: 'amqp1' },
      ),
    { near: ['proxy.denied'] },
  ),
  fault('proxy.port', 'a proxy that answers 405 on other ports than 443', async () => {
    const port = await well()
    const refuse: ProxyRule['refuse'] = (_host, asked) =>
      asked === 443 ? undefined : refusal('405 Method Not Allowed')
    return ruled({ refuse, lead: () => port }, { port: 8_443 })
  }),
  fine(['proxy.port'], 'a proxy that allows only 443, and an endpoint on 443', async () => {
    const port = await well()
    const refuse: ProxyRule['refuse'] = (_host, asked) => (asked === 443 ? undefined : refusal('403 Forbidden'))
    return ruled({ refuse, lead: () => port }, { port: 443 })
  }),
  fault('proxy.upstream', 'a proxy with a refused connection to the destination', () => ruled({}, { port: 1 }), {
    near: ['proxy.denied', 'tcp.refused'],
  }),
  fault(
    'proxy.upstream',
    'a proxy that accepts the request and does not respond',
    () => ruled({ refuse: () => 'silence' }, { port: 443 }),
    { near: ['proxy.unreachable'] },
  ),
  fault('proxy.upstream', 'a proxy that reports a timeout', () =>
    ruled({ refuse: () => refusal('504 Gateway Timeout') }, { port: 443 }),
  ),
  fault(
    'proxy.ignored',
    'a component that ignores a proxy which reaches the closed destination',
    async () => {
      const port = await well()
      return ruled({ lead: () => port }, { port: 1, ...ignoring })
    },
    { near: ['dns.sinkhole', 'tcp.refused'] },
  ),
  fault(
    'proxy.ignored',
    'a component that ignores a proxy which alone resolves the name',
    async () => {
      const port = await well()
      return { ...(await ruled({ lead: () => port }, { port: 443, ...ignoring })), resolver: await unknownHere() }
    },
    { near: ['dns.nxdomain'] },
  ),
  fault(
    'dns.nxdomain',
    'a component that ignores a proxy which also refuses the name',
    async () => ({
      ...(await ruled({ refuse: () => refusal('403 Forbidden') }, { port: 443, ...ignoring })),
      resolver: await unknownHere(),
    }),
    { near: ['proxy.ignored'] },
  ),
  fine(['proxy.ignored', 'proxy.denied'], 'a component that ignores a proxy which would refuse it', async () =>
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
    'AMQP 1.0 without the proxy, which its component ignores',
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
    'a proxy that sends its block page in the tunnel',
    async () => {
      const page = await serve(answering(() => html('This site is blocked', 403)))
      return ruled({ lead: () => page.port }, { port: 443 })
    },
    { near: ['proxy.denied', 'identity.protocol'] },
  ),
  fault('identity.block-page', 'a proxy that sends its block page before the request', async () => {
    const page = await serve((socket) => void socket.end(write(html('Blocked by Fortinet FortiGuard', 403))))
    return ruled({ lead: () => page.port }, { port: 443 })
  }),

  fine(['proxy.unsupported', 'proxy.denied'], 'a SOCKS 5 proxy', async () => socks({}, { port: await well() })),
  fault('proxy.unreachable', 'a stopped SOCKS 5 proxy', async () => through('socks5://127.0.0.1:1'), {
    near: ['proxy.unsupported'],
  }),
  fault('proxy.auth', 'a SOCKS 5 proxy that requires authentication', () => socks({ login: true }), {
    near: ['proxy.denied'],
  }),
  fault('proxy.auth', 'a SOCKS 5 proxy that rejects the user', () => socks({ login: false }, {}, 'user:wrong@')),
  fine(['proxy.auth'], 'a SOCKS 5 proxy that accepts the user', async () =>
    socks({ login: true }, { port: await well() }, 'user:right@'),
  ),
  fault(
    'proxy.denied',
    'a SOCKS 5 proxy that does not allow the destination',
    () => socks({ reply: () => 2 }, { port: 443 }),
    { near: ['proxy.port', 'proxy.upstream'] },
  ),
  fault(
    'proxy.port',
    'a SOCKS 5 proxy that allows only 443',
    async () => {
      const port = await well()
      return socks(
        { reply: (asked) => (asked === 443 ? undefined : 2), lead: () => port },
        { port: 5_671, protocol: 'amqp1' },
      )
    },
    { near: ['proxy.denied'] },
  ),
  fault(
    'proxy.upstream',
    'a SOCKS 5 proxy with a refused connection to the destination',
    () => socks({}, { port: 1 }),
    {
      near: ['proxy.denied'],
    },
  ),
  fault(
    'proxy.tls',
    'an HTTPS proxy with an untrusted certificate',
    async () => secureProxy(strangers.issue({ names: ['localhost'] }), strangers),
    { near: ['tls.untrusted', 'proxy.unreachable'] },
  ),
  fault(
    'proxy.tls',
    'an HTTPS proxy with a certificate for another name',
    async () => secureProxy(authority.issue({ names: ['proxy.hangar.test'] }), authority),
    { near: ['tls.name'] },
  ),
  fine(['proxy.tls'], 'an HTTPS proxy with a trusted certificate', async () => {
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
    'a proxy that opens a tunnel without a server behind it',
    async () =>
      through(
        `http://127.0.0.1:${(await serve((socket) => void socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\n')))).port}`,
        { port: 443 },
      ),
    { near: ['proxy.upstream', 'mtu.black-hole'] },
  ),

  fault(
    'proxy.setting',
    'a proxy user of a Windows domain',
    async () => through('http://CORP\\svc:geheim@127.0.0.1:1'),
    {
      near: ['proxy.unreachable', 'proxy.unsupported'],
    },
  ),
  fault('proxy.setting', 'a proxy password with a hash', async () => through('http://svc:ge#heim@127.0.0.1:1'), {
    near: ['proxy.unreachable', 'proxy.unsupported'],
  }),
  fault('proxy.setting', 'a proxy password with a slash', async () => through('http://svc:ge/heim@127.0.0.1:1')),
  fault('proxy.setting', 'a proxy password with a percent sign', async () => through('http://svc:ge%heim@127.0.0.1:1')),
  fault('proxy.setting', 'a proxy setting in quotes', async () => through(`"${(await serveProxy()).url}"`), {
    near: ['proxy.unreachable'],
  }),
  fault('proxy.setting', 'a proxy setting with a single slash', async () => through('http:/127.0.0.1:1'), {
    near: ['proxy.unreachable'],
  }),
  fault('proxy.setting', 'a proxy setting with two schemes', async () => through('http://http://127.0.0.1:1')),
  fault('proxy.setting', 'a proxy setting with a variable that was not replaced', async () =>
    through('http://${PROXY_HOST}:3128'),
  ),
  fault('proxy.setting', 'a list of two proxies', async () => through('http://127.0.0.1:1,http://127.0.0.1:2')),
  fine(['proxy.setting', 'proxy.unreachable'], 'a proxy setting without a scheme', async () =>
    through((await serveProxy()).url.replace('http://', ''), { port: await well() }),
  ),
  fine(['proxy.setting'], 'a proxy user of a Windows domain, percent-encoded', async () =>
    through((await serveProxy()).url.replace('http://', 'http://CORP%5Csvc:ge%23heim@'), { port: await well() }),
  ),
  fine(['proxy.setting'], 'a misspelled proxy that NO_PROXY excludes for the endpoint', async () =>
    through('http://CORP\\svc@proxy', { port: await well() }, { NO_PROXY: '.hangar.test' }),
  ),

  fault(
    'proxy.no-proxy',
    'a range of NO_PROXY for the address of a host that the proxy refuses',
    async () => ({
      ...through(
        (await serveProxy({ refuse: () => refusal('403 Forbidden') })).url,
        { port: await well() },
        { NO_PROXY: '10.0.0.0/8,127.0.0.0/8' },
      ),
    }),
    { near: ['proxy.denied'] },
  ),
  fault(
    'proxy.no-proxy',
    'an address in NO_PROXY for a host whose proxy is stopped',
    async () => through('http://127.0.0.1:1', { port: await well() }, { NO_PROXY: '127.0.0.1' }),
    { near: ['proxy.unreachable'] },
  ),
  fault(
    'proxy.denied',
    'a range of NO_PROXY for another address than that of the host',
    async () =>
      through(
        (await serveProxy({ refuse: () => refusal('403 Forbidden') })).url,
        { port: await well() },
        { NO_PROXY: '10.0.0.0/8' },
      ),
    { near: ['proxy.no-proxy'] },
  ),
  fine(['proxy.no-proxy'], 'a range of NO_PROXY for the address of a host that the proxy allows', async () =>
    through((await serveProxy()).url, { port: await well() }, { NO_PROXY: '127.0.0.0/8' }),
  ),
  fine(['proxy.no-proxy', 'proxy.denied'], 'a host whose name is in NO_PROXY, beside its range', async () =>
    through(
      (await serveProxy({ refuse: () => refusal('403 Forbidden') })).url,
      { port: await well() },
      { NO_PROXY: '127.0.0.0/8,far.hangar.test' },
    ),
  ),
  fault(
    'proxy.auth',
    'a proxy that redirects to its sign-in page',
    () =>
      ruled(
        { refuse: () => refusal('302 Found', 'Location: https://gateway.corp.test/auth?url=x\r\n') },
        { port: 443 },
      ),
    { near: ['proxy.denied'] },
  ),

  ...misspelledExceptions.map(({ situation, noProxy }) =>
    fault('proxy.no-proxy', situation, () => refusing({ NO_PROXY: noProxy }), { near: ['proxy.denied'] }),
  ),
  fine(['proxy.no-proxy', 'proxy.denied'], 'a domain with "*." in NO_PROXY', () =>
    refusing({ NO_PROXY: '*.hangar.test' }),
  ),
  fault(
    'proxy.denied',
    'NO_PROXY with the name of another host in quotes',
    () => refusing({ NO_PROXY: '"near.hangar.test"' }),
    {
      near: ['proxy.no-proxy'],
    },
  ),
  ...misspelledProxies.map(({ situation, of }) =>
    fault('proxy.setting', situation, async () => through(of((await serveProxy()).url), { port: await well() }), {
      near: ['proxy.unreachable', 'proxy.unsupported', 'proxy.denied'],
    }),
  ),

  fault(
    'proxy.unset',
    'a proxy that is set for HTTP alone, and a closed port',
    async () => ({
      row: { host: 'near.hangar.test', serverName: 'far.hangar.test', port: await well() },
      env: { HTTP_PROXY: (await serveProxy()).url },
      resolver: await unknownHere(),
    }),
    { near: ['dns.nxdomain', 'proxy.ignored'] },
  ),
  fault(
    'proxy.unset',
    'a proxy that is set for HTTP alone, and a name without an address',
    async () => ({
      row: { port: await well() },
      env: { http_proxy: (await serveProxy()).url },
      resolver: (await serveNames(() => [])).address,
    }),
    { near: ['dns.no-address'] },
  ),
  fine(['proxy.unset'], 'a proxy that is set for HTTP alone, and a direct connection', async () => ({
    row: { port: await well() },
    env: { HTTP_PROXY: (await serveProxy()).url },
  })),
  fault(
    'dns.nxdomain',
    'a proxy that is set for HTTP alone, and refuses the name',
    async () => ({
      row: { port: 443 },
      env: { HTTP_PROXY: (await serveProxy({ refuse: () => refusal('403 Forbidden') })).url },
      resolver: await unknownHere(),
    }),
    { near: ['proxy.unset'] },
  ),
]
