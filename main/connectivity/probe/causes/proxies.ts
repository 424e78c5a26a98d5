import { type CauseEntry, check } from './entry.ts'

/** The proxy on the way. */
export const proxiesCauses = {
  'proxy.unreachable': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    fixedBy: 'proxy team',
    meaning: 'The proxy that the environment names could not be used: no name, no connection, or no HTTP proxy there.',
    toldApart: 'It failed before the proxy had said anything about the destination.',
    hint: 'Check HTTPS_PROXY: host, port, and whether its scheme is http or https. If it is right, call the proxy team: their proxy does not answer from here.',
  },
  'proxy.tls': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    fixedBy: 'proxy team',
    meaning:
      'The proxy itself is spoken to over TLS (https:// in its URL), and its own certificate is not good: not trusted, out of date, or for another name.',
    toldApart:
      'The certificate is the one of the proxy, before anything is said about the destination; that of the destination is a stage of its own. A proxy that speaks no TLS is proxy.unreachable. No user and password were sent.',
    hint: 'Call the proxy team about the certificate in the evidence: have it renewed, or its root added to what the component trusts.',
  },
  'proxy.unsupported': {
    ...check,
    verdict: 'unknown',
    stage: 'proxy',
    fixedBy: 'you',
    meaning: 'The proxy setting is one that Hangar does not speak (SOCKS 4), or no URL at all.',
    toldApart: 'Nothing was sent.',
    hint: 'Set HTTPS_PROXY to an http://, https:// or socks5:// URL, or test this row from a component.',
  },
  'proxy.auth': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    fixedBy: 'proxy team',
    meaning: 'The proxy wants to know who asks, or does not accept who does.',
    toldApart: 'It answers 407 and names its schemes. Components in a cluster can mostly do Basic alone.',
    hint: 'Call the proxy team to let this destination pass without a login, or for a user with Basic to put into the proxy URL; NTLM and Negotiate will not work for components.',
  },
  'proxy.denied': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    fixedBy: 'proxy team',
    meaning: 'The proxy refuses this destination.',
    toldApart:
      'It answers CONNECT with 403 or its like, and port 443 of the same host is refused too (else proxy.port).',
    hint: 'Call the proxy team to allow this host and port (CONNECT) from the source in the evidence.',
  },
  'proxy.port': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    fixedBy: 'proxy team',
    meaning: 'The proxy lets this host pass on port 443 and refuses the port of the row.',
    toldApart: 'CONNECT to the same host on 443 was not refused.',
    hint: 'Call the proxy team to add this port to those allowed for CONNECT (in Squid: SSL_ports).',
  },
  'proxy.upstream': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    fixedBy: 'proxy team',
    meaning: 'The proxy allows the destination and does not get there itself.',
    toldApart:
      'It answers CONNECT with 502, 503 or 504, or takes the request and is silent; a refusal is proxy.denied.',
    hint: 'Call the proxy team: why does the proxy not reach this host and port (its DNS, the firewall behind it)? What the destination is from here stands in the evidence.',
  },
  'proxy.ignored': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    fixedBy: 'network team',
    meaning:
      'This component does not use the proxy, its direct way is closed, and the proxy would have got there: a browser works, the component does not.',
    toldApart:
      'The direct connection failed and a CONNECT to the same place through the proxy of the environment was let through.',
    hint: 'Call the network team for a direct rule for this host and port: no proxy setting will help this component.',
  },
  'proxy.raw-tcp': {
    ...check,
    verdict: 'warn',
    stage: 'proxy',
    fixedBy: 'network team',
    meaning: 'The row passes, but through an HTTP proxy, which programs that speak plain AMQP seldom can use.',
    toldApart: 'The row is AMQP over TCP, its client profile honours the proxy, and the tunnel was used.',
    hint: 'If the component cannot use a proxy, set "proxy: none" in its client profile and check again; then the network team has to open the direct way.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>
