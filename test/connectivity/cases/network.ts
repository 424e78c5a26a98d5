import { farAddress, farAddress6, type Network, noAddress } from '../../peers/network.ts'
import { name } from '../servers/serve.ts'
import { type Case, type EndpointFields, fault, fine, type Setup } from './case.ts'
import { byAddress, namesIn, network, standing } from './environment.ts'

const needs = ['network'] as const
const byName = ['network', 'coredns'] as const

/** A good server behind a router with these rules. */
const behind =
  (setUp: (network: Network) => Promise<unknown>, row: EndpointFields = byAddress()) =>
  async (): Promise<Setup> => {
    const made = await network()
    await Promise.all([standing(made), setUp(made)])
    return { row, inside: made.near, resolver: 'system' }
  }
const filtered = (...rules: readonly string[]): (() => Promise<Setup>) =>
  behind((made) => made.filter('router', ...rules))

/** The same, with a name that has addresses of both families. */
const named = (setUp: (network: Network) => Promise<unknown>) => async (): Promise<Setup> => {
  const made = await network()
  await Promise.all([standing(made), namesIn(made, { [name]: [farAddress, farAddress6] }), setUp(made)])
  return { row: { port: 443 }, inside: made.near, resolver: 'system' }
}

/** A link with a smaller MTU than both ends, with or without the ICMP message about it. */
const narrow = async (made: Network, expected: 'silent' | 'told'): Promise<void> => {
  await made.command('router', 'ip', 'link', 'set', 'near0', 'mtu', '600')
  if (expected === 'silent')
    await made.command(
      'router',
      'iptables',
      '-A',
      'OUTPUT',
      '-p',
      'icmp',
      '--icmp-type',
      'fragmentation-needed',
      '-j',
      'DROP',
    )
}

/** Rejects packets with a text, as a filter on names does. */
const onText = (made: Network, text: string): Promise<string> =>
  made.command(
    'router',
    'iptables',
    '-A',
    'FORWARD',
    '-p',
    'tcp',
    '-m',
    'string',
    '--algo',
    'bm',
    '--string',
    text,
    '-j',
    'REJECT',
    '--reject-with',
    'tcp-reset',
  )

/** A stateful firewall that handles a connection only from its first packet. */
const idle = (seconds: number, then: string) => async (): Promise<Setup> => {
  const made = await network()
  const settings = [`tcp_timeout_established=${seconds}`, 'tcp_loose=0'].map(
    (one) => `net.netfilter.nf_conntrack_${one}`,
  )
  await made.filter(
    'router',
    'ct state established,related accept',
    'tcp flags & (syn | ack) == syn ct state new accept',
    `tcp dport 443 ${then}`,
  )
  await Promise.all([standing(made), made.command('router', 'sysctl', '-qw', ...settings)])
  const row = { ...byAddress(), protocol: 'kubernetes' }
  return { row, inside: made.near, resolver: 'system', holdSeconds: 4 }
}

/** A router with nftables between the component and the server, all in separate network namespaces. */
export const networks: readonly Case[] = [
  fine(['tcp.timeout', 'tcp.unreachable', 'tcp.refused'], 'a router that forwards everything', filtered(), { needs }),
  fault('tcp.timeout', 'a firewall that drops', filtered('tcp dport 443 drop'), {
    needs,
    near: ['tcp.unreachable', 'tcp.refused'],
  }),
  fault('tcp.timeout', 'a firewall that drops only the responses', filtered('tcp sport 443 drop'), { needs }),
  fine(['tcp.timeout'], 'a firewall that drops another port', filtered('tcp dport 8443 drop'), { needs }),
  fine(
    ['tcp.timeout'],
    'a network that drops the first packet',
    filtered('tcp dport 443 tcp flags syn limit rate 1/hour burst 1 packets drop'),
    { needs },
  ),
  fault('tcp.refused', 'a firewall that rejects with a reset', filtered('tcp dport 443 reject with tcp reset'), {
    needs,
    near: ['tcp.unreachable', 'tcp.reset'],
  }),
  fault(
    'tcp.refused',
    'a closed port behind a router',
    behind(() => Promise.resolve(), { ...byAddress(), port: 444 }),
    { needs, near: ['tcp.timeout'] },
  ),
  fault(
    'tcp.unreachable',
    'a firewall that rejects as prohibited',
    filtered('tcp dport 443 reject with icmpx type admin-prohibited'),
    { needs, near: ['tcp.refused', 'tcp.timeout'] },
  ),
  fault(
    'tcp.unreachable',
    'a firewall that rejects as unreachable',
    filtered('tcp dport 443 reject with icmp type host-unreachable'),
    { needs },
  ),
  fault(
    'tcp.unreachable',
    'an address without a route',
    behind(() => Promise.resolve(), byAddress(noAddress)),
    { needs },
  ),
  fault(
    'tcp.timeout',
    'a firewall on this machine that drops',
    behind((made) => made.filter('near', 'tcp dport 443 drop')),
    { needs, near: ['tcp.unreachable'] },
  ),
  fine(
    ['tcp.unreachable'],
    'IPv6 without a route, beside working IPv4',
    named((made) => made.command('near', 'ip', '-6', 'route', 'flush', 'fd99:2::/64')),
    { needs: byName },
  ),
  fault(
    'ipv6.black-hole',
    'a firewall that drops IPv6',
    named((made) => made.filter('router', 'ip6 nexthdr tcp drop')),
    { needs: byName, near: ['tcp.timeout'] },
  ),
  fine(
    ['ipv6.black-hole'],
    'a firewall that rejects IPv6',
    named((made) => made.filter('router', 'meta nfproto ipv6 tcp dport 443 reject with icmpv6 type admin-prohibited')),
    { needs: byName },
  ),
  fine(
    ['tcp.timeout', 'ipv6.black-hole'],
    'a firewall that drops IPv4, beside working IPv6',
    named((made) => made.filter('router', 'ip protocol tcp drop')),
    { needs: byName },
  ),
  fault(
    'tls.reset',
    'a firewall that resets on the TLS hello',
    filtered('tcp dport 443 @ih,0,8 0x16 reject with tcp reset'),
    { needs, near: ['tcp.reset', 'tcp.refused'] },
  ),
  fault(
    'tls.sni-filter',
    'a firewall that resets on the name in the TLS hello',
    behind((made) => onText(made, name)),
    { needs },
  ),
  fine(
    ['tls.reset', 'tls.sni-filter'],
    'a firewall that resets on another name in the TLS hello',
    behind((made) => onText(made, 'other.hangar.test')),
    { needs },
  ),
  fault('tls.stalled', 'a firewall that drops the TLS hello', filtered('tcp dport 443 @ih,0,8 0x16 drop'), {
    needs,
    near: ['mtu.black-hole', 'tcp.timeout'],
  }),
  fault(
    'mtu.black-hole',
    'a small MTU, with the ICMP message about it dropped',
    behind((made) => narrow(made, 'silent')),
    { needs, near: ['tls.stalled'] },
  ),
  fault(
    'mtu.black-hole',
    'a firewall that drops large packets on the path back',
    filtered('tcp sport 443 meta length > 700 drop'),
    { needs },
  ),
  fine(
    ['mtu.black-hole', 'tls.stalled'],
    'a small MTU, with the ICMP message about it delivered',
    behind((made) => narrow(made, 'told')),
    { needs },
  ),
  fault(
    'flaky',
    'a load balancer with every second backend down',
    filtered('tcp dport 443 ct state new numgen inc mod 2 0 reject with tcp reset'),
    { needs, near: ['tcp.refused'] },
  ),
  fault(
    'dns.timeout',
    'a firewall that drops DNS',
    behind((made) => made.filter('router', 'udp dport 53 drop'), { port: 443 }),
    { needs, near: ['dns.unreachable'] },
  ),
  fault(
    'dns.unreachable',
    'a stopped DNS server on a running machine',
    behind(() => Promise.resolve(), { port: 443 }),
    { needs, near: ['dns.timeout'] },
  ),

  fault(
    'idle.cut',
    'a firewall that forgets a connection after two idle seconds, then drops its packets',
    idle(2, 'drop'),
    { needs },
  ),
  fault(
    'idle.cut',
    'a firewall that forgets a connection after two idle seconds, then resets it',
    idle(2, 'reject with tcp reset'),
    { needs, near: ['flaky', 'tcp.reset'] },
  ),
  fine(['idle.cut'], 'a firewall that forgets a connection after an idle minute', idle(60, 'drop'), { needs }),
  fault(
    'mtu.black-hole',
    'a firewall that drops large packets on the path to the server',
    async () => {
      const made = await network()
      await Promise.all([standing(made), made.filter('router', 'tcp dport 443 meta length > 1200 drop')])
      return { row: byAddress(), inside: made.near, resolver: 'system', holdSeconds: 1 }
    },
    { needs, near: ['identity.silent'] },
  ),
  fine(
    ['mtu.black-hole'],
    'a network that forwards large packets in both directions',
    async () => {
      const made = await network()
      await standing(made)
      return { row: byAddress(), inside: made.near, resolver: 'system', holdSeconds: 1 }
    },
    { needs },
  ),
]
