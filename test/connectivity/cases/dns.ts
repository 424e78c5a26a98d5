import { createServer } from 'node:net'
import { serveNames, type Zone, zoneOf } from '../servers/dns.ts'
import { html, json, servePage } from '../servers/http.ts'
import { listen, name } from '../servers/serve.ts'
import { type Case, fault, fine, type Setup } from './case.ts'

const well = async (): Promise<number> => (await servePage(json({}))).port
const under = async (zone: Zone, row: Setup['row'] = {}): Promise<Setup> => ({
  row,
  resolver: (await serveNames(zone)).address,
})
const here = ['127.0.0.1']

/** Small DNS servers; CoreDNS and separate networks are in `names.ts`. */
export const dns: readonly Case[] = [
  fault('dns.nxdomain', 'a name that does not exist', () => under(zoneOf({}), { host: 'missing.hangar.test' }), {
    near: ['dns.no-address', 'dns.timeout'],
  }),
  fault('dns.nxdomain', 'a name that does not exist for one family, without a response for the other', () =>
    under((_name, family) => (family === 4 ? { code: 3 } : 'silence')),
  ),
  fault('dns.no-address', 'a name without an address of either family', () => under(zoneOf({ [name]: [] })), {
    near: ['dns.nxdomain'],
  }),
  fault('dns.no-address', 'a DNS server that has every name and no address', () => under(() => [])),
  fine(['dns.no-address', 'dns.nxdomain'], 'a name with an address of one family only', async () =>
    under(zoneOf({ [name]: here }), { port: await well() }),
  ),
  fault('dns.servfail', 'a DNS server that answers SERVFAIL', () => under(() => ({ code: 2 })), {
    near: ['dns.nxdomain', 'dns.timeout'],
  }),
  fault('dns.servfail', 'a DNS server that answers REFUSED', () => under(() => ({ code: 5 }))),
  fault(
    'dns.one-family',
    'a DNS server with an error for IPv6 and an address for IPv4',
    async () => under((_name, family) => (family === 4 ? here : { code: 2 }), { port: await well() }),
    { near: ['dns.servfail'] },
  ),
  fault('dns.timeout', 'a DNS server that does not respond', () => under(() => 'silence'), {
    near: ['dns.servfail', 'dns.unreachable', 'tcp.timeout'],
  }),
  fault('dns.timeout', 'a DNS server that does not respond for IPv4 and has no IPv6 address', () =>
    under((_name, family) => (family === 4 ? 'silence' : [])),
  ),
  fault(
    'dns.one-family',
    'a DNS server that does not respond for IPv6 and has an IPv4 address',
    async () => under((_name, family) => (family === 4 ? here : 'silence'), { port: await well() }),
    { near: ['dns.timeout'] },
  ),
  fault('dns.alias', 'an alias of itself', () => under(() => ({ aliases: [name] })), { near: ['dns.servfail'] }),
  fault('dns.alias', 'two aliases of each other', () => under(() => ({ aliases: ['other.hangar.test', name] }))),
  fault('dns.unreachable', 'a DNS server that is not running', async () => ({ row: {}, resolver: '127.0.0.1:1' }), {
    near: ['dns.timeout', 'tcp.refused'],
  }),
  fault('dns.unreachable', 'a DNS server without an address in the list', async () => ({
    row: {},
    resolver: 'no address',
  })),
  fault('dns.sinkhole', 'a name with unspecified addresses', () => under(zoneOf({ [name]: ['0.0.0.0', '::'] }))),
  fault('dns.sinkhole', 'a name that resolves to this machine, where nothing listens', () =>
    under(zoneOf({ [name]: here }), { port: 1 }),
  ),
  fine(['dns.sinkhole'], 'a name that resolves to this machine, where the destination listens', async () =>
    under(zoneOf({ [name]: here }), { port: await well() }),
  ),
  fault(
    'tcp.refused',
    'an endpoint with an address of this machine, where nothing listens',
    async () => ({
      row: { host: '127.0.0.1', port: 1 },
    }),
    { near: ['dns.sinkhole', 'tcp.timeout', 'tcp.reset', 'tcp.unreachable'] },
  ),
  fault('tcp.refused', 'localhost, where nothing listens', async () => ({ row: { host: 'localhost', port: 1 } }), {
    near: ['dns.sinkhole'],
  }),
  fault('dns.split', 'an address outside the range that the owner publishes', async () =>
    under(zoneOf({ [name]: here }), { port: await well(), addressRanges: ['203.0.113.0/24'] }),
  ),
  fault('dns.split', 'an address outside several ranges of both families', async () =>
    under(zoneOf({ [name]: here }), { port: await well(), addressRanges: ['2001:db8::/32', '10.0.0.0/8'] }),
  ),
  fine(['dns.split'], 'an address within the range that the owner publishes', async () =>
    under(zoneOf({ [name]: here }), { port: await well(), addressRanges: ['127.0.0.0/8'] }),
  ),
  fault(
    'identity.block-page',
    'a foreign page at an address outside the range',
    async () =>
      under(zoneOf({ [name]: here }), {
        port: (await servePage(html('Hello'))).port,
        addressRanges: ['203.0.113.0/24'],
      }),
    { near: ['dns.split'] },
  ),

  fault(
    'dns.private-zone',
    'an Azure private endpoint whose private zone is not linked to this network',
    () =>
      under(zoneOf({ 'vault.hangar.test': { aliases: ['vault.privatelink.hangar.test'], code: 3 } }), {
        host: 'vault.hangar.test',
      }),
    { near: ['dns.nxdomain', 'dns.alias'] },
  ),
  fault(
    'dns.private-zone',
    'a private zone without a record for the private endpoint',
    () => under(zoneOf({ [name]: { aliases: ['far.privatelink.azurecr.io'] } })),
    { near: ['dns.no-address', 'dns.alias'] },
  ),
  fault(
    'dns.private-zone',
    'an AWS endpoint that exists only inside its VPC, behind an alias',
    () =>
      under(zoneOf({ [name]: { aliases: ['x.hangar.test', 'vpce-0a1b.svc.eu-west-1.vpce.amazonaws.com'], code: 3 } })),
    { near: ['dns.nxdomain'] },
  ),
  fine(['dns.private-zone', 'dns.alias'], 'a private endpoint whose private zone is linked', async () =>
    under(zoneOf({ [name]: { aliases: ['far.privatelink.azurecr.io'], addresses: here } }), { port: await well() }),
  ),
  fault(
    'dns.alias',
    'an alias of a name that was removed',
    () => under(zoneOf({ [name]: { aliases: ['old.balancer.test'], code: 3 } })),
    { near: ['dns.nxdomain', 'dns.private-zone'] },
  ),
  fault(
    'dns.alias',
    'an alias of an alias of a name without an address',
    () => under(zoneOf({ [name]: { aliases: ['edge.cdn.test', 'none.cdn.test'] } })),
    { near: ['dns.no-address'] },
  ),
  fault(
    'dns.alias',
    'a DNS server that does not follow the alias to another zone',
    () => under((asked) => (asked === name ? { aliases: ['elsewhere.test'] } : { code: 5 })),
    { near: ['dns.no-address', 'dns.servfail'] },
  ),
  fine(['dns.alias', 'dns.no-address'], 'an alias of an alias with an address', async () =>
    under(zoneOf({ [name]: { aliases: ['edge.cdn.test', 'pop.cdn.test'], addresses: here } }), { port: await well() }),
  ),
  fault(
    'dns.nxdomain',
    'a private name that does not exist at all',
    () => under(zoneOf({}), { host: 'vault.privatelink.hangar.test' }),
    { near: ['dns.private-zone', 'dns.alias'] },
  ),
  fault('dns.sinkhole', 'an alias of a name that a filter answers with 0.0.0.0', () =>
    under(zoneOf({ [name]: { aliases: ['tracker.test'], addresses: ['0.0.0.0', '::'] } })),
  ),

  fault(
    'dns.truncated',
    'an answer that needs TCP, which the network closes',
    () => under(zoneOf({ [name]: { overTcp: here } })),
    { near: ['dns.no-address', 'dns.servfail', 'dns.timeout'] },
  ),
  fault(
    'dns.truncated',
    'an answer that needs TCP for IPv4, and no IPv6 address',
    () => under((_name, family) => (family === 4 ? { overTcp: here } : [])),
    { near: ['dns.no-address'] },
  ),
  fault('dns.truncated', 'a DNS server that closes each connection over TCP', async () => {
    const names = await serveNames(zoneOf({ [name]: { overTcp: here } }))
    await listen(
      createServer((socket) => void socket.end()),
      '127.0.0.1',
      Number(names.address.split(':')[1]),
    )
    return { row: {}, resolver: names.address }
  }),
  fine(['dns.truncated'], 'an answer that needs TCP, over which it comes', async () => {
    const names = await serveNames(zoneOf({ [name]: { overTcp: here } }), { tcp: true })
    return { row: { port: await well() }, resolver: names.address }
  }),
  fine(['dns.truncated'], 'an answer that needs TCP for IPv6 only, which the network closes', async () =>
    under((_name, family) => (family === 4 ? here : { overTcp: ['::1'] }), { port: await well() }),
  ),

  fault(
    'dns.one-family',
    'a DNS server that denies the name for IPv6',
    async () => under((_name, family) => (family === 4 ? here : { code: 3 }), { port: await well() }),
    { near: ['dns.nxdomain'] },
  ),
  fault(
    'dns.one-family',
    'a filter that refuses every query for IPv6',
    async () => under((_name, family) => (family === 4 ? here : { code: 5 }), { port: await well() }),
    { near: ['dns.servfail'] },
  ),
  fault('dns.one-family', 'a load balancer that does not implement queries for IPv6', async () =>
    under((_name, family) => (family === 4 ? here : { code: 4 }), { port: await well() }),
  ),
  fine(['dns.one-family'], 'a name without IPv6, which the DNS server answers as such', async () =>
    under((_name, family) => (family === 4 ? here : []), { port: await well() }),
  ),
  fault(
    'identity.block-page',
    'a foreign page behind a DNS server that denies the name for IPv6',
    async () =>
      under((_name, family) => (family === 4 ? here : { code: 3 }), { port: (await servePage(html('Hello'))).port }),
    { near: ['dns.one-family'] },
  ),

  fault('dns.servfail', 'a DNS server that only names other servers', () => under(() => 'referral'), {
    near: ['dns.no-address'],
  }),
  fault('dns.servfail', 'a DNS server that cannot read the query', () => under(() => ({ code: 1 }))),
  fine(['dns.timeout'], 'a DNS server that answers only the second query', async () => {
    let queries = 0
    return under(
      (_name, family) => {
        queries += 1
        if (queries <= 2) return 'silence'
        return family === 4 ? here : []
      },
      { port: await well() },
    )
  }),
]
