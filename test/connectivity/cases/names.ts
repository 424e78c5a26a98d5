import { farAddress, noAddress } from '../../peers/network.ts'
import { name } from '../servers/serve.ts'
import { type Case, type EndpointFields, fault, fine, type Setup } from './case.ts'
import { coredns, network, nobody, standing } from './environment.ts'

const needs = ['network', 'coredns'] as const

const always = (rcode: string): readonly string[] => ['template ANY ANY {', `rcode ${rcode}`, '}']
/** Every name of the zone has this address. */
const wildcard = (address: string): readonly string[] => [
  'template IN A {',
  `answer "{{ .Name }} 5 IN A ${address}"`,
  '}',
  // The name exists, without an address of the other family.
  'template IN ANY {',
  'rcode NOERROR',
  '}',
]
const knows = (address: string): readonly string[] => ['hosts {', `${address} ${name}`, 'fallthrough', '}', ...nobody]

interface Zones {
  readonly zones: Readonly<Record<string, readonly string[]>>
  /** Lines of the component's /etc/resolv.conf besides the server. */
  readonly resolvConf?: readonly string[]
  readonly row?: EndpointFields
}

/** A network with such a CoreDNS, and a good server for a component that reaches it. */
const asked =
  ({ zones, resolvConf = [], row = { port: 443 } }: Zones) =>
  async (): Promise<Setup> => {
    const made = await network([`nameserver ${farAddress}`, ...resolvConf, ''].join('\n'))
    await Promise.all([standing(made), coredns(made, zones)])
    return { row, inside: made.near, resolver: 'system' }
  }
const search = ['search corp.test lab.test', 'options ndots:5']

/** CoreDNS as the DNS server of a network, queried through its /etc/resolv.conf. */
export const names: readonly Case[] = [
  fine(['dns.nxdomain', 'dns.servfail'], 'a name that CoreDNS has', asked({ zones: { '.': knows(farAddress) } }), {
    needs,
  }),
  fault('dns.nxdomain', 'a name that CoreDNS denies', asked({ zones: { '.': nobody } }), { needs }),
  fault(
    'dns.nxdomain',
    'a name that CoreDNS denies, also with every search domain',
    asked({ zones: { '.': nobody }, resolvConf: search }),
    { needs, near: ['dns.search-capture'] },
  ),
  fault('dns.servfail', 'CoreDNS that answers SERVFAIL', asked({ zones: { '.': always('SERVFAIL') } }), { needs }),
  fault('dns.servfail', 'CoreDNS that answers REFUSED', asked({ zones: { '.': always('REFUSED') } }), { needs }),
  fault('dns.servfail', 'CoreDNS that serves only other zones', asked({ zones: { 'other.test': nobody } }), {
    needs,
    near: ['dns.nxdomain'],
  }),
  fault('dns.no-address', 'CoreDNS that has the name and no address', asked({ zones: { '.': always('NOERROR') } }), {
    needs,
  }),
  fault(
    'dns.timeout',
    'CoreDNS that forwards to a server that does not respond',
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
  fault('dns.sinkhole', 'a filter that answers 0.0.0.0', asked({ zones: { '.': wildcard('0.0.0.0') } }), { needs }),
  fault(
    'dns.sinkhole',
    'a filter that answers the address of its vendor’s page',
    asked({ zones: { '.': knows('146.112.61.104') } }),
    { needs, near: ['tcp.unreachable'] },
  ),
  fault(
    'dns.sinkhole',
    'a filter that answers the address of its page for every name',
    asked({ zones: { '.': wildcard('203.0.113.9') } }),
    { needs, near: ['tcp.unreachable', 'tcp.timeout'] },
  ),
  fault(
    'dns.search-capture',
    'a wildcard in a search domain that resolves to another machine',
    asked({
      zones: { 'corp.test': wildcard(noAddress), '.': knows(farAddress) },
      resolvConf: search,
    }),
    { needs, near: ['tcp.unreachable', 'dns.split'] },
  ),
  fault(
    'dns.search-capture',
    'a wildcard in the second search domain that resolves to another service',
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
    'a host that ends with a dot, with wildcards in the search domains',
    asked({
      zones: { 'corp.test': wildcard(noAddress), '.': knows(farAddress) },
      resolvConf: search,
      row: { host: `${name}.`, port: 443 },
    }),
    { needs },
  ),
  fine(
    ['dns.search-capture'],
    'a short name that a search domain completes',
    asked({
      zones: { 'hangar.test': knows(farAddress), '.': nobody },
      resolvConf: ['search hangar.test'],
      row: { host: 'far', port: 443, serverName: name },
    }),
    { needs },
  ),
  fault(
    'dns.split',
    'CoreDNS with an internal address that differs from the published one',
    asked({
      zones: { '.': knows(farAddress) },
      row: { port: 443, addressRanges: ['203.0.113.0/24'] },
    }),
    { needs },
  ),

  fault(
    'dns.search-failure',
    'a search domain that the DNS server answers with SERVFAIL, before the name',
    asked({
      zones: { 'corp.test': always('SERVFAIL'), '.': knows(farAddress) },
      resolvConf: ['search corp.test', 'options ndots:5'],
    }),
    { needs, near: ['dns.search-capture', 'dns.servfail'] },
  ),
  fault(
    'dns.search-failure',
    'the second search domain, which the DNS server refuses, before the name',
    asked({
      zones: { 'corp.test': nobody, 'lab.test': always('REFUSED'), '.': knows(farAddress) },
      resolvConf: search,
    }),
    { needs, near: ['dns.servfail'] },
  ),
  fine(
    ['dns.search-failure'],
    'a search domain that fails and is tried after the name',
    asked({ zones: { 'corp.test': always('SERVFAIL'), '.': knows(farAddress) }, resolvConf: ['search corp.test'] }),
    { needs },
  ),
  fault(
    'dns.servfail',
    'a name that fails, with search domains that deny it',
    asked({
      zones: { 'corp.test': nobody, 'lab.test': nobody, '.': always('SERVFAIL') },
      resolvConf: ['search corp.test lab.test'],
    }),
    { needs, near: ['dns.nxdomain', 'dns.search-failure'] },
  ),
  fault(
    'dns.search-capture',
    'a wildcard in the search domain of the last of two search lines',
    asked({
      zones: { 'corp.test': wildcard(noAddress), '.': knows(farAddress) },
      resolvConf: ['search lab.test', 'search corp.test', 'options ndots:5'],
    }),
    { needs },
  ),
]
