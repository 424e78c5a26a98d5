import type { EndpointRow, Finding, Result } from '../../../preload/contract/connectivity.ts'
import { uniqueVantages } from '../../../preload/vantages.ts'
import { severityOf } from '../../../preload/verdicts.ts'
import { bareHost } from '../probe/addresses.ts'
import { type Cause, causeEntry, causes } from '../probe/causes.ts'
import { evidence } from '../probe/evidence.ts'

/** What findings need to know of an endpoint beside its results. */
type Row = Pick<EndpointRow, 'id' | 'host' | 'port' | 'serverName'>

/** Groups endpoints with related causes into one finding by a fact that they share. */
interface Rule {
  readonly causes: readonly Cause[]
  /** Results with the same key belong together; undefined: the rule does not apply. */
  readonly key: (result: Result, row: Row | undefined) => string | undefined
  readonly cause?: Cause
  readonly message: (key: string, count: number, all: boolean) => string
  /** Applies only if the hosts belong to different domains. */
  readonly unrelated?: true
}

const orUndefined = (text: string): string | undefined => (text === '' ? undefined : text)
const resolverOf = ({ facts }: Result): string | undefined => orUndefined(facts.resolver)
const proxyOf = ({ facts }: Result): string | undefined => orUndefined(facts.proxy)
const issuerOf = ({ facts }: Result): string | undefined => orUndefined(facts.issuer)

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
    causes: ['tls.intercepted', 'tls.inspected', 'tls.private-root', 'tls.untrusted', 'tls.incomplete-chain'],
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
    key: (_result, row) => (row === undefined ? undefined : String(row.port)),
    message: (port, count, all) => `${all ? 'All connections' : `${count} connections`} to port ${port} get no answer`,
  },
]

/** The registered domain of the name in the certificate, approximated by its last two labels. */
function domainOf(row: Row | undefined): string {
  const name = row?.serverName || bareHost(row?.host ?? '').replace(/\.$/, '')
  return name.split('.').slice(-2).join('.')
}

/** Whether anything was sent. */
const isProbed = ({ stages }: Result): boolean => stages.some(({ stage, at }) => stage !== 'config' && at !== '')

interface RankedFinding {
  readonly finding: Finding
  readonly rank: number
}

/**
 * Groups endpoints that fail for the same reason: one cause and its fix. The most severe and most specific come first. `table`
 * has the rows of the endpoints. Pure.
 */
export function findings(results: readonly Result[], table: readonly Row[]): Finding[] {
  const bad = results.filter(({ cause, verdict }) => cause !== '' && verdict !== 'pass' && verdict !== 'skipped')
  const rows = new Map(table.map((row) => [row.id, row]))
  const probed = results.filter(isProbed).length
  const explained = new Set<Result>()
  const open = (): readonly Result[] => bad.filter((result) => !explained.has(result))
  const ranked = rules.flatMap((rule) => {
    const groups = groupsOf(rule, open(), rows)
    for (const result of groups.flatMap((group) => group.results)) explained.add(result)
    return groups.map((group) => findingOfRule(rule, group, probed))
  })
  return [...ranked, ...sameCause(open())].sort((a, b) => b.rank - a.rank).map(({ finding }) => finding)
}

interface Group {
  readonly key: string
  readonly results: readonly Result[]
}

/** The groups to which a rule applies. */
function groupsOf(rule: Rule, results: readonly Result[], rows: ReadonlyMap<string, Row>): readonly Group[] {
  const rowOf = ({ endpoint }: Result): Row | undefined => rows.get(endpoint)
  const related = results.filter(({ cause }) => rule.causes.some((each) => each === cause))
  const groups = Map.groupBy(related, (result) => rule.key(result, rowOf(result)))
  return [...groups].flatMap(([key, members]) => {
    const domains = new Set(members.map((result) => domainOf(rowOf(result))))
    const applies = endpointsOf(members).length > 1 && (rule.unrelated !== true || domains.size > 1)
    return key !== undefined && applies ? [{ key, results: members }] : []
  })
}

function findingOfRule(rule: Rule, { key, results }: Group, probed: number): RankedFinding {
  const message = rule.message(key, endpointsOf(results).length, results.length === probed)
  return rankedFinding(rule.cause ?? mostFrequent(results), results, message, 1_000)
}

const endpointsOf = (results: readonly Result[]): string[] => [...new Set(results.map(({ endpoint }) => endpoint))]

/** Endpoints that share only their cause. */
function sameCause(results: readonly Result[]): readonly RankedFinding[] {
  const groups = Map.groupBy(results, ({ cause }) => cause)
  return [...groups].flatMap(([code, members]) => {
    const entry = causeEntry(code)
    const count = endpointsOf(members).length
    return count < 2 || entry === undefined
      ? []
      : [rankedFinding(code, members, `${count} endpoints: ${entry.meaning}`, 0)]
  })
}

function mostFrequent(results: readonly Result[]): string {
  const counts = Map.groupBy(results, ({ cause }) => cause)
  return [...counts].sort(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? ''
}

function rankedFinding(code: string, results: readonly Result[], message: string, specificity: number): RankedFinding {
  const finding: Finding = {
    cause: code,
    endpoints: endpointsOf(results),
    vantages: uniqueVantages(results.map(({ vantage }) => vantage)),
    hint: causes[code as Cause]?.hint ?? '', // callers pass a code of the table or of a result
    evidence: evidence(message),
  }
  const worst = Math.max(...results.map(({ verdict }) => severityOf(verdict)))
  return { finding, rank: worst * 100_000 + specificity * 10 + results.length }
}
