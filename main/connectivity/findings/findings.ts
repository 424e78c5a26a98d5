import type { Finding } from '../../../preload/contract/connectivity.ts'
import { uniqueVantages } from '../../../preload/vantages.ts'
import { severityOf } from '../../../preload/verdicts.ts'
import { type Cause, causeEntry, causes } from '../probe/causes.ts'
import { evidence } from '../probe/evidence.ts'
import type { Observed } from '../run/observed.ts'

/** What makes rows of one cause the same story: a word that they share, and how the story is told. */
interface Rule {
  readonly causes: readonly Cause[]
  /** Rows with the same key belong together; undefined: this rule has nothing to say about the row. */
  readonly key: (observed: Observed) => string | undefined
  readonly cause?: Cause
  readonly tells: (key: string, count: number, everyRow: boolean) => string
  /** Further on than this, the story has to hold for rows of unrelated hosts. */
  readonly unrelated?: true
}

const filled = (text: string): string | undefined => (text === '' ? undefined : text)
const resolverOf = ({ result }: Observed): string | undefined => filled(result.facts.resolver)
const proxyOf = ({ result }: Observed): string | undefined => filled(result.facts.proxy)
const issuerOf = ({ result }: Observed): string | undefined => filled(result.facts.issuer)

/** The most telling first: a row is told of in the first story that it fits, and only there. */
const rules: readonly Rule[] = [
  {
    causes: ['dns.timeout', 'dns.unreachable', 'dns.servfail'],
    key: resolverOf,
    tells: (resolver, count, all) =>
      `${all ? 'All names' : `${count} names`} fail at the resolver ${resolver}: it is the resolver, not the hosts`,
  },
  {
    causes: ['proxy.unreachable'],
    key: proxyOf,
    tells: (proxy, count, all) =>
      `${all ? 'Every row' : `${count} rows`} would go through ${proxy}, which cannot be used`,
  },
  {
    causes: ['proxy.auth'],
    key: proxyOf,
    tells: (proxy, count) => `${proxy} wants to know who asks, for ${count} rows`,
  },
  {
    causes: ['proxy.denied', 'proxy.port'],
    key: proxyOf,
    tells: (proxy, count, all) => `${proxy} refuses ${all ? 'everything' : `${count} rows`}`,
  },
  {
    causes: ['proxy.upstream'],
    key: proxyOf,
    tells: (proxy, count) => `${proxy} does not get to ${count} destinations itself`,
  },
  {
    causes: ['tls.intercepted', 'tls.inspected', 'tls.private-root', 'tls.untrusted'],
    key: issuerOf,
    cause: 'tls.intercepted',
    unrelated: true,
    tells: (issuer, count) => `${count} connections to unrelated hosts are signed by ${issuer}: one box re-signs them`,
  },
  {
    causes: ['identity.captive-portal'],
    key: () => 'portal',
    tells: (_key, count) => `${count} rows meet a portal that wants someone to sign in`,
  },
  {
    causes: ['tcp.timeout'],
    key: ({ target }) => (target === undefined ? undefined : String(target.port)),
    tells: (port, count, all) =>
      `${all ? 'All connections' : `${count} connections`} to port ${port} are dropped in silence`,
  },
]

/** The part of a host that is registered, near enough to tell strangers from relatives. */
const family = (host: string): string => host.split('.').slice(-2).join('.')

interface Story {
  readonly finding: Finding
  readonly rank: number
}

/** What several rows together say: one cause, its rows, and what to do. Those that explain the most come first. Pure. */
export function findings(observed: readonly Observed[]): Finding[] {
  const bad = observed.filter(
    ({ result }) => result.cause !== '' && result.verdict !== 'pass' && result.verdict !== 'skipped',
  )
  const told = new Set<Observed>()
  const stories = [...rules.flatMap((rule) => tell(rule, bad, observed, told)), ...plainStories(bad, told)]
  return stories.sort((one, other) => other.rank - one.rank).map(({ finding }) => finding)
}

function tell(rule: Rule, bad: readonly Observed[], all: readonly Observed[], told: Set<Observed>): readonly Story[] {
  const groups = Map.groupBy(
    bad.filter(
      (one) => !told.has(one) && one.target !== undefined && rule.causes.some((cause) => cause === one.result.cause),
    ),
    rule.key,
  )
  return [...groups].flatMap(([key, rows]) => {
    const count = endpointsOf(rows).length
    if (key === undefined || count < 2) return []
    if (rule.unrelated === true && new Set(rows.map(hostFamily)).size < 2) return []
    for (const row of rows) told.add(row)
    const probed = all.filter(({ target }) => target !== undefined).length
    const cause = rule.cause ?? mostFrequent(rows)
    return [story(cause, rows, rule.tells(key, count, rows.length === probed), 1_000)]
  })
}

const hostFamily = ({ target }: Observed): string => family(target?.serverName ?? '')

const endpointsOf = (rows: readonly Observed[]): string[] => [...new Set(rows.map(({ result }) => result.endpoint))]

/** Rows that share a cause and nothing else that is known. */
function plainStories(bad: readonly Observed[], told: ReadonlySet<Observed>): readonly Story[] {
  const groups = Map.groupBy(
    bad.filter((one) => !told.has(one)),
    ({ result }) => result.cause,
  )
  return [...groups].flatMap(([code, rows]) => {
    const entry = causeEntry(code)
    const count = endpointsOf(rows).length
    return count < 2 || entry === undefined ? [] : [story(code, rows, `${count} rows: ${entry.meaning}`, 0)]
  })
}

function mostFrequent(rows: readonly Observed[]): string {
  const counts = Map.groupBy(rows, ({ result }) => result.cause)
  return [...counts].sort(([, one], [, other]) => other.length - one.length)[0]?.[0] ?? ''
}

function story(code: string, rows: readonly Observed[], says: string, specific: number): Story {
  const results = rows.map(({ result }) => result)
  const finding: Finding = {
    cause: code,
    endpoints: endpointsOf(rows),
    vantages: uniqueVantages(results.map(({ vantage }) => vantage)),
    hint: causes[code as Cause]?.hint ?? '', // the caller took the code from the table or from a result
    evidence: evidence(says),
  }
  const worst = Math.max(...results.map(({ verdict }) => severityOf(verdict)))
  return { finding, rank: worst * 100_000 + specific * 10 + rows.length }
}
