import type { Facts, ProxyFacts } from '../facts.ts'
import type { Target } from '../target.ts'
import { type Detector, detect, type Judgement, passed, skipped } from './detector.ts'
import { describeTls } from './tls.ts'

type Responded = Extract<ProxyFacts, { kind: 'responded' }>

const responded = (cause: Detector['cause'], sees: (proxy: Responded) => string | undefined): Detector => ({
  cause,
  match: ({ proxy }) => (proxy?.kind === 'responded' ? sees(proxy) : undefined),
})

type Refused = Extract<ProxyFacts, { kind: 'refused' }>
const refused = (cause: Detector['cause'], sees: (proxy: Refused) => string | undefined): Detector => ({
  cause,
  match: ({ proxy }) => (proxy?.kind === 'refused' ? sees(proxy) : undefined),
})

/** RFC 1928 §6. */
const socksDenied = 2
const replies: Readonly<Record<number, string>> = {
  1: 'general failure',
  2: 'connection not allowed by ruleset',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'TTL expired',
  7: 'command not supported',
  8: 'address type not supported',
}
const replied = ({ name, port, reply }: Refused): string =>
  `${name} answers the request for port ${port} with ${reply} (${replies[reply] ?? 'unknown'})`

const line = ({ name, port, response }: Responded): string => {
  const by = ['x-squid-error', 'server', 'via', 'proxy-agent']
    .map((header) => response.headers[header])
    .filter((value) => value !== undefined)
  return `${name} answers ${port === undefined ? 'the request' : `CONNECT to port ${port}`} with ${response.status} ${response.reason}${by.length === 0 ? '' : ` (${by.join(', ')})`}`
}

/** The proxy tried and did not get there: RFC 9110 §15.6; Squid names the reason. */
const upstreamErrors = /ERR_(?:CONNECT_FAIL|DNS_FAIL|READ_TIMEOUT|CANNOT_FORWARD|SECURE_CONNECT_FAIL)/
const isUpstream = ({ response }: Responded): boolean =>
  [502, 503, 504].includes(response.status) || upstreamErrors.test(response.headers['x-squid-error'] ?? '')

const proxyDetectors: readonly Detector[] = [
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
        ? `${proxy.name} ${proxy.sentCredentials ? 'did not accept the user and password of the proxy URL' : 'wants user and password'} (SOCKS 5)`
        : undefined,
  },
  refused('proxy.denied', (proxy) =>
    proxy.reply === socksDenied && proxy.port443 !== 'allowed' ? replied(proxy) : undefined,
  ),
  refused('proxy.port', (proxy) =>
    proxy.reply === socksDenied ? `${replied(proxy)}, and lets the same host pass on 443` : undefined,
  ),
  refused('proxy.upstream', replied),
  responded('proxy.auth', (proxy) => {
    if (proxy.response.status !== 407) return undefined
    const schemes = schemesOf(proxy.response.headers['proxy-authenticate'] ?? '')
    const usable = schemes.length === 0 || schemes.some((scheme) => /^basic$/i.test(scheme))
    return `${line(proxy)}; it offers ${schemes.join(', ') || 'no scheme'}${usable ? '' : ', none of which components in a cluster can do'}${proxy.sentCredentials ? ' and did not accept the user and password of the proxy URL' : ''}`
  }),
  responded('proxy.upstream', (proxy) => (isUpstream(proxy) ? line(proxy) : undefined)),
  responded('proxy.port', (proxy) =>
    proxy.port443 === 'allowed' ? `${line(proxy)}, and lets the same host pass on 443` : undefined,
  ),
  responded('proxy.denied', line),
]

const proxyWarnings: readonly Detector[] = [
  {
    cause: 'proxy.raw-tcp',
    match: ({ proxy }, target) =>
      proxy?.kind === 'open' && ['amqp1', 'amqp091'].includes(target.protocol)
        ? `${target.protocol} goes through ${proxy.name}`
        : undefined,
  },
]

/** The schemes that a 407 offers, each once. */
const schemesOf = (header: string): readonly string[] => [
  ...new Set([...header.matchAll(/(?:^|,)\s*([A-Za-z][A-Za-z0-9_-]*)(?=\s|,|$)/g)].map((match) => match[1] ?? '')),
]

export function judgeProxy(facts: Facts, target: Target): Judgement {
  const { proxy } = facts
  if (proxy === undefined) return skipped('not tried')
  if (proxy.kind === 'direct') return skipped(`direct: ${proxy.reason}`)
  const found = detect(proxyDetectors, facts, target)
  if (found !== undefined) return found
  const warning = detect(proxyWarnings, facts, target)
  const message = describeProxy(proxy)
  return warning === undefined ? passed(message) : { ...warning, message: `${message}; ${warning.message}` }
}

function describeProxy(proxy: ProxyFacts): string {
  if (proxy.kind !== 'open' && proxy.kind !== 'forwards') return ''
  const own = proxy.tls?.kind === 'established' ? `; its own: ${describeTls(proxy.tls)}` : ''
  return proxy.kind === 'open'
    ? `${proxy.name} opens a tunnel to port ${proxy.port}${own}`
    : `${proxy.name} is handed whole requests, as clients do without TLS${own}`
}

/** A proxy that is handed whole requests says no in the place of the destination. Undefined: it is the destination that answers. */
export function proxyRefusal({ proxy, identity }: Facts, target: Target): Judgement | undefined {
  if (proxy?.kind !== 'forwards' || identity?.kind !== 'http') return undefined
  const { name, sentCredentials } = proxy
  const { response } = identity
  const own = response.headers['x-squid-error'] ?? response.headers['proxy-status']
  if (response.status !== 407 && own === undefined) return undefined
  const responded: Facts = {
    proxy: { kind: 'responded', name, port: undefined, response, sentCredentials, port443: 'unknown' },
  }
  return detect(proxyDetectors, responded, target)
}
