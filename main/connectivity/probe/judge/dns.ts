import { addressKind, inRanges } from '../addresses.ts'
import type { DnsFacts, Facts, FamilyAnswer } from '../facts.ts'
import type { Target } from '../target.ts'
import { isOutOfSockets } from '../transport/dial.ts'
import { type Detector, detect, type Judgement, passed, skipped } from './detector.ts'

type Queried = Extract<DnsFacts, { kind: 'queried' }>

const answersOf = ({ v4, v6 }: Queried): readonly FamilyAnswer[] => [v4, v6]
export const addressesIn = (dns: DnsFacts | undefined): readonly string[] => {
  if (dns === undefined) return []
  return dns.kind === 'literal'
    ? [dns.address]
    : answersOf(dns).flatMap((answer) => (answer.kind === 'addresses' ? answer.addresses : []))
}

/** A detector for names that resolve to no address at all. */
const withoutAddress = (cause: Detector['cause'], match: (dns: Queried) => string | undefined): Detector => ({
  cause,
  match: ({ dns }) => (dns?.kind === 'queried' && addressesIn(dns).length === 0 ? match(dns) : undefined),
})
const hasAnswer = (dns: Queried, kind: FamilyAnswer['kind']): boolean =>
  answersOf(dns).some((answer) => answer.kind === kind)

/** Zones that hold the private addresses of a cloud service: Azure Private Link, AWS PrivateLink, Google Private Service Connect. */
const privateZone = /(?:^|\.)privatelink\.|\.vpce\.amazonaws\.com(?:\.cn)?$|\.p\.googleapis\.com$/

/** The names that the queried name is an alias of. A server gives the same ones for both families. */
const aliasesIn = (dns: Queried): readonly string[] =>
  answersOf(dns)
    .map((answer) => ('aliases' in answer ? (answer.aliases ?? []) : []))
    .find((aliases) => aliases.length > 0) ?? []

/** An alias whose target has no address: `target` describes why, after the target's name. */
function danglingAlias(dns: Queried): { readonly target: string; readonly message: string } | undefined {
  const aliases = aliasesIn(dns)
  const target = aliases.at(-1)
  if (target === undefined || !answersOf(dns).some(({ kind }) => kind === 'nxdomain' || kind === 'none'))
    return undefined
  const why = hasAnswer(dns, 'nxdomain') ? 'does not exist' : 'has no address'
  return {
    target,
    message: `${dns.name} exists and is an alias (CNAME) of ${aliases.join(', then ')}; ${target} ${why}`,
  }
}

const dnsDetectors: readonly Detector[] = [
  withoutAddress('dns.private-zone', (dns) => {
    const dangling = danglingAlias(dns)
    return dangling !== undefined && aliasesIn(dns).some((alias) => privateZone.test(alias))
      ? `${dangling.message} at ${dns.resolver}`
      : undefined
  }),
  withoutAddress('dns.alias', (dns) => {
    const dangling = danglingAlias(dns)
    return dangling === undefined ? undefined : `${dangling.message} at ${dns.resolver}`
  }),
  withoutAddress('dns.nxdomain', (dns) =>
    hasAnswer(dns, 'nxdomain') ? `${dns.resolver} reports that ${dns.name} does not exist` : undefined,
  ),
  // Both families: a family that was not answered may have addresses.
  withoutAddress('dns.no-address', (dns) =>
    answersOf(dns).every(({ kind }) => kind === 'none') ? `${dns.resolver} has no address for ${dns.name}` : undefined,
  ),
  withoutAddress('dns.servfail', (dns) => {
    const error = answersOf(dns).find((answer) => answer.kind === 'error')
    return error?.kind === 'error' ? `${dns.resolver} answered ${error.code} for ${dns.name}` : undefined
  }),
  withoutAddress('dns.truncated', (dns) => {
    const truncated = answersOf(dns).find((answer) => answer.kind === 'truncated')
    return truncated?.kind === 'truncated'
      ? `the answer of ${dns.resolver} for ${dns.name} does not fit into a UDP packet, and over TCP it gives none (${truncated.code})`
      : undefined
  }),
  withoutAddress('local.sockets', (dns) => {
    const failure = answersOf(dns).find((answer) => answer.kind === 'unreachable' && isOutOfSockets(answer.code))
    return failure?.kind === 'unreachable' ? `no socket for the DNS query (${failure.code})` : undefined
  }),
  withoutAddress('dns.unreachable', (dns) => {
    const refusal = answersOf(dns).find((answer) => answer.kind === 'unreachable')
    return refusal?.kind === 'unreachable' ? `${dns.resolver} refused the query (${refusal.code})` : undefined
  }),
  withoutAddress('dns.timeout', (dns) =>
    hasAnswer(dns, 'timeout') ? `${dns.resolver} did not answer for ${dns.name}` : undefined,
  ),
  {
    cause: 'dns.sinkhole',
    match: ({ dns }) => {
      const addresses = dns?.kind === 'queried' ? addressesIn(dns) : []
      const unusable = addresses.length > 0 && addresses.every((address) => addressKind(address) === 'unspecified')
      return unusable ? `${addresses.join(', ')} is not an address to connect to` : undefined
    },
  },
]

/** Judged together with the connection: a warning while the connection works, a cause when it fails. */
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
          : `${addresses.join(', ')} is in none of the ranges ${addressRanges.slice(0, 6).join(', ')}`
      const isPrivateName = scope === 'vpc' && dns?.kind === 'queried'
      return isPrivateName && addresses.every((address) => addressKind(address) === 'public')
        ? `${addresses.join(', ')} is public, and this endpoint is in the private network: the private zone is not used here`
        : undefined
    },
  },
  {
    cause: 'dns.one-family',
    match: ({ dns, proxyName, starved }) => {
      if (dns?.kind !== 'queried' || proxyName !== undefined || addressesIn(dns).length === 0) return undefined
      const denied = answersOf(dns).find((answer) => isDenied(answer) && !(answer.kind === 'timeout' && starved?.dns))
      return denied === undefined
        ? undefined
        : `${dns.resolver} ${denied.kind === 'timeout' ? 'does not answer for' : 'denies'} one address family of ${dns.name}: ${families(dns)}`
    },
  },
  {
    cause: 'dns.search-failure',
    match: ({ dns, proxyName }) => {
      const failed = dns?.kind === 'queried' && proxyName === undefined ? (dns.failedSearches ?? []) : []
      return failed.length === 0 ? undefined : `no answer for ${failed.join(', ')}, which programs ask for first`
    },
  },
]

/**
 * A family that is denied or not answered, not merely absent: musl then fails for the whole name (name_from_dns in its
 * lookup_name.c: EAI_AGAIN for SERVFAIL and for no answer, EAI_FAIL for other errors).
 */
const isDenied = ({ kind }: FamilyAnswer): boolean => kind === 'nxdomain' || kind === 'error' || kind === 'timeout'

/** Every attempt was refused or timed out: a reset would show that a server listens. */
const nothingListens = ({ tcp }: Facts): boolean =>
  tcp?.attempts.every(({ outcome }) => outcome === 'refused' || outcome === 'timeout' || outcome === 'no-route') ??
  false

/** The DNS cause of a failure of a later stage; undefined if DNS did not cause it. */
export function misleadingDns(facts: Facts, stage: 'tcp' | 'tls' | 'identity'): Judgement | undefined {
  const { dns } = facts
  if (dns?.kind !== 'queried' || facts.proxyName !== undefined || dns.resolver === 'RFC 6761') return undefined
  const addresses = addressesIn(dns)
  const all = (test: (address: string) => boolean): boolean => addresses.length > 0 && addresses.every(test)
  const listed = addresses.join(', ')
  const captured =
    dns.expandedName !== undefined &&
    (dns.plainAddresses?.length ?? 0) > 0 &&
    all((address) => !dns.plainAddresses?.includes(address))
  if (captured)
    return {
      verdict: 'fail',
      cause: 'dns.search-capture',
      message: `${dns.expandedName} resolves to ${listed}; ${dns.name} itself resolves to ${dns.plainAddresses?.join(', ')}`,
    }
  const sinkhole = (message: string): Judgement => ({ verdict: 'fail', cause: 'dns.sinkhole', message })
  const returned = `${dns.resolver} returns ${listed}`
  if (stage === 'tcp' && nothingListens(facts) && all((address) => addressKind(address) === 'loopback'))
    return sinkhole(`${returned} for ${dns.name}: this machine, where nothing listens`)
  if (all((address) => addressKind(address) === 'blocked'))
    return sinkhole(`${returned} for ${dns.name}: the block page of a security vendor`)
  const nonexistentNameAddresses = dns.nonexistentNameAddresses ?? []
  if (all((address) => nonexistentNameAddresses.includes(address) && addressKind(address) !== 'loopback'))
    return sinkhole(`${returned} for a nonexistent name too`)
  return undefined
}

export function judgeDns(facts: Facts, target: Target): Judgement {
  const { dns } = facts
  if (dns === undefined) return skipped('not tried')
  if (dns.kind === 'literal') return skipped(`${dns.address} is an address already`)
  const judgement = detect(dnsDetectors, facts, target)
  if (judgement !== undefined) return { ...judgement, message: `${judgement.message}. ${families(dns)}` }
  const notes = addressesIn(dns).map((address) => addressNotes[addressKind(address)]?.(address))
  return passed(
    [
      `${families(dns)}, from ${dns.resolver}`,
      dns.expandedName === undefined ? '' : `as ${dns.expandedName}`,
      dns.failedSearches === undefined
        ? ''
        : `no answer for ${dns.failedSearches.join(', ')}, which was asked for first`,
      ...new Set(notes),
    ]
      .filter((note) => note !== '' && note !== undefined)
      .join('; '),
  )
}

const addressNotes: Readonly<Record<string, (address: string) => string>> = {
  loopback: (address) => `${address} is this machine`,
  blocked: (address) => `${address} is the block page of a security vendor`,
  unspecified: (address) => `${address} is not an address to connect to`,
}

const describeAnswer = (answer: FamilyAnswer): string => {
  if (answer.kind === 'addresses') return answer.addresses.slice(0, 6).join(' ')
  return 'code' in answer ? `${answer.kind} (${answer.code})` : answer.kind
}
function families(dns: Queried): string {
  const aliases = aliasesIn(dns)
  const alias = aliases.length === 0 ? '' : `alias of ${aliases.slice(0, 6).join(', then ')}; `
  return `${alias}A: ${describeAnswer(dns.v4)}; AAAA: ${describeAnswer(dns.v6)}`
}
