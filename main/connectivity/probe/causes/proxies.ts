import { type CauseEntry, check } from './entry.ts'

/** The proxy between the component and the destination. */
export const proxiesCauses = {
  'proxy.unreachable': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    owner: 'the proxy team',
    meaning:
      'The configured proxy cannot be used: its name does not resolve, it does not accept connections, or it is no HTTP proxy.',
    distinguishedBy: 'It failed before the proxy answered the request for the destination.',
    hint: 'Check host, port and scheme (http or https) of HTTPS_PROXY. If they are right, ask the proxy team why the proxy does not answer from here.',
  },
  'proxy.tls': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    owner: 'the proxy team',
    meaning:
      'The proxy is used over TLS (https:// in its URL), and its own certificate is not valid: not trusted, out of date, or for another name.',
    distinguishedBy:
      'The certificate is the proxy’s, presented before the destination is requested. A proxy without TLS is proxy.unreachable. No user name or password was sent.',
    hint: 'Ask the proxy team to renew the certificate in the evidence, or add its root to what the component trusts.',
  },
  'proxy.setting': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    owner: 'you',
    meaning: 'The proxy setting is misspelled: programs reject it, or take it for another proxy.',
    distinguishedBy:
      'Nothing was sent. The evidence names the character or part, never the setting itself. A kind of proxy that Hangar does not support is proxy.unsupported.',
    hint: 'Correct HTTPS_PROXY (or HTTP_PROXY) as the evidence describes: scheme://USER:PASSWORD@HOST:PORT without quotes, special characters of user name and password percent-encoded.',
  },
  'proxy.no-proxy': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    owner: 'you',
    meaning:
      'The proxy fails, and NO_PROXY means the host in a form that does not apply to it: as an address or a range for a host written as a name, or misspelled.',
    distinguishedBy:
      'An address that the host resolves to is in NO_PROXY and its name is not, or an entry has the name with another separator than a comma, quotes, a scheme, another port or a "*". Go, curl and most programs compare entries with what is written in the URL, without resolving names.',
    hint: 'Add the name of the host, or its domain with a leading dot for its subdomains, to NO_PROXY of the component, separated by commas. The evidence has the result without the proxy.',
  },
  'proxy.unsupported': {
    ...check,
    verdict: 'unknown',
    stage: 'proxy',
    owner: 'you',
    meaning: 'Hangar does not support the configured proxy (SOCKS 4), or the setting is not a URL.',
    distinguishedBy: 'Nothing was sent.',
    hint: 'Set HTTPS_PROXY to an http://, https:// or socks5:// URL, or check this endpoint from a component.',
  },
  'proxy.auth': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    owner: 'the proxy team',
    meaning: 'The proxy requires authentication, or rejects the given user name and password.',
    distinguishedBy:
      'It answers 407 and names its schemes, or redirects to a sign-in page. Most components in a cluster support Basic only.',
    hint: 'Ask the proxy team to allow this destination without authentication, or for a Basic user to put into the proxy URL. NTLM and Negotiate do not work for components.',
  },
  'proxy.denied': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    owner: 'the proxy team',
    meaning: 'The proxy denies this destination.',
    distinguishedBy:
      'It answers CONNECT with 403 or similar, and denies port 443 of the same host too (else proxy.port).',
    hint: 'Ask the proxy team to allow CONNECT to this host and port from the source in the evidence.',
  },
  'proxy.port': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    owner: 'the proxy team',
    meaning: 'The proxy allows this host on port 443 and denies the port of the endpoint.',
    distinguishedBy: 'CONNECT to the same host on port 443 was not denied.',
    hint: 'Ask the proxy team to allow CONNECT to this port (in Squid: SSL_ports).',
  },
  'proxy.upstream': {
    ...check,
    verdict: 'fail',
    stage: 'proxy',
    owner: 'the proxy team',
    meaning: 'The proxy allows the destination and cannot reach it.',
    distinguishedBy:
      'It answers CONNECT with 502, 503 or 504, or accepts the request and never responds. A denial is proxy.denied.',
    hint: 'Ask the proxy team why the proxy cannot reach this host and port (its DNS, the firewall behind it). The evidence has the result without the proxy.',
  },
  'proxy.ignored': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    owner: 'the network team',
    meaning:
      'This component ignores proxy settings, and its direct connection fails. The proxy would reach the destination, so a browser works and the component does not.',
    distinguishedBy:
      'The direct connection failed, and the proxy of the environment accepted a CONNECT to the same destination.',
    hint: 'Ask the network team to allow a direct connection to this host and port. No proxy setting helps this component.',
  },
  'proxy.unset': {
    ...check,
    verdict: 'fail',
    stage: 'tcp',
    owner: 'you',
    meaning:
      'HTTP_PROXY is set and HTTPS_PROXY is not, so the component connects directly, which fails. The proxy of HTTP_PROXY would reach the destination.',
    distinguishedBy:
      'The endpoint uses TLS, the direct connection failed, and the proxy of HTTP_PROXY accepted a CONNECT to the same destination. A component that ignores all proxy settings is proxy.ignored.',
    hint: 'Set HTTPS_PROXY of the component to the same proxy (usually with http:// too), and NO_PROXY for what is inside the cluster.',
  },
  'proxy.raw-tcp': {
    ...check,
    verdict: 'warn',
    stage: 'proxy',
    owner: 'the network team',
    meaning: 'The endpoint passes through an HTTP proxy, which few AMQP clients support.',
    distinguishedBy: 'The endpoint is AMQP over TCP, its client profile honours the proxy, and the tunnel was used.',
    hint: 'If the component cannot use a proxy, set "proxy: none" in its client profile and check again. Then ask the network team to allow a direct connection.',
  },
} as const satisfies Readonly<Record<string, CauseEntry>>
