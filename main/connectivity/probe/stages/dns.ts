import { lookup, Resolver } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { authority, bareHost, isLocalhost } from '../addresses.ts'
import { queryFamily, type Server } from '../dns/query.ts'
import type { DnsFacts, FamilyAnswer } from '../facts.ts'
import { dnsGraceMs, dnsLimitMs } from '../limits.ts'
import { pause, TimedOut, withTimeout } from '../transport/time-limit.ts'

/**
 * Queries A and AAAA separately, at the given DNS server or this machine's. Not by getaddrinfo, which cannot be cancelled or
 * limited in time and hides which family failed. What getaddrinfo adds is done here: the hosts file and search domains.
 */
export async function resolveName(host: string, resolver: string | undefined, signal: AbortSignal): Promise<DnsFacts> {
  const name = bareHost(host)
  if (isIP(name) !== 0) return { kind: 'literal', address: name }
  const query = {
    kind: 'queried',
    name,
    expandedName: undefined,
    plainAddresses: undefined,
    nonexistentNameAddresses: undefined,
  } as const
  if (isLocalhost(name))
    return { ...query, resolver: 'RFC 6761', v4: addressesAnswer(['127.0.0.1']), v6: addressesAnswer(['::1']) }
  if (resolver === undefined) {
    const fromHostsFile = await readHostsFile(name)
    if (fromHostsFile !== undefined) return { ...query, resolver: 'the hosts file', ...fromHostsFile }
  }
  const servers = serversOf(resolver)
  if (servers === undefined) {
    const badResolver: FamilyAnswer = { kind: 'unreachable', code: 'BAD_RESOLVER' }
    return { ...query, resolver: resolver ?? '', v4: badResolver, v6: badResolver }
  }
  const candidates = resolver === undefined ? await searchNames(name) : [name]
  const { answer, answeredName, plain, failedSearches } = await search(name, candidates, servers, signal)
  const bySearch = hasAddress(answer) && answeredName !== name
  const plainAddresses =
    bySearch && name.includes('.') ? addressesOf(plain ?? (await queryBoth(name, servers, signal))) : undefined
  const resolved = {
    ...query,
    resolver: servers.map(nameOf).join(', '),
    expandedName: bySearch ? answeredName : undefined,
    plainAddresses,
    ...(failedSearches.length === 0 ? {} : { failedSearches }),
    ...answer,
  }
  if (resolver === undefined && !hasAddress(answer) && !timedOut(answer))
    return (await lookupWithSystem(resolved, signal)) ?? resolved
  return resolved
}

interface Searched {
  readonly answer: Answers
  readonly answeredName: string
  /** The answer for the name itself; undefined: another one came first. */
  readonly plain: Answers | undefined
  readonly failedSearches: readonly string[]
}

/** The first of these names that has an address; without one, what was answered for the name itself. */
async function search(
  name: string,
  candidates: readonly string[],
  servers: readonly Server[],
  signal: AbortSignal,
): Promise<Searched> {
  const failedSearches: string[] = []
  let plain: Answers | undefined
  let last: Answers | undefined
  for (const candidate of candidates) {
    // glibc gives up the search when a server does not answer, and then tries the name itself.
    if (last !== undefined && timedOut(last) && candidate !== name) continue
    const answer = await queryBoth(candidate, servers, signal)
    if (candidate === name) plain = answer
    else if (isFailure(answer)) failedSearches.push(candidate)
    if (hasAddress(answer)) return { answer, answeredName: candidate, plain, failedSearches }
    last = answer
    if (candidate === name && timedOut(answer)) break
  }
  const answer = plain ?? last ?? (await queryBoth(name, servers, signal))
  return { answer, answeredName: name, plain, failedSearches }
}

/** The answer for a name that cannot exist (RFC 6761 §6.4): a server that returns addresses for it makes up answers. */
export async function resolveNonexistentName(
  resolver: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const servers = serversOf(resolver)
  if (servers === undefined) return []
  const answer = await queryBoth(`hangar-${crypto.randomUUID().slice(0, 8)}.invalid`, servers, signal)
  return addressesOf(answer)
}

interface Answers {
  readonly v4: FamilyAnswer
  readonly v6: FamilyAnswer
}

const addressesOf = ({ v4, v6 }: Answers): readonly string[] =>
  [v4, v6].flatMap((answer) => (answer.kind === 'addresses' ? answer.addresses : []))
const hasAddress = ({ v4, v6 }: Answers): boolean => v4.kind === 'addresses' || v6.kind === 'addresses'
const timedOut = ({ v4, v6 }: Answers): boolean => v4.kind === 'timeout' && v6.kind === 'timeout'
const addressesAnswer = (addresses: readonly string[]): FamilyAnswer => ({ kind: 'addresses', addresses })

const isFailure = ({ v4, v6 }: Answers): boolean =>
  [v4, v6].every(({ kind }) => kind === 'timeout' || kind === 'error' || kind === 'truncated')

async function queryBoth(name: string, servers: readonly Server[], signal: AbortSignal): Promise<Answers> {
  const answered = { 4: Promise.withResolvers<void>(), 6: Promise.withResolvers<void>() }
  const query = async (family: 4 | 6, other: 4 | 6): Promise<FamilyAnswer> => {
    const patience = new AbortController()
    const until = AbortSignal.any([signal, patience.signal])
    answered[other].promise
      .then(() => pause(dnsGraceMs, until))
      .then(() => patience.abort())
      .catch(() => undefined) // this family was answered, or the check was left
    const answer = await queryFamily(name, family, servers, until).catch((): FamilyAnswer => ({ kind: 'timeout' }))
    patience.abort()
    // A nonexistent name has no address of the other family either.
    if (answer.kind === 'addresses' || answer.kind === 'nxdomain') answered[family].resolve()
    return answer
  }
  const [v4, v6] = await Promise.all([query(4, 6), query(6, 4)])
  signal.throwIfAborted()
  return { v4, v6 }
}

/** The servers to query; undefined: the text is no server address. */
function serversOf(resolver: string | undefined): readonly Server[] | undefined {
  const texts = resolver === undefined || resolver === '' ? new Resolver().getServers() : [resolver]
  const servers = texts.map(parseServer)
  return servers.every((server) => server !== undefined) ? servers : undefined
}

/** An address, or one with a port: `10.0.0.53`, `10.0.0.53:5353`, `fd00::53`, `[fd00::53]:5353`. */
function parseServer(text: string): Server | undefined {
  if (isIP(text) !== 0) return { address: text, port: dnsPort }
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? []
  const address = bracketed ?? plain ?? ''
  return isIP(address) === 0 ? undefined : { address, port: port === '' ? dnsPort : Number(port) }
}

const dnsPort = 53
const nameOf = ({ address, port }: Server): string => (port === dnsPort ? address : authority(address, port))

/** The addresses of a name in the hosts file; undefined when it is not in it. */
async function readHostsFile(name: string): Promise<Answers | undefined> {
  const file = process.platform === 'win32' ? `${process.env.SystemRoot}\\System32\\drivers\\etc\\hosts` : '/etc/hosts'
  const text = await readFile(file, 'utf8').catch(() => '')
  const key = name.toLowerCase().replace(/\.$/, '')
  const addresses = text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().toLowerCase().split(/\s+/)
    return isIP(address) !== 0 && names.includes(key) ? [address] : []
  })
  if (addresses.length === 0) return undefined
  const of = (family: number): FamilyAnswer => {
    const some = addresses.filter((address) => isIP(address) === family)
    return some.length === 0 ? { kind: 'none' } : addressesAnswer(some)
  }
  return { v4: of(4), v6: of(6) }
}

/** The names that a resolver library queries, in its order (resolv.conf(5): `search`, `ndots`). */
async function searchNames(name: string): Promise<readonly string[]> {
  if (name.endsWith('.') || process.platform === 'win32') return [name]
  const text = await readFile('/etc/resolv.conf', 'utf8').catch(() => '')
  return searchOrder(name, text)
}

/** More than Kubernetes allows (32); libraries have no limit since glibc 2.26. */
const searchLimit = 40
/** resolv.conf(5). */
const ndotsLimit = 15

/** Of repeated lines and options, the last one counts. */
export function searchOrder(name: string, resolvConf: string): readonly string[] {
  const lines = resolvConf.split('\n').map((line) => line.replace(/[#;].*/, '').trim())
  const domains = lines
    .map((line) => /^(?:search|domain)\s+(\S.*)$/.exec(line)?.[1])
    .findLast((list) => list !== undefined)
    ?.split(/\s+/)
    .map((domain) => domain.replace(/\.$/, ''))
    .filter((domain) => domain !== '')
  const option = lines
    .flatMap((line) => (line.startsWith('options') ? [...line.matchAll(/\bndots:(\d+)/g)] : []))
    .at(-1)
  const ndots = Math.min(Number(option?.[1] ?? 1), ndotsLimit)
  const dots = name.split('.').length - 1
  // A trailing dot would stop the library from trying the name itself.
  const expanded = (domains ?? []).slice(0, searchLimit).map((domain) => `${name}.${domain}`)
  return dots >= ndots ? [name, ...expanded] : [...expanded, name]
}

/** macOS and Windows may use another server for some domains (of a VPN), which only the system's own call knows. */
async function lookupWithSystem(
  facts: Extract<DnsFacts, { kind: 'queried' }>,
  signal: AbortSignal,
): Promise<DnsFacts | undefined> {
  if (process.platform !== 'darwin' && process.platform !== 'win32') return undefined
  const answer = await withTimeout(dnsLimitMs, signal, () => lookup(facts.name, { all: true })).catch(() => [])
  signal.throwIfAborted()
  if (answer === TimedOut || answer.length === 0) return undefined
  const of = (family: number): FamilyAnswer => {
    const some = answer.filter((entry) => entry.family === family).map(({ address }) => address)
    return some.length === 0 ? { kind: 'none' } : addressesAnswer(some)
  }
  return { ...facts, resolver: `the operating system (${facts.resolver} does not know the name)`, v4: of(4), v6: of(6) }
}
