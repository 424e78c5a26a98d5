import { join } from 'node:path'
import { createAuthority } from '../../peers/authority.ts'
import { type MitmproxyOptions, startMitmproxy } from '../../peers/mitmproxy.ts'
import { type SquidOptions, startSquid } from '../../peers/squid.ts'
import { serveNames, zoneOf } from '../servers/dns.ts'
import { html, json, servePage } from '../servers/http.ts'
import { name, serve } from '../servers/serve.ts'
import { type Case, type EndpointFields, fault, fine, type Setup } from './case.ts'
import { folder, programs } from './environment.ts'

const well = async (): Promise<number> => (await servePage(json({}))).port

/** Through a Squid that resolves the server's name. `more` has the port of the endpoint. */
const squid =
  (options: Omit<SquidOptions, 'folder' | 'names'>, row: EndpointFields = {}, userinfo = '') =>
  async (): Promise<Setup> => {
    const port = await well()
    const given = { folder: join(await folder(), 'squid'), names: { [name]: '127.0.0.1' }, ...options }
    const url = await startSquid(given, programs())
    return { row: { port, ...row }, env: { HTTPS_PROXY: url.replace('//', `//${userinfo}`) } }
  }
const user = { name: 'petra', password: 'of-a-test' }
const squids = { needs: ['squid'] } as const

export const squidCases: readonly Case[] = [
  fine(
    ['proxy.auth', 'proxy.denied', 'proxy.port', 'proxy.upstream'],
    'a Squid without restrictions',
    squid({}),
    squids,
  ),
  fault('proxy.auth', 'a Squid that requires authentication', squid({ user }), { ...squids, near: ['proxy.denied'] }),
  fault('proxy.auth', 'a Squid that rejects the password', squid({ user }, {}, 'petra:wrong@'), squids),
  fine(['proxy.auth'], 'a Squid that accepts user name and password', squid({ user }, {}, 'petra:of-a-test@'), squids),
  fault('proxy.denied', 'a Squid that refuses the host', squid({ denied: [name] }, { port: 443 }), {
    ...squids,
    near: ['proxy.port', 'proxy.upstream'],
  }),
  fault(
    'proxy.denied',
    'a Squid that refuses the host on every port',
    squid({ denied: [name] }, { port: 5_671, protocol: 'amqp1' }),
    { ...squids, near: ['proxy.port'] },
  ),
  fault(
    'proxy.port',
    'a Squid that allows only port 443, and a broker',
    squid({ ports: [443] }, { port: 5_671, protocol: 'amqp1' }),
    { ...squids, near: ['proxy.denied'] },
  ),
  fault('proxy.upstream', 'a Squid with a refused connection to the destination', squid({}, { port: 1 }), {
    ...squids,
    near: ['proxy.denied', 'tcp.refused'],
  }),
  fault('proxy.upstream', 'a Squid that cannot resolve the name', squid({}, { host: 'missing.hangar.test' }), {
    ...squids,
    near: ['dns.nxdomain'],
  }),
  fault(
    'proxy.ignored',
    'a component that ignores a Squid that reaches the destination',
    async () => {
      const { row, env } = await squid({})()
      const port = Number(row.port)
      // Without the proxy, the name resolves to a machine where nothing listens.
      return { row: { port, clientProfile: { proxy: 'none' } }, env: env ?? {}, resolver: await elsewhere() }
    },
    squids,
  ),
]

async function elsewhere(): Promise<string> {
  return (await serveNames(zoneOf({ [name]: ['127.0.0.77'] }))).address
}

/** The server behind a mitmproxy, on its own port. */
const behind =
  (options: Omit<MitmproxyOptions, 'folder' | 'upstreamPort'>, row: EndpointFields = {}, far = well) =>
  async (): Promise<Setup> => {
    const given = { folder: join(await folder(), 'mitmproxy'), upstreamPort: await far(), ...options }
    return { row: { port: await startMitmproxy(given, programs()), ...row } }
  }
const corporate = createAuthority('Corporate Issuing CA 3')
const trusted = { clientProfile: { trust: { setting: corporate.certificate } } }
const boxes = { needs: ['mitmdump'] } as const

export const mitmproxyCases: readonly Case[] = [
  fault('tls.intercepted', 'a mitmproxy with its default authority', behind({}), { ...boxes, near: ['tls.untrusted'] }),
  fault(
    'tls.intercepted',
    'a mitmproxy with the authority of a company that copies the server’s names',
    behind({ authority: corporate }),
    { ...boxes, near: ['tls.untrusted'] },
  ),
  fault(
    'tls.intercepted',
    'a mitmproxy with the authority of a company that does not read the server’s certificate',
    behind({ authority: corporate, copiesNames: false }),
    boxes,
  ),
  fault(
    'tls.intercepted',
    'a trusted mitmproxy on an endpoint that does not permit inspection',
    behind({ authority: corporate }, { ...trusted, inspection: 'never' }),
    { ...boxes, near: ['tls.inspected'] },
  ),
  fault(
    'identity.block-page',
    'a mitmproxy in front of a block page',
    behind(
      { authority: corporate },
      {},
      async () => (await servePage(html('This site is blocked by your organisation', 403))).port,
    ),
    boxes,
  ),
  fault(
    'identity.block-page',
    'a trusted mitmproxy in front of a stopped server',
    behind(
      { authority: corporate, copiesNames: false },
      trusted,
      async () => (await serve((socket) => void socket.destroy())).port,
    ),
    boxes,
  ),
]
