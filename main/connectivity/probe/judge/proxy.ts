import type { Facts, ProxyFacts } from '../facts.ts'
import type { Target } from '../target.ts'
import { type Detector, detect, type Judgement, notDone, plainPass } from './detector.ts'

type Answered = Extract<ProxyFacts, { kind: 'answered' }>

const answered = (cause: Detector['cause'], sees: (proxy: Answered) => string | undefined): Detector => ({
  cause,
  sees: ({ proxy }) => (proxy?.kind === 'answered' ? sees(proxy) : undefined),
})

const line = ({ name, port, answer }: Answered): string => {
  const by = ['x-squid-error', 'server', 'via', 'proxy-agent']
    .map((header) => answer.headers[header])
    .filter((value) => value !== undefined)
  return `${name} answers CONNECT to port ${port} with ${answer.status} ${answer.reason}${by.length === 0 ? '' : ` (${by.join(', ')})`}`
}

/** The proxy tried and did not get there: RFC 9110 §15.6; Squid names the reason. */
const upstreamErrors = /ERR_(?:CONNECT_FAIL|DNS_FAIL|READ_TIMEOUT|CANNOT_FORWARD|SECURE_CONNECT_FAIL)/
const isUpstream = ({ answer }: Answered): boolean =>
  [502, 503, 504].includes(answer.status) || upstreamErrors.test(answer.headers['x-squid-error'] ?? '')

const proxyDetectors: readonly Detector[] = [
  { cause: 'proxy.unsupported', sees: ({ proxy }) => (proxy?.kind === 'unusable' ? proxy.why : undefined) },
  {
    cause: 'proxy.unreachable',
    sees: ({ proxy }) => (proxy?.kind === 'unreachable' ? `${proxy.name}: ${proxy.detail}` : undefined),
  },
  {
    cause: 'proxy.upstream',
    sees: ({ proxy }) => (proxy?.kind === 'silent' ? `${proxy.name}: ${proxy.detail}` : undefined),
  },
  answered('proxy.auth', (proxy) => {
    if (proxy.answer.status !== 407) return undefined
    const schemes = schemesOf(proxy.answer.headers['proxy-authenticate'] ?? '')
    return `${line(proxy)}; it offers ${schemes.join(', ') || 'no scheme'}${proxy.sentCredentials ? ' and did not accept the user and password of the proxy URL' : ''}`
  }),
  answered('proxy.upstream', (proxy) => (isUpstream(proxy) ? line(proxy) : undefined)),
  answered('proxy.port', (proxy) =>
    proxy.port443 === 'allowed' ? `${line(proxy)}, and lets the same host pass on 443` : undefined,
  ),
  answered('proxy.denied', line),
]

const proxyWarnings: readonly Detector[] = [
  {
    cause: 'proxy.raw-tcp',
    sees: ({ proxy }, target) =>
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
  if (proxy === undefined) return notDone('not tried')
  if (proxy.kind === 'direct') return notDone(`direct: ${proxy.why}`)
  const found = detect(proxyDetectors, facts, target)
  if (found !== undefined) return found
  const warning = detect(proxyWarnings, facts, target)
  const says = proxy.kind === 'open' ? `${proxy.name} opens a tunnel to port ${proxy.port}` : ''
  return warning === undefined ? plainPass(says) : { ...warning, says: `${says}; ${warning.says}` }
}
