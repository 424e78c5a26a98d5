import { type CauseEntry, check } from './entry.ts'

/** Whether a connection comes about. */
export const connectionsCauses = {
  'tcp.refused': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    fixedBy: 'far end',
    meaning: 'The address answers, and nothing listens on the port (or a firewall rejects in its name).',
    toldApart:
      'A reset came in answer to the first packet, at once. Silence is tcp.timeout, an ICMP refusal is tcp.unreachable.',
    hint: 'Check the port. If it is right, the service is down or a firewall on the way rejects: ask for this host and port to be opened.',
  },
  'tcp.timeout': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    fixedBy: 'network team',
    meaning: 'The connection was not answered: something on the way drops the packets.',
    toldApart: 'Silence for 4 s and three packets on every address. A refusal would be tcp.refused.',
    hint: 'Ask the network team to allow this source, destination and port; a firewall that drops in silence is the usual reason.',
  },
  'tcp.reset': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    fixedBy: 'network team',
    meaning:
      'The connection is made and cut before anything was said on it, or as soon as anything is said without TLS.',
    toldApart:
      'A second connection on which nothing is sent is cut too. If only the TLS hello is cut, it is tls.reset.',
    hint: 'Ask the network team for a device that resets connections to this destination (intrusion prevention, a load balancer without backends).',
  },
  'tcp.unreachable': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    fixedBy: 'network team',
    meaning: 'There is no way to the address: no route here, or a router or filter says so.',
    toldApart: 'The system or an ICMP message denies the route; tcp.refused comes from the destination.',
    hint: 'Check the route, the VPN and local firewall of the machine named as vantage.',
  },
  'local.sockets': {
    ...check,
    verdict: 'unknown',
    stage: 'tcp',
    fixedBy: 'you',
    meaning: 'This machine had no more sockets or files to open: nothing is known of the destination.',
    toldApart: 'The system refused to make the socket (EMFILE, ENOBUFS); nothing was sent.',
    hint: 'Raise the limit of open files (ulimit -n), or check fewer rows at once.',
  },
  'ipv6.black-hole': {
    ...check,
    verdict: 'warn',
    stage: 'tcp',
    fixedBy: 'network team',
    meaning:
      'The name has an IPv6 address that does not answer, while IPv4 does: programs that try IPv6 first lose seconds or fail.',
    toldApart:
      'IPv6 packets were sent and not answered. A machine without IPv6, or an IPv6 address that refuses, is not this.',
    hint: 'Ask for IPv6 to this destination to be allowed or rejected (not dropped), or for the AAAA record to go.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>
