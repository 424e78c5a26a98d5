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

/** Name servers of a few lines; CoreDNS and networks of their own are in `names.ts`. */
export const dns: readonly Case[] = [
  fault('dns.nxdomain', 'a name that the server denies', () => under(zoneOf({}), { host: 'nowhere.hangar.test' }), {
    near: ['dns.no-address', 'dns.timeout'],
  }),
  fault('dns.nxdomain', 'a name that is denied for one family, while the other is not answered', () =>
    under((_name, family) => (family === 4 ? { code: 3 } : 'silence')),
  ),
  fault('dns.no-address', 'a name with no address of either family', () => under(zoneOf({ [name]: [] })), {
    near: ['dns.nxdomain'],
  }),
  fault('dns.no-address', 'a server that knows every name and no address', () => under(() => [])),
  fine(['dns.no-address', 'dns.nxdomain'], 'a name with an address of one family alone', async () =>
    under(zoneOf({ [name]: here }), { port: await well() }),
  ),
  fault('dns.servfail', 'a server that could not find out', () => under(() => ({ code: 2 })), {
    near: ['dns.nxdomain', 'dns.timeout'],
  }),
  fault('dns.servfail', 'a server that will not say', () => under(() => ({ code: 5 }))),
  fine(['dns.servfail'], 'a server that errs about IPv6 and knows IPv4', async () =>
    under((_name, family) => (family === 4 ? here : { code: 2 }), { port: await well() }),
  ),
  fault('dns.timeout', 'a server that is silent', () => under(() => 'silence'), {
    near: ['dns.servfail', 'dns.unreachable', 'tcp.timeout'],
  }),
  fault('dns.timeout', 'a server that is silent about IPv4 and has no IPv6', () =>
    under((_name, family) => (family === 4 ? 'silence' : [])),
  ),
  fine(['dns.timeout'], 'a server that is silent about IPv6 and knows IPv4', async () =>
    under((_name, family) => (family === 4 ? here : 'silence'), { port: await well() }),
  ),
  fault('dns.unreachable', 'a server that is not there', async () => ({ row: {}, resolver: '127.0.0.1:1' }), {
    near: ['dns.timeout', 'tcp.refused'],
  }),
  fault('dns.unreachable', 'a server that the list gives no address of', async () => ({
    row: {},
    resolver: 'no address',
  })),
  fault('dns.sinkhole', 'a name that leads to no address', () => under(zoneOf({ [name]: ['0.0.0.0', '::'] }))),
  fault('dns.sinkhole', 'a name that leads to this machine, where nothing answers', () =>
    under(zoneOf({ [name]: here }), { port: 1 }),
  ),
  fine(['dns.sinkhole'], 'a name that leads to this machine, where the destination answers', async () =>
    under(zoneOf({ [name]: here }), { port: await well() }),
  ),
  fault(
    'tcp.refused',
    'an endpoint that gives an address of this machine itself, where nothing answers',
    async () => ({
      row: { host: '127.0.0.1', port: 1 },
    }),
    { near: ['dns.sinkhole', 'tcp.timeout', 'tcp.reset', 'tcp.unreachable'] },
  ),
  fault('tcp.refused', 'localhost, where nothing answers', async () => ({ row: { host: 'localhost', port: 1 } }), {
    near: ['dns.sinkhole'],
  }),
  fault('dns.split', 'an address outside of the range that the owner publishes', async () =>
    under(zoneOf({ [name]: here }), { port: await well(), addressRanges: ['203.0.113.0/24'] }),
  ),
  fault('dns.split', 'an address outside of several ranges of both families', async () =>
    under(zoneOf({ [name]: here }), { port: await well(), addressRanges: ['2001:db8::/32', '10.0.0.0/8'] }),
  ),
  fine(['dns.split'], 'an address within the range that the owner publishes', async () =>
    under(zoneOf({ [name]: here }), { port: await well(), addressRanges: ['127.0.0.0/8'] }),
  ),
  fault(
    'identity.block-page',
    'a page of someone else at an address outside of the range',
    async () =>
      under(zoneOf({ [name]: here }), {
        port: (await servePage(html('Hello'))).port,
        addressRanges: ['203.0.113.0/24'],
      }),
    { near: ['dns.split'] },
  ),
]
