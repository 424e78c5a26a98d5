import { type CauseEntry, check } from './entry.ts'

/** Whether a TCP connection can be made. */
export const connectionsCauses = {
  'tcp.refused': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    owner: 'the service owner',
    meaning: 'The host refuses the connection: nothing listens on the port, or a firewall rejects it.',
    distinguishedBy:
      'A reset answered the first packet at once. No answer is tcp.timeout; an ICMP error is tcp.unreachable.',
    hint: 'Check the port. If it is right, ask the service owner whether the service is running. If it is, ask the network team for a firewall that rejects this source, destination and port.',
  },
  'tcp.timeout': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    owner: 'the network team',
    meaning: 'The connection attempt timed out: something on the network path drops the packets.',
    distinguishedBy: 'No address answered three packets within 4 s. A refusal is tcp.refused.',
    hint: 'Ask the network team to allow this connection, with the source, destination and port in the evidence. The usual reason is a firewall that drops packets.',
  },
  'tcp.reset': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    owner: 'the network team',
    meaning: 'The connection is reset before any data is sent, or at the first data on a connection without TLS.',
    distinguishedBy:
      'A second connection on which nothing is sent is reset too. A reset that only the TLS ClientHello triggers is tls.reset.',
    hint: 'Ask the network team which device resets connections to this destination (intrusion prevention). If none does, ask the service owner: a load balancer without backends resets connections too.',
  },
  'tcp.unreachable': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    owner: 'the network team',
    meaning: 'No route to host: this machine has no route, or a router or firewall reports the address as unreachable.',
    distinguishedBy: 'The operating system or an ICMP message reports it. A refusal by the destination is tcp.refused.',
    hint: 'Check the VPN and the local firewall of the vantage. Then ask the network team for a route to the address in the evidence.',
  },
  'local.sockets': {
    ...check,
    verdict: 'unknown',
    stage: 'tcp',
    owner: 'you',
    meaning: 'This machine ran out of sockets or file descriptors, so the destination was not checked.',
    distinguishedBy: 'The operating system refused to create a socket (EMFILE, ENOBUFS). Nothing was sent.',
    hint: 'Raise the limit of open files of this machine (ulimit -n), or check fewer endpoints at once.',
  },
  'local.starved': {
    ...check,
    verdict: 'unknown',
    stage: 'dns',
    owner: 'you',
    meaning:
      'This machine, or the pod of the probe, had too little processor time to wait for an answer, so a missing answer proves nothing.',
    distinguishedBy:
      'The probe’s own clock was late again and again during the stage, and no answer came. Time in which the probe did not run does not count for its time limits. A stage that was answered keeps its result.',
    hint: 'Check again when this machine is less busy, or check from fewer vantages at once. In a cluster, look for nodes whose processors are fully used.',
  },
  'ipv6.black-hole': {
    ...check,
    verdict: 'warn',
    stage: 'tcp',
    owner: 'the network team',
    meaning:
      'The IPv6 address of the name does not answer, while its IPv4 address does. Programs that try IPv6 first lose seconds or fail.',
    distinguishedBy:
      'IPv6 packets were sent and not answered. A machine without IPv6 and an IPv6 address that refuses are not reported.',
    hint: 'Ask the network team to allow IPv6 to this destination, or to reject it instead of dropping it. If the network has no IPv6, the DNS team can remove the AAAA records.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>
