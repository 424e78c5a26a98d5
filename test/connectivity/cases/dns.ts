import { serveNames, type Zone, zoneOf } from '../servers/dns.ts'
import { html, json, servePage } from '../servers/http.ts'
import { name } from '../servers/serve.ts'
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
  fine(['dns.servfail'], 'a DNS server with an error for IPv6 and an address for IPv4', async () =>
    under((_name, family) => (family === 4 ? here : { code: 2 }), { port: await well() }),
  ),
  fault('dns.timeout', 'a DNS server that does not respond', () => under(() => 'silence'), {
    near: ['dns.servfail', 'dns.unreachable', 'tcp.timeout'],
  }),
  fault('dns.timeout', 'a DNS server that does not respond for IPv4 and has no IPv6 address', () =>
    under((_name, family) => (family === 4 ? 'silence' : [])),
  ),
  fine(['dns.timeout'], 'a DNS server that does not respond for IPv6 and has an IPv4 address', async () =>
    under((_name, family) => (family === 4 ? here : 'silence'), { port: await well() }),
  ),
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
]
