import type { Finding, Result, Vantage } from '../../../preload/contract/connectivity.ts'
import { type Difference, differencesOf } from '../../../preload/differences.ts'
import { uniqueVantages, vantageInSentence, vantageKey } from '../../../preload/vantages.ts'
import { addressKind } from '../probe/addresses.ts'
import { type Cause, causes } from '../probe/causes.ts'
import { evidence } from '../probe/evidence.ts'

/** Conclusive results of one endpoint, with the differences between their vantages. */
interface Compared {
  readonly results: readonly Result[]
  readonly differences: readonly Difference[]
}

/** Differences between vantages that indicate a problem; preload/differences.ts defines them, also for the screen. Pure. */
export function acrossVantages(results: readonly Result[]): Finding[] {
  const conclusive = results.filter(({ verdict }) => verdict === 'pass' || verdict === 'warn' || verdict === 'fail')
  const endpoints = [...Map.groupBy(conclusive, ({ endpoint }) => endpoint).values()].map(
    (group): Compared => ({ results: group, differences: differencesOf(group) }),
  )
  const vantages = uniqueVantages(results.map(({ vantage }) => vantage))
  const of = (kind: Difference['kind']): readonly (readonly Result[])[] =>
    endpoints.flatMap(({ differences }) =>
      differences.filter((each) => each.kind === kind).map(({ groups }) => groups.flat()),
    )
  return [
    ...reachability(endpoints, vantages),
    ...of('certificate').flatMap(certificateFinding),
    ...of('addresses').flatMap(addressFinding),
  ]
}

const fails = ({ verdict }: Result): boolean => verdict === 'fail'

/** Endpoints that fail from some vantages and pass from others: one finding for each set of vantages. */
function reachability(endpoints: readonly Compared[], vantages: readonly Vantage[]): readonly Finding[] {
  const differing = endpoints.filter(
    ({ results, differences }) =>
      differences.some(({ kind }) => kind === 'outcome') && results.some(fails) && !results.every(fails),
  )
  const byVantages = Map.groupBy(
    differing.map(({ results }) => results),
    (results) =>
      JSON.stringify([
        results.filter(fails).map(({ vantage }) => vantageKey(vantage)),
        results.map(({ vantage }) => vantageKey(vantage)),
      ]),
  )
  return [...byVantages.values()]
    .toSorted((a, b) => b.length - a.length)
    .map((group): Finding => {
      const [first = []] = group
      const failing = first.filter(fails).map(({ vantage }) => vantage)
      const passing = first.filter((result) => !fails(result)).map(({ vantage }) => vantage)
      const failures = group.flat().filter(fails)
      const count = group.length
      const subject = count === 1 ? `${first[0]?.endpoint} fails` : `${count} rows fail`
      const message = `${subject} from ${vantageList(failing, vantages)} and ${count === 1 ? 'passes' : 'pass'} from ${vantageList(passing, vantages)}: the cause is between the first and the destination, not at the destination`
      return findingOf(mostFrequent(failures), failures, message)
    })
}

/** "every pod (a, b)" for all vantages of a kind, else their names. */
function vantageList(some: readonly Vantage[], all: readonly Vantage[]): string {
  const kinds = Map.groupBy(some, ({ kind }) => kind)
  return [...kinds]
    .flatMap(([kind, group]) => {
      const isEvery = all.filter((vantage) => vantage.kind === kind).length === group.length && group.length > 1
      return isEvery ? [`every ${kind} (${group.map(({ name }) => name).join(', ')})`] : group.map(vantageInSentence)
    })
    .join(', ')
}

const interception: ReadonlySet<string> = new Set<Cause>([
  'tls.intercepted',
  'tls.inspected',
  'tls.untrusted',
  'tls.incomplete-chain',
])

/** Certificates of several issuers for one name: a device on one path re-signs, or the servers use several authorities. */
function certificateFinding(results: readonly Result[]): readonly Finding[] {
  const issuers = Map.groupBy(results, ({ facts: { issuer } }) => issuer)
  const suspects = results.filter(({ cause }) => interception.has(cause))
  const origins = [...issuers].map(
    ([issuer, group]) =>
      `from ${group.map(({ vantage }) => vantageInSentence(vantage)).join(', ')} signed by ${issuer}`,
  )
  const certain = suspects.length > 0
  const message = `the certificate of ${results[0]?.endpoint} differs: ${origins.join('; ')}. One of the paths is intercepted${certain ? '' : ', unless the servers of this name have certificates of several authorities'}`
  return [findingOf(mostFrequent(suspects) || 'tls.inspected', certain ? suspects : results, message)]
}

/** DNS answers without a common address: a problem only if one is private and one public, or if only one of them works. */
function addressFinding(results: readonly Result[]): readonly Finding[] {
  const [first] = results
  if (first === undefined) return []
  const known = new Set(first.facts.addresses)
  const others = results.filter(({ facts: { addresses } }) => addresses.every((address) => !known.has(address)))
  const [other] = others
  if (other === undefined) return []
  const kindsOf = ({ facts: { addresses } }: Result): string =>
    [...new Set(addresses.map(addressKind))].toSorted().join()
  if (kindsOf(first) === kindsOf(other) && fails(first) === fails(other)) return []
  const answers = [first, other].map(
    ({ vantage, facts: { addresses } }) => `${addresses.slice(0, 4).join(', ')} from ${vantageInSentence(vantage)}`,
  )
  const message = `${first.endpoint} resolves differently: ${answers.join('; ')}`
  return [findingOf('dns.split', [first, ...others], message)]
}

function mostFrequent(results: readonly Result[]): string {
  const counts = Map.groupBy(results, ({ cause }) => cause)
  return [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? ''
}

function findingOf(cause: string, results: readonly Result[], message: string): Finding {
  const text = evidence(message)
  return {
    cause,
    endpoints: [...new Set(results.map(({ endpoint }) => endpoint))],
    vantages: uniqueVantages(results.map(({ vantage }) => vantage)),
    hint: Object.hasOwn(causes, cause) ? causes[cause as Cause].hint : '', // checked by hasOwn
    evidence: text.charAt(0).toUpperCase() + text.slice(1),
  }
}
