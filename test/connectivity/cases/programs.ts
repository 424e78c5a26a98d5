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

/** Through a Squid that knows the server. `more` names the ports of the endpoint. */
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
    'a Squid that lets everyone pass',
    squid({}),
    squids,
  ),
  fault('proxy.auth', 'a Squid that wants to know who asks', squid({ user }), { ...squids, near: ['proxy.denied'] }),
  fault('proxy.auth', 'a Squid that does not accept the password', squid({ user }, {}, 'petra:wrong@'), squids),
  fine(['proxy.auth'], 'a Squid that accepts user and password', squid({ user }, {}, 'petra:of-a-test@'), squids),
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
    'a Squid of 443 alone before a broker',
    squid({ ports: [443] }, { port: 5_671, protocol: 'amqp1' }),
    { ...squids, near: ['proxy.denied'] },
  ),
  fault('proxy.upstream', 'a Squid that the destination refuses', squid({}, { port: 1 }), {
    ...squids,
    near: ['proxy.denied', 'tcp.refused'],
  }),
  fault('proxy.upstream', 'a Squid that does not find the name', squid({}, { host: 'nowhere.hangar.test' }), {
    ...squids,
    near: ['dns.nxdomain'],
  }),
  fault(
    'proxy.ignored',
    'a component that ignores the Squid that would get there',
    async () => {
      const { row, env } = await squid({})()
      const port = Number(row.port)
      // Directly the name leads to where nothing listens.
      return { row: { port, clientProfile: { proxy: 'none' } }, env: env ?? {}, resolver: await elsewhere() }
    },
    squids,
  ),
]

async function elsewhere(): Promise<string> {
  return (await serveNames(zoneOf({ [name]: ['127.0.0.77'] }))).address
}

/** What a mitmproxy stands before, on its own port. */
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
  fault('tls.intercepted', 'a mitmproxy under its own name', behind({}), { ...boxes, near: ['tls.untrusted'] }),
  fault(
    'tls.intercepted',
    'a mitmproxy under a company’s name, that copies the names of the server',
    behind({ authority: corporate }),
    { ...boxes, near: ['tls.untrusted'] },
  ),
  fault(
    'tls.intercepted',
    'a mitmproxy under a company’s name, that does not look at the server’s certificate',
    behind({ authority: corporate, copiesNames: false }),
    boxes,
  ),
  fault(
    'tls.intercepted',
    'a mitmproxy whose authority the endpoint trusts, on an endpoint that does not bear inspection',
    behind({ authority: corporate }, { ...trusted, inspection: 'never' }),
    { ...boxes, near: ['tls.inspected'] },
  ),
  fault(
    'identity.block-page',
    'a mitmproxy before a page that blocks',
    behind(
      { authority: corporate },
      {},
      async () => (await servePage(html('This site is blocked by your organisation', 403))).port,
    ),
    boxes,
  ),
  fault(
    'identity.block-page',
    'a mitmproxy whose authority the endpoint trusts, before a server that is down',
    behind(
      { authority: corporate, copiesNames: false },
      trusted,
      async () => (await serve((socket) => void socket.destroy())).port,
    ),
    boxes,
  ),
]
