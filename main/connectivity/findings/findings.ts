import type { Finding } from '../../../preload/contract/connectivity.ts'
import { uniqueVantages } from '../../../preload/vantages.ts'
import { severityOf } from '../../../preload/verdicts.ts'
import { type Cause, causeEntry, causes } from '../probe/causes.ts'
import { evidence } from '../probe/evidence.ts'
import type { Observed } from '../run/observed.ts'

/** Groups endpoints with related causes into one finding by a fact that they share. */
interface Rule {
  readonly causes: readonly Cause[]
  /** Endpoints with the same key belong together; undefined: the rule does not apply. */
  readonly key: (observed: Observed) => string | undefined
  readonly cause?: Cause
  readonly message: (key: string, count: number, all: boolean) => string
  /** Applies only if the hosts belong to different domains. */
  readonly unrelated?: true
}

const orUndefined = (text: string): string | undefined => (text === '' ? undefined : text)
const resolverOf = ({ result }: Observed): string | undefined => orUndefined(result.facts.resolver)
const proxyOf = ({ result }: Observed): string | undefined => orUndefined(result.facts.proxy)
const issuerOf = ({ result }: Observed): string | undefined => orUndefined(result.facts.issuer)

/** The most specific first: each endpoint is in the finding of the first rule that applies, and in no other. */
const rules: readonly Rule[] = [
  {
    causes: ['dns.timeout', 'dns.unreachable', 'dns.servfail'],
    key: resolverOf,
    message: (resolver, count, all) =>
      `${all ? 'All names' : `${count} names`} fail at the DNS server ${resolver}: the cause is the DNS server, not the hosts`,
  },
  {
    causes: ['proxy.unreachable'],
    key: proxyOf,
    message: (proxy, count, all) =>
      `${all ? 'Every endpoint uses' : `${count} endpoints use`} ${proxy}, which is unusable`,
  },
  {
    causes: ['proxy.auth'],
    key: proxyOf,
    message: (proxy, count) => `${proxy} requires authentication for ${count} endpoints`,
  },
  {
    causes: ['proxy.denied', 'proxy.port'],
    key: proxyOf,
    message: (proxy, count, all) => `${proxy} refuses ${all ? 'every request' : `requests for ${count} endpoints`}`,
  },
  {
    causes: ['proxy.upstream'],
    key: proxyOf,
    message: (proxy, count) => `${proxy} cannot reach ${count} destinations itself`,
  },
  {
    causes: ['tls.intercepted', 'tls.inspected', 'tls.private-root', 'tls.untrusted'],
    key: issuerOf,
    cause: 'tls.intercepted',
    unrelated: true,
    message: (issuer, count) =>
      `${count} connections to unrelated hosts have certificates issued by ${issuer}: one device re-signs them`,
  },
  {
    causes: ['identity.captive-portal'],
    key: () => 'portal',
    message: (_key, count) => `${count} endpoints are redirected to a sign-in portal`,
  },
  {
    causes: ['tcp.timeout'],
    key: ({ target }) => (target === undefined ? undefined : String(target.port)),
    message: (port, count, all) => `${all ? 'All connections' : `${count} connections`} to port ${port} get no answer`,
  },
]

/** The registered domain of a host, approximated by its last two labels. */
const domainOf = (host: string): string => host.split('.').slice(-2).join('.')

interface RankedFinding {
  readonly finding: Finding
  readonly rank: number
}

/** Groups endpoints that fail for the same reason: one cause and its fix. The most severe and most specific come first. Pure. */
export function findings(observed: readonly Observed[]): Finding[] {
  const bad = observed.filter(
    ({ result }) => result.cause !== '' && result.verdict !== 'pass' && result.verdict !== 'skipped',
  )
  const explained = new Set<Observed>()
  const ranked = [...rules.flatMap((rule) => applyRule(rule, bad, observed, explained)), ...sameCause(bad, explained)]
  return ranked.sort((a, b) => b.rank - a.rank).map(({ finding }) => finding)
}

function applyRule(
  rule: Rule,
  bad: readonly Observed[],
  all: readonly Observed[],
  explained: Set<Observed>,
): readonly RankedFinding[] {
  const groups = Map.groupBy(
    bad.filter(
      (each) =>
        !explained.has(each) && each.target !== undefined && rule.causes.some((cause) => cause === each.result.cause),
    ),
    rule.key,
  )
  return [...groups].flatMap(([key, rows]) => {
    const count = endpointsOf(rows).length
    if (key === undefined || count < 2) return []
    if (rule.unrelated === true && new Set(rows.map(hostDomain)).size < 2) return []
    for (const row of rows) explained.add(row)
    const probed = all.filter(({ target }) => target !== undefined).length
    const cause = rule.cause ?? mostFrequent(rows)
    return [rankedFinding(cause, rows, rule.message(key, count, rows.length === probed), 1_000)]
  })
}

const hostDomain = ({ target }: Observed): string => domainOf(target?.serverName ?? '')

const endpointsOf = (rows: readonly Observed[]): string[] => [...new Set(rows.map(({ result }) => result.endpoint))]

/** Endpoints that share only their cause. */
function sameCause(bad: readonly Observed[], explained: ReadonlySet<Observed>): readonly RankedFinding[] {
  const groups = Map.groupBy(
    bad.filter((each) => !explained.has(each)),
    ({ result }) => result.cause,
  )
  return [...groups].flatMap(([code, rows]) => {
    const entry = causeEntry(code)
    const count = endpointsOf(rows).length
    return count < 2 || entry === undefined
      ? []
      : [rankedFinding(code, rows, `${count} endpoints: ${entry.meaning}`, 0)]
  })
}

function mostFrequent(rows: readonly Observed[]): string {
  const counts = Map.groupBy(rows, ({ result }) => result.cause)
  return [...counts].sort(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? ''
}

function rankedFinding(code: string, rows: readonly Observed[], message: string, specificity: number): RankedFinding {
  const results = rows.map(({ result }) => result)
  const finding: Finding = {
    cause: code,
    endpoints: endpointsOf(rows),
    vantages: uniqueVantages(results.map(({ vantage }) => vantage)),
    hint: causes[code as Cause]?.hint ?? '', // callers pass a code of the table or of a result
    evidence: evidence(message),
  }
  const worst = Math.max(...results.map(({ verdict }) => severityOf(verdict)))
  return { finding, rank: worst * 100_000 + specificity * 10 + rows.length }
}
