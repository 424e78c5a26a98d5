import { farAddress, noAddress } from '../../peers/network.ts'
import { name } from '../servers/serve.ts'
import { type Case, type EndpointFields, fault, fine, type Setup } from './case.ts'
import { coredns, network, nobody, standing } from './environment.ts'

const needs = ['network'] as const

const always = (rcode: string): readonly string[] => ['template ANY ANY {', `rcode ${rcode}`, '}']
/** Every name of the zone has this address. */
const wildcard = (address: string): readonly string[] => [
  'template IN A {',
  `answer "{{ .Name }} 5 IN A ${address}"`,
  '}',
  // It exists, and has no address of the other family.
  'template IN ANY {',
  'rcode NOERROR',
  '}',
]
const knows = (address: string): readonly string[] => ['hosts {', `${address} ${name}`, 'fallthrough', '}', ...nobody]

interface Zones {
  readonly zones: Readonly<Record<string, readonly string[]>>
  /** Lines of the component's /etc/resolv.conf beside the server itself. */
  readonly resolvConf?: readonly string[]
  readonly row?: EndpointFields
}

/** A network whose CoreDNS says so, and a good server for the component that gets there. */
const asked =
  ({ zones, resolvConf = [], row = { port: 443 } }: Zones) =>
  async (): Promise<Setup> => {
    const made = await network([`nameserver ${farAddress}`, ...resolvConf, ''].join('\n'))
    await Promise.all([standing(made), coredns(made, zones)])
    return { row, inside: made.near, resolver: 'system' }
  }
const search = ['search corp.test lab.test', 'options ndots:5']

/** CoreDNS as the DNS server of a network, asked as /etc/resolv.conf there says. */
export const names: readonly Case[] = [
  fine(['dns.nxdomain', 'dns.servfail'], 'a name that CoreDNS knows', asked({ zones: { '.': knows(farAddress) } }), {
    needs,
  }),
  fault('dns.nxdomain', 'a name that CoreDNS denies', asked({ zones: { '.': nobody } }), { needs }),
  fault(
    'dns.nxdomain',
    'a name that CoreDNS denies with every search domain too',
    asked({ zones: { '.': nobody }, resolvConf: search }),
    { needs, near: ['dns.search-capture'] },
  ),
  fault('dns.servfail', 'CoreDNS that fails', asked({ zones: { '.': always('SERVFAIL') } }), { needs }),
  fault('dns.servfail', 'CoreDNS that refuses', asked({ zones: { '.': always('REFUSED') } }), { needs }),
  fault('dns.servfail', 'CoreDNS that serves other zones alone', asked({ zones: { 'other.test': nobody } }), {
    needs,
    near: ['dns.nxdomain'],
  }),
  fault('dns.no-address', 'CoreDNS that knows the name and no address', asked({ zones: { '.': always('NOERROR') } }), {
    needs,
  }),
  fault(
    'dns.timeout',
    'CoreDNS that forwards to where nobody answers',
    async () => {
      const made = await network()
      await made.filter('router', 'udp dport 5300 drop')
      await Promise.all([
        standing(made),
        coredns(made, { '.': ['forward . 10.99.1.2:5300'] }),
        made.command('far', 'ip', 'route', 'replace', 'blackhole', '10.99.3.0/24'),
      ])
      return { row: { port: 443 }, inside: made.near, resolver: 'system' }
    },
    { needs },
  ),
  fault('dns.sinkhole', 'a filter that gives 0.0.0.0', asked({ zones: { '.': wildcard('0.0.0.0') } }), { needs }),
  fault(
    'dns.sinkhole',
    'a filter that gives the address of its vendor’s page',
    asked({ zones: { '.': knows('146.112.61.104') } }),
    { needs, near: ['tcp.unreachable'] },
  ),
  fault(
    'dns.sinkhole',
    'a filter that gives every name the address of its own page',
    asked({ zones: { '.': wildcard('203.0.113.9') } }),
    { needs, near: ['tcp.unreachable', 'tcp.timeout'] },
  ),
  fault(
    'dns.search-capture',
    'a wildcard in a search domain, whose machine is another one',
    asked({
      zones: { 'corp.test': wildcard(noAddress), '.': knows(farAddress) },
      resolvConf: search,
    }),
    { needs, near: ['tcp.unreachable', 'dns.split'] },
  ),
  fault(
    'dns.search-capture',
    'a wildcard in the second search domain, where something else answers',
    asked({
      zones: { 'corp.test': nobody, 'lab.test': wildcard('10.99.1.2'), '.': knows(farAddress) },
      resolvConf: search,
    }),
    { needs, near: ['tcp.refused'] },
  ),
  fine(
    ['dns.search-capture'],
    'a wildcard in a search domain that is tried after the name',
    asked({
      zones: { 'corp.test': wildcard(noAddress), '.': knows(farAddress) },
      resolvConf: ['search corp.test'],
    }),
    { needs },
  ),
  fine(
    ['dns.search-capture'],
    'a host with a dot at its end, whatever the search domains have',
    asked({
      zones: { 'corp.test': wildcard(noAddress), '.': knows(farAddress) },
      resolvConf: search,
      row: { host: `${name}.`, port: 443 },
    }),
    { needs },
  ),
  fine(
    ['dns.search-capture'],
    'a short name that a search domain is meant to complete',
    asked({
      zones: { 'hangar.test': knows(farAddress), '.': nobody },
      resolvConf: ['search hangar.test'],
      row: { host: 'far', port: 443, serverName: name },
    }),
    { needs },
  ),
  fault(
    'dns.split',
    'CoreDNS that gives the inside another address than its owner publishes',
    asked({
      zones: { '.': knows(farAddress) },
      row: { port: 443, addressRanges: ['203.0.113.0/24'] },
    }),
    { needs },
  ),
]
