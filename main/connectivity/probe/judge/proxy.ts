import type { Facts, HttpResponse, ProxyFacts } from '../facts.ts'
import type { Target } from '../target.ts'
import { type Detector, detect, type Judgement, passed, skipped } from './detector.ts'
import { describeTls } from './tls.ts'

type Responded = Extract<ProxyFacts, { kind: 'responded' }>
type Refused = Extract<ProxyFacts, { kind: 'refused' }>

/** A detector for proxies that answer the request with an HTTP response. */
const responded = (cause: Detector['cause'], match: (proxy: Responded) => string | undefined): Detector => ({
  cause,
  match: ({ proxy }) => (proxy?.kind === 'responded' ? match(proxy) : undefined),
})

/** A detector for SOCKS proxies that refuse the request. */
const refused = (cause: Detector['cause'], match: (proxy: Refused) => string | undefined): Detector => ({
  cause,
  match: ({ proxy }) => (proxy?.kind === 'refused' ? match(proxy) : undefined),
})

/** RFC 1928 §6. */
const socksDenied = 2
const socksReplies: Readonly<Record<number, string>> = {
  1: 'general failure',
  2: 'connection not allowed by ruleset',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'TTL expired',
  7: 'command not supported',
  8: 'address type not supported',
}
const describeReply = ({ name, port, reply }: Refused): string =>
  `${name} answers the request for port ${port} with ${reply} (${socksReplies[reply] ?? 'unknown'})`

const describeResponse = ({ name, port, response }: Responded): string => {
  const senders = ['x-squid-error', 'server', 'via', 'proxy-agent']
    .map((header) => response.headers[header])
    .filter((value) => value !== undefined)
  const request = port === undefined ? 'the request' : `CONNECT to port ${port}`
  const sender = senders.length === 0 ? '' : ` (${senders.join(', ')})`
  return `${name} answers ${request} with ${response.status} ${response.reason}${sender}`
}

/** The proxy could not reach the destination: RFC 9110 §15.6; Squid names the reason. */
const upstreamErrors = /ERR_(?:CONNECT_FAIL|DNS_FAIL|READ_TIMEOUT|CANNOT_FORWARD|SECURE_CONNECT_FAIL)/
const isUpstream = ({ response }: Responded): boolean =>
  [502, 503, 504].includes(response.status) || upstreamErrors.test(response.headers['x-squid-error'] ?? '')

/** The host that a redirect leads to; undefined without one. A proxy redirects CONNECT only to a page of its own. */
function signInHost({ status, headers }: HttpResponse): string | undefined {
  const location = headers.location ?? ''
  return status >= 300 && status < 400 && URL.canParse(location) ? new URL(location).host : undefined
}

const rejectedLogin = 'did not accept the user name and password of the proxy URL'

function describeAuthentication(proxy: Responded): string {
  const schemes = schemesOf(proxy.response.headers['proxy-authenticate'] ?? '')
  const isUsable = schemes.length === 0 || schemes.some((scheme) => /^basic$/i.test(scheme))
  const support = isUsable ? '' : ', none of which components in a cluster support'
  const rejection = proxy.sentCredentials ? ` and ${rejectedLogin}` : ''
  return `${describeResponse(proxy)}; it offers ${schemes.join(', ') || 'no scheme'}${support}${rejection}`
}

const proxyDetectors: readonly Detector[] = [
  { cause: 'proxy.setting', match: ({ proxy }) => (proxy?.kind === 'misspelled' ? proxy.reason : undefined) },
  { cause: 'proxy.unsupported', match: ({ proxy }) => (proxy?.kind === 'unusable' ? proxy.reason : undefined) },
  {
    cause: 'proxy.unreachable',
    match: ({ proxy }) => (proxy?.kind === 'unreachable' ? `${proxy.name}: ${proxy.detail}` : undefined),
  },
  {
    cause: 'proxy.upstream',
    match: ({ proxy }) => (proxy?.kind === 'timeout' ? `${proxy.name}: ${proxy.detail}` : undefined),
  },
  {
    cause: 'proxy.tls',
    match: ({ proxy }) => (proxy?.kind === 'bad-tls' ? `${proxy.name}: ${proxy.problem}` : undefined),
  },
  {
    cause: 'proxy.auth',
    match: ({ proxy }) =>
      proxy?.kind === 'refused-login'
        ? `${proxy.name} ${proxy.sentCredentials ? rejectedLogin : 'requires a user name and password'} (SOCKS 5)`
        : undefined,
  },
  refused('proxy.denied', (proxy) =>
    proxy.reply === socksDenied && proxy.port443 !== 'allowed' ? describeReply(proxy) : undefined,
  ),
  refused('proxy.port', (proxy) =>
    proxy.reply === socksDenied ? `${describeReply(proxy)}, and allows port 443 of the same host` : undefined,
  ),
  refused('proxy.upstream', describeReply),
  responded('proxy.auth', (proxy) => (proxy.response.status === 407 ? describeAuthentication(proxy) : undefined)),
  responded('proxy.auth', (proxy) => {
    const page = signInHost(proxy.response)
    return page === undefined ? undefined : `${describeResponse(proxy)}, a redirect to the sign-in page at ${page}`
  }),
  responded('proxy.upstream', (proxy) => (isUpstream(proxy) ? describeResponse(proxy) : undefined)),
  responded('proxy.port', (proxy) =>
    proxy.port443 === 'allowed' ? `${describeResponse(proxy)}, and allows port 443 of the same host` : undefined,
  ),
  responded('proxy.denied', describeResponse),
]

const proxyWarnings: readonly Detector[] = [
  {
    cause: 'proxy.raw-tcp',
    match: ({ proxy }, target) =>
      proxy?.kind === 'open' && ['amqp1', 'amqp091'].includes(target.protocol)
        ? `${target.protocol} uses ${proxy.name}`
        : undefined,
  },
]

/** The schemes that a 407 response offers, each once. */
const schemesOf = (header: string): readonly string[] => [
  ...new Set([...header.matchAll(/(?:^|,)\s*([A-Za-z][A-Za-z0-9_-]*)(?=\s|,|$)/g)].map((match) => match[1] ?? '')),
]

export function judgeProxy(facts: Facts, target: Target): Judgement {
  const { proxy } = facts
  if (proxy === undefined) return skipped('not tried')
  if (proxy.kind === 'direct') return skipped(`direct: ${proxy.reason}`)
  const failure = detect(proxyDetectors, facts, target)
  if (failure !== undefined) return failure
  const warning = detect(proxyWarnings, facts, target)
  const message = describeProxy(proxy)
  const judgement = warning === undefined ? passed(message) : { ...warning, message: `${message}; ${warning.message}` }
  return { ...judgement, details: describeProxyTls(proxy) }
}

function describeProxy(proxy: ProxyFacts): string {
  if (proxy.kind === 'open') return `${proxy.name} opens a tunnel to port ${proxy.port}`
  return proxy.kind === 'forwards' ? `${proxy.name} forwards the requests, without a tunnel` : ''
}

const describeProxyTls = (proxy: ProxyFacts): string =>
  (proxy.kind === 'open' || proxy.kind === 'forwards') && proxy.tls?.kind === 'established'
    ? `TLS with the proxy: ${describeTls(proxy.tls)}`
    : ''

/** The error of a forwarding proxy in place of the destination's response; undefined when the destination responded. */
export function proxyRefusal({ proxy, identity }: Facts, target: Target): Judgement | undefined {
  if (proxy?.kind !== 'forwards' || identity?.kind !== 'http') return undefined
  const { name, sentCredentials } = proxy
  const { response } = identity
  const proxyError = response.headers['x-squid-error'] ?? response.headers['proxy-status']
  if (response.status !== 407 && proxyError === undefined) return undefined
  const fromProxy: Facts = {
    proxy: { kind: 'responded', name, port: undefined, response, sentCredentials, port443: 'unknown' },
  }
  return detect(proxyDetectors, fromProxy, target)
}
