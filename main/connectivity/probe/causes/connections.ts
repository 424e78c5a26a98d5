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
    hint: 'Check the port. If it is right, call whoever runs the far end: is the service up there? If they say so, call the network team: a firewall on the way rejects this source, destination and port.',
  },
  'tcp.timeout': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    fixedBy: 'network team',
    meaning: 'The connection was not answered: something on the way drops the packets.',
    toldApart: 'Silence for 4 s and three packets on every address. A refusal would be tcp.refused.',
    hint: 'Call the network team with source, destination and port of the evidence: a firewall that drops in silence is the usual reason, and this connection is to be allowed.',
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
    hint: 'Call the network team: which device resets connections to this destination (intrusion prevention)? If it is none of theirs, call whoever runs the far end: a load balancer without backends does the same.',
  },
  'tcp.unreachable': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    fixedBy: 'network team',
    meaning: 'There is no way to the address: no route here, or a router or filter says so.',
    toldApart: 'The system or an ICMP message denies the route; tcp.refused comes from the destination.',
    hint: 'Check the VPN and the local firewall of the machine named as vantage; then call the network team for the route to the address in the evidence.',
  },
  'local.sockets': {
    ...check,
    verdict: 'unknown',
    stage: 'tcp',
    fixedBy: 'you',
    meaning: 'This machine had no more sockets or files to open: nothing is known of the destination.',
    toldApart: 'The system refused to make the socket (EMFILE, ENOBUFS); nothing was sent.',
    hint: 'Raise the limit of open files of this machine (ulimit -n), or check fewer rows at once.',
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
    hint: 'Call the network team: IPv6 to this destination is to be allowed, or rejected instead of dropped. If the network has no IPv6, the DNS team can leave AAAA records out.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>
