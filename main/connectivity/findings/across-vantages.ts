import type { Finding, Result, Vantage } from '../../../preload/contract/connectivity.ts'
import { addressKind } from '../probe/addresses.ts'
import { type Cause, causes } from '../probe/causes.ts'
import { evidence } from '../probe/evidence.ts'

/** What a vantage is called in a sentence. */
export function sayVantage({ kind, name }: Vantage): string {
  if (kind === 'computer') return 'this computer'
  if (kind === 'pod') return `a pod in ${name}`
  return kind === 'node' ? (name === 'any' ? 'a node' : `the node ${name}`) : `the component ${name}`
}

const key = ({ kind, name }: Vantage): string => `${kind} ${name}`

/** Results that say something of the destination, by endpoint, where there are several. */
function compared(results: readonly Result[]): readonly (readonly Result[])[] {
  const told = results.filter(({ verdict }) => verdict === 'pass' || verdict === 'warn' || verdict === 'fail')
  return [...Map.groupBy(told, ({ endpoint }) => endpoint).values()].filter(({ length }) => length > 1)
}

/** What differs between vantages, in words: what is to blame lies between them. Pure. */
export function acrossVantages(results: readonly Result[]): Finding[] {
  const endpoints = compared(results)
  const vantages = [...new Map(results.map(({ vantage }) => [key(vantage), vantage])).values()]
  return [...reach(endpoints, vantages), ...certificates(endpoints), ...names(endpoints)]
}

const fails = ({ verdict }: Result): boolean => verdict === 'fail'

/** Fails from some, passes from others. Endpoints that differ alike are one story. */
function reach(endpoints: readonly (readonly Result[])[], vantages: readonly Vantage[]): readonly Finding[] {
  const differing = endpoints.filter((results) => results.some(fails) && !results.every(fails))
  const alike = Map.groupBy(differing, (results) =>
    JSON.stringify([
      results.filter(fails).map(({ vantage }) => key(vantage)),
      results.map(({ vantage }) => key(vantage)),
    ]),
  )
  return [...alike.values()]
    .toSorted((one, other) => other.length - one.length)
    .map((group): Finding => {
      const [first = []] = group
      const failing = first.filter(fails).map(({ vantage }) => vantage)
      const passing = first.filter((result) => !fails(result)).map(({ vantage }) => vantage)
      const cause = mostFrequent(group.flat().filter(fails))
      const count = group.length
      const says = `${count === 1 ? first[0]?.endpoint : `${count} rows`} ${count === 1 ? 'fails' : 'fail'} from ${together(failing, vantages)} and ${count === 1 ? 'passes' : 'pass'} from ${together(passing, vantages)}: what stands in the way is between the first and the destination, not at the destination`
      return findingOf(cause, group.flat().filter(fails), says)
    })
}

/** Names a group of vantages as a person would: "every pod" rather than five names. */
function together(some: readonly Vantage[], all: readonly Vantage[]): string {
  const kinds = Map.groupBy(some, ({ kind }) => kind)
  return [...kinds]
    .flatMap(([kind, group]) => {
      const whole = all.filter((vantage) => vantage.kind === kind).length === group.length && group.length > 1
      return whole ? [`every ${kind} (${group.map(({ name }) => name).join(', ')})`] : group.map(sayVantage)
    })
    .join(', ')
}

const interception: ReadonlySet<string> = new Set<Cause>(['tls.intercepted', 'tls.inspected', 'tls.untrusted'])

/** One name, two keys, two issuers: somebody signs anew on one of the ways. Two servers of one far end have one issuer. */
function certificates(endpoints: readonly (readonly Result[])[]): readonly Finding[] {
  return endpoints.flatMap((results): readonly Finding[] => {
    const seen = results.filter(({ facts: seen }) => seen.keySha256 !== '' && seen.issuer !== '')
    const issuers = Map.groupBy(seen, ({ facts: { issuer } }) => issuer)
    const keys = new Set(seen.map(({ facts: { keySha256 } }) => keySha256))
    if (issuers.size < 2 || keys.size < 2) return []
    const suspects = seen.filter(({ cause }) => interception.has(cause))
    const said = [...issuers].map(
      ([issuer, group]) => `from ${group.map(({ vantage }) => sayVantage(vantage)).join(', ')} signed by ${issuer}`,
    )
    const says = `the certificate of ${seen[0]?.endpoint} differs: ${said.join('; ')}. ${suspects.length > 0 ? 'One of the ways is intercepted' : 'One of the ways is intercepted, unless the far end has servers with certificates of several authorities'}`
    return [findingOf(mostFrequent(suspects) || 'tls.inspected', suspects.length === 0 ? seen : suspects, says)]
  })
}

/** Answers with nothing in common, where that matters: private here and public there, or reachable here alone. */
function names(endpoints: readonly (readonly Result[])[]): readonly Finding[] {
  return endpoints.flatMap((results): readonly Finding[] => {
    const seen = results.filter(({ facts: { addresses, proxy } }) => addresses.length > 0 && proxy === '')
    const [first] = seen
    if (first === undefined) return []
    const known = new Set(first.facts.addresses)
    const others = seen.filter(({ facts: { addresses } }) => addresses.every((address) => !known.has(address)))
    const [other] = others
    if (other === undefined) return []
    const kindsOf = ({ facts: { addresses } }: Result): string =>
      [...new Set(addresses.map(addressKind))].toSorted().join()
    if (kindsOf(first) === kindsOf(other) && fails(first) === fails(other)) return []
    const sides = [first, other].map(
      ({ vantage, facts: { addresses } }) => `${addresses.slice(0, 4).join(', ')} from ${sayVantage(vantage)}`,
    )
    const says = `${first.endpoint} resolves differently: ${sides.join('; ')}`
    return [findingOf('dns.split', [first, ...others], says)]
  })
}

function mostFrequent(results: readonly Result[]): string {
  const counts = Map.groupBy(results, ({ cause }) => cause)
  return [...counts].toSorted(([, one], [, other]) => other.length - one.length)[0]?.[0] ?? ''
}

function findingOf(cause: string, results: readonly Result[], says: string): Finding {
  const text = evidence(says)
  return {
    cause,
    endpoints: [...new Set(results.map(({ endpoint }) => endpoint))],
    vantages: [...new Map(results.map(({ vantage }) => [key(vantage), vantage])).values()],
    hint: Object.hasOwn(causes, cause) ? causes[cause as Cause].hint : '', // hasOwn has just said so
    evidence: text.charAt(0).toUpperCase() + text.slice(1),
  }
}
