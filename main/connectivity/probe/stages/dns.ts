import { createSocket } from 'node:dgram'
import { lookup, Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { bareHost, isLocalhost } from '../addresses.ts'
import type { DnsFacts, FamilyAnswer } from '../facts.ts'
import { dnsGraceMs, dnsLimitMs } from '../limits.ts'
import { isOutOfSockets } from '../transport/dial.ts'
import { errorCode, TimedOut, withTimeout } from '../transport/time-limit.ts'

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
  const serverNames = servers.length === 0 ? systemServers() : servers
  let answer = await queryBoth(candidates[0] ?? name, servers, signal)
  let answeredName = candidates[0] ?? name
  for (const candidate of candidates.slice(1)) {
    if (hasAddress(answer) || timedOut(answer)) break
    answer = await queryBoth(candidate, servers, signal)
    answeredName = candidate
  }
  const bySearch = hasAddress(answer) && answeredName !== name
  const plainAddresses =
    bySearch && name.includes('.') ? addressesOf(await queryBoth(name, servers, signal)) : undefined
  const resolved = {
    ...query,
    resolver: serverNames.join(', '),
    expandedName: bySearch ? answeredName : undefined,
    plainAddresses,
    ...answer,
  }
  if (resolver === undefined && !hasAddress(answer) && !timedOut(answer))
    return (await lookupWithSystem(resolved, signal)) ?? resolved
  return resolved
}

/** The answer for a name that cannot exist (RFC 6761 §6.4): a server that returns addresses for it makes up answers. */
export async function resolveNonexistentName(
  resolver: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const servers = serversOf(resolver) ?? []
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

async function queryBoth(name: string, servers: readonly string[], signal: AbortSignal): Promise<Answers> {
  // Two resolvers, so that cancelling one query does not cancel the other.
  const first = Promise.withResolvers<void>()
  const query = async (family: 4 | 6): Promise<FamilyAnswer> => {
    const answer = await queryFamily(name, family, servers, first.promise, signal)
    // A nonexistent name has no address of the other family either.
    if (answer.kind === 'addresses' || answer.kind === 'nxdomain') first.resolve()
    return answer
  }
  const [v4, v6] = await Promise.all([query(4), query(6)])
  return { v4, v6 }
}

async function queryFamily(
  name: string,
  family: 4 | 6,
  servers: readonly string[],
  otherAnswered: Promise<void>,
  signal: AbortSignal,
): Promise<FamilyAnswer> {
  const resolver = new Resolver({ timeout: 1_000, tries: 2 })
  let grace: NodeJS.Timeout | undefined
  try {
    if (servers.length > 0) resolver.setServers(servers)
    const answer = await withTimeout(dnsLimitMs, signal, async (limit) => {
      limit.addEventListener('abort', () => resolver.cancel(), { once: true })
      otherAnswered.then(() => {
        if (!limit.aborted) grace = setTimeout(() => resolver.cancel(), dnsGraceMs)
      })
      return family === 4 ? await resolver.resolve4(name) : await resolver.resolve6(name)
    })
    if (answer === TimedOut) return { kind: 'timeout' }
    return answer.length === 0 ? { kind: 'none' } : addressesAnswer(answer)
  } catch (error) {
    signal.throwIfAborted()
    const code = errorCode(error)
    return code === 'ECONNREFUSED' ? { kind: 'unreachable', code: (await socketFault()) ?? code } : failure(code)
  } finally {
    clearTimeout(grace)
  }
}

/** Why this machine cannot create sockets, which c-ares also reports as a refusal by the server; undefined when it can. */
async function socketFault(): Promise<string | undefined> {
  const socket = createSocket('udp4')
  try {
    socket.bind(0)
    await once(socket, 'listening')
    return undefined
  } catch (error) {
    const code = errorCode(error)
    return isOutOfSockets(code) ? code : undefined
  } finally {
    socket.close()
  }
}

const failures: Readonly<Record<string, FamilyAnswer>> = {
  ENOTFOUND: { kind: 'nxdomain' },
  ENODATA: { kind: 'none' },
  ETIMEOUT: { kind: 'timeout' },
  ECANCELLED: { kind: 'timeout' },
}
const failure = (code: string): FamilyAnswer => failures[code] ?? { kind: 'error', code: code.replace(/^E/, '') }

/** `[]`: this machine's own servers; undefined: the text is no server address. */
function serversOf(resolver: string | undefined): readonly string[] | undefined {
  if (resolver === undefined || resolver === '') return []
  const match = /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(resolver)
  const address = isIP(resolver) === 0 ? (match?.[1] ?? '') : resolver
  if (isIP(address) === 0) return undefined
  const port = isIP(resolver) === 0 ? (match?.[2] ?? '53') : '53'
  return [isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`]
}

const systemServers = (): readonly string[] => new Resolver().getServers()

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

export function searchOrder(name: string, resolvConf: string): readonly string[] {
  const domains = /^\s*(?:search|domain)\s+(.+)$/m.exec(resolvConf)?.[1]?.trim().split(/\s+/) ?? []
  const ndots = Number(/\bndots:(\d+)/.exec(resolvConf)?.[1] ?? 1)
  const dots = name.split('.').length - 1
  // A trailing dot would stop the library from trying the name itself. The limit of 6 is the library's.
  const expanded = domains.slice(0, 6).map((domain) => `${name}.${domain.replace(/\.$/, '')}`)
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
