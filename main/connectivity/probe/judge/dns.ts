import { addressKind, inRanges } from '../addresses.ts'
import type { DnsFacts, Facts, FamilyAnswer } from '../facts.ts'
import type { Target } from '../target.ts'
import { isOutOfSockets } from '../transport/dial.ts'
import { type Detector, detect, type Judgement, passed, skipped } from './detector.ts'

type Asked = Extract<DnsFacts, { kind: 'queried' }>

const answersOf = ({ v4, v6 }: Asked): readonly FamilyAnswer[] => [v4, v6]
export const addressesIn = (dns: DnsFacts | undefined): readonly string[] => {
  if (dns === undefined) return []
  return dns.kind === 'literal'
    ? [dns.address]
    : answersOf(dns).flatMap((answer) => (answer.kind === 'addresses' ? answer.addresses : []))
}

/** A detector that looks only at names without any address, of the kind given. */
const without = (cause: Detector['cause'], message: (dns: Asked) => string | undefined): Detector => ({
  cause,
  match: ({ dns }) => (dns?.kind === 'queried' && addressesIn(dns).length === 0 ? message(dns) : undefined),
})
const any = (dns: Asked, kind: FamilyAnswer['kind']): boolean => answersOf(dns).some((answer) => answer.kind === kind)

const dnsDetectors: readonly Detector[] = [
  without('dns.nxdomain', (dns) =>
    any(dns, 'nxdomain') ? `${dns.resolver} says that ${dns.name} does not exist` : undefined,
  ),
  // Of both families: what was not answered may well have addresses.
  without('dns.no-address', (dns) =>
    answersOf(dns).every(({ kind }) => kind === 'none')
      ? `${dns.resolver} knows ${dns.name} and gives no address for it`
      : undefined,
  ),
  without('dns.servfail', (dns) => {
    const error = answersOf(dns).find((answer) => answer.kind === 'error')
    return error?.kind === 'error' ? `${dns.resolver} answers ${error.code} for ${dns.name}` : undefined
  }),
  without('local.sockets', (dns) => {
    const none = answersOf(dns).find((answer) => answer.kind === 'unreachable' && isOutOfSockets(answer.code))
    return none?.kind === 'unreachable' ? `no socket to ask with (${none.code})` : undefined
  }),
  without('dns.unreachable', (dns) => {
    const refused = answersOf(dns).find((answer) => answer.kind === 'unreachable')
    return refused?.kind === 'unreachable' ? `${dns.resolver} takes no questions (${refused.code})` : undefined
  }),
  without('dns.timeout', (dns) => (any(dns, 'timeout') ? `${dns.resolver} did not answer for ${dns.name}` : undefined)),
  {
    cause: 'dns.sinkhole',
    match: ({ dns }) => {
      const addresses = dns?.kind === 'queried' ? addressesIn(dns) : []
      const nowhere = addresses.length > 0 && addresses.every((address) => addressKind(address) === 'unspecified')
      return nowhere ? `${addresses.join(', ')} is no address to connect to` : undefined
    },
  },
]

/** Found only with what came of the connection: warnings while it worked, causes when it did not. */
export const dnsWarnings: readonly Detector[] = [
  {
    cause: 'dns.split',
    match: ({ dns, proxyName }, { addressRanges, scope }) => {
      // Through a proxy, the addresses are the proxy's own.
      const addresses = proxyName === undefined ? addressesIn(dns) : []
      if (addresses.length === 0) return undefined
      if (addressRanges.length > 0)
        return addresses.some((address) => inRanges(address, addressRanges))
          ? undefined
          : `${addresses.join(', ')} is in none of ${addressRanges.slice(0, 6).join(', ')}`
      const named = scope === 'vpc' && dns?.kind === 'queried'
      return named && addresses.every((address) => addressKind(address) === 'public')
        ? `${addresses.join(', ')} is public, and this row is of the private network: the private zone is not asked here`
        : undefined
    },
  },
]

/** Every attempt was refused or met silence: a reset would show that something listens. */
const nothingListens = ({ tcp }: Facts): boolean =>
  tcp?.attempts.every(({ outcome }) => outcome === 'refused' || outcome === 'timeout' || outcome === 'no-route') ??
  false

/** A failure further on whose reason is the address itself. `stage` is where it showed. */
export function misleadingDns(facts: Facts, stage: 'tcp' | 'tls' | 'identity'): Judgement | undefined {
  const { dns } = facts
  if (dns?.kind !== 'queried' || facts.proxyName !== undefined || dns.resolver === 'RFC 6761') return undefined
  const addresses = addressesIn(dns)
  const all = (test: (address: string) => boolean): boolean => addresses.length > 0 && addresses.every(test)
  const shown = addresses.join(', ')
  const captured =
    dns.expandedName !== undefined &&
    (dns.plainAddresses?.length ?? 0) > 0 &&
    all((address) => !dns.plainAddresses?.includes(address))
  if (captured)
    return {
      verdict: 'fail',
      cause: 'dns.search-capture',
      message: `${dns.expandedName} answered with ${shown}; ${dns.name} itself is ${dns.plainAddresses?.join(', ')}`,
    }
  const sinkhole = (message: string): Judgement => ({ verdict: 'fail', cause: 'dns.sinkhole', message })
  if (stage === 'tcp' && nothingListens(facts) && all((address) => addressKind(address) === 'loopback'))
    return sinkhole(`${dns.resolver} gives ${shown} for ${dns.name}: this machine, where nothing answers`)
  if (all((address) => addressKind(address) === 'blocked'))
    return sinkhole(`${dns.resolver} gives ${shown} for ${dns.name}: where a security vendor sends what it blocks`)
  const nonexistentNameAddresses = dns.nonexistentNameAddresses ?? []
  if (all((address) => nonexistentNameAddresses.includes(address) && addressKind(address) !== 'loopback'))
    return sinkhole(`${dns.resolver} gives ${shown} even for a name that cannot exist`)
  return undefined
}

export function judgeDns(facts: Facts, target: Target): Judgement {
  const { dns } = facts
  if (dns === undefined) return skipped('not tried')
  if (dns.kind === 'literal') return skipped(`${dns.address} is an address already`)
  const found = detect(dnsDetectors, facts, target)
  if (found !== undefined) return { ...found, message: `${found.message}. ${families(dns)}` }
  const notes = addressesIn(dns).map((address) => notable[addressKind(address)]?.(address))
  return passed(
    [
      `${families(dns)}, asked of ${dns.resolver}`,
      dns.expandedName === undefined ? '' : `found as ${dns.expandedName}`,
      ...new Set(notes),
    ]
      .filter((note) => note !== '' && note !== undefined)
      .join('; '),
  )
}

const notable: Readonly<Record<string, (address: string) => string>> = {
  loopback: (address) => `${address} is this machine`,
  blocked: (address) => `${address} is where a security vendor sends what it blocks`,
  unspecified: (address) => `${address} is no address to connect to`,
}

const shown = (answer: FamilyAnswer): string => {
  if (answer.kind === 'addresses') return answer.addresses.slice(0, 6).join(' ')
  if (answer.kind === 'error' || answer.kind === 'unreachable') return `${answer.kind} (${answer.code})`
  return answer.kind
}
const families = ({ v4, v6 }: Asked): string => `A: ${shown(v4)}; AAAA: ${shown(v6)}`
