import type { Result } from './contract/connectivity.ts'

/**
 * What differs between the vantages of one endpoint. The window shows every difference; a finding claims that one of them is a
 * problem. Both use this function, so that the window and the report agree. Pure.
 */
export interface Difference {
  readonly kind: 'outcome' | 'certificate' | 'route' | 'addresses'
  /** At least two groups of results that agree among themselves, in the order in which they were given. */
  readonly groups: readonly (readonly Result[])[]
}

/** Compares the results of one endpoint at one time. Skipped results are ignored. */
export function differencesOf(results: readonly Result[]): readonly Difference[] {
  const tried = results.filter(({ verdict }) => verdict !== 'skipped')
  const differences: readonly Difference[] = [
    { kind: 'outcome', groups: grouped(tried, ({ verdict, cause }) => `${verdict} ${cause}`) },
    { kind: 'certificate', groups: certificates(tried) },
    {
      kind: 'route',
      groups: grouped(
        tried.filter(({ facts }) => facts.proxy !== '' || facts.destination !== ''),
        ({ facts }) => facts.proxy,
      ),
    },
    { kind: 'addresses', groups: addresses(tried) },
  ]
  return differences.filter(({ groups }) => groups.length > 1)
}

const grouped = (results: readonly Result[], key: (result: Result) => string): readonly (readonly Result[])[] => [
  ...Map.groupBy(results, key).values(),
]

/** By issuer. Servers behind one name can have several keys; only several keys from several issuers are a difference. */
function certificates(results: readonly Result[]): readonly (readonly Result[])[] {
  const known = results.filter(({ facts }) => facts.keySha256 !== '' && facts.issuer !== '')
  const keys = new Set(known.map(({ facts }) => facts.keySha256))
  return keys.size < 2 ? [] : grouped(known, ({ facts }) => facts.issuer)
}

/**
 * By answer. Large services give each client other addresses of the same pool; only answers that share none are a difference.
 * With a proxy, the proxy resolves the name; such results are ignored.
 */
function addresses(results: readonly Result[]): readonly (readonly Result[])[] {
  const resolved = results.filter(({ facts }) => facts.addresses.length > 0 && facts.proxy === '')
  const answers = resolved.map(({ facts }) => new Set(facts.addresses))
  return answers.some((a) => answers.some((b) => a.isDisjointFrom(b)))
    ? grouped(resolved, ({ facts }) => facts.addresses.toSorted().join(', '))
    : []
}
