import { authority } from '../addresses.ts'
import type { HttpFacts, IdentityFacts } from '../facts.ts'
import { identityLimitMs } from '../limits.ts'
import type { Target } from '../target.ts'
import { Channel } from '../transport/channel.ts'
import { askHttp } from '../transport/http1.ts'
import { askHttp2 } from '../transport/http2.ts'
import { wrongPage } from '../web-pages.ts'
import { looksLike, showBytes } from '../wire-signature.ts'
import { type Conversation, fault, type Recognition } from './protocol.ts'

/** What the protocols over plain HTTP requests share. */

const redirectLimit = 3

/** The Host header: the port only where it is not the scheme's own. */
export function hostHeader({ serverName, port, tls }: Target): string {
  const usual = port === (tls ? 443 : 80)
  return usual ? authority(serverName, port).replace(/:\d+$/, '') : authority(serverName, port)
}

/** GETs a page and follows redirects within the same host, with nothing but the host's name to be known by. */
export async function getPage(conversation: Conversation, path: string, signal: AbortSignal): Promise<IdentityFacts> {
  const { target, again } = conversation
  const redirectedFrom: string[] = []
  let next: { readonly path: string; readonly stream: Conversation['stream'] } = { path, stream: conversation.stream }
  for (;;) {
    const seen = await getOnce({ ...conversation, stream: next.stream }, next.path, signal)
    if (seen.kind !== 'http') return seen
    const onward = sameHost(seen.answer, target, next.path)
    if (onward === undefined || redirectedFrom.length >= redirectLimit) return { ...seen, redirectedFrom }
    const stream = await again(signal)
    if (stream === undefined) return { ...seen, redirectedFrom }
    redirectedFrom.push(next.path)
    next = { path: onward, stream }
  }
}

async function getOnce(
  { target, stream, alpn, envelope }: Conversation,
  path: string,
  signal: AbortSignal,
): Promise<IdentityFacts> {
  const host = hostHeader(target)
  if (alpn === 'h2') {
    const headers = {
      ':method': 'GET',
      ':path': path,
      ':scheme': 'https',
      ':authority': host,
      'user-agent': 'hangar-check/1',
    }
    const seen = await askHttp2(stream, host, headers, undefined, identityLimitMs, signal)
    if (seen.kind === 'http') return { kind: 'http', request: `GET ${path}`, answer: seen.answer, redirectedFrom: [] }
    if (seen.kind === 'alert') return seen
    if (seen.kind === 'no-http2') return { kind: 'no-http2', alpn, detail: seen.detail }
    return { kind: 'no-answer', silence: seen.silence, overTls: target.tls }
  }
  const channel = new Channel(stream)
  const request = { method: 'GET', path: `${envelope?.prefix ?? ''}${path}`, host, headers: envelope?.headers ?? {} }
  const seen = await askHttp(channel, request, identityLimitMs, signal)
  channel.close()
  return seen.kind === 'http'
    ? { kind: 'http', request: `GET ${path}`, answer: seen.answer, redirectedFrom: [] }
    : notHttp(seen, target)
}

/** What is common to whatever was no HTTP. */
export function notHttp(
  seen: Exclude<Awaited<ReturnType<typeof askHttp>>, { kind: 'http' }>,
  target: Pick<Target, 'tls'>,
): IdentityFacts {
  if (seen.kind === 'bytes')
    return { kind: 'bytes', firstBytes: showBytes(seen.bytes), looksLike: looksLike(seen.bytes) }
  if (seen.silence.kind === 'cut' && /ALERT/.test(seen.silence.code)) return { kind: 'alert', code: seen.silence.code }
  return { kind: 'no-answer', silence: seen.silence, overTls: target.tls }
}

const isRedirect = ({ status, headers }: HttpFacts): boolean =>
  [301, 302, 303, 307, 308].includes(status) && headers.location !== undefined

function targetOf(answer: HttpFacts, target: Target, path: string): URL | undefined {
  if (!isRedirect(answer)) return undefined
  const base = `${target.tls ? 'https' : 'http'}://${authority(target.serverName, target.port)}${path}`
  const location = answer.headers.location ?? ''
  return URL.canParse(location, base) ? new URL(location, base) : undefined
}

/** The path to go on with, when a redirect stays where it is: same scheme, host and port. */
function sameHost(answer: HttpFacts, target: Target, path: string): string | undefined {
  const to = targetOf(answer, target, path)
  if (to === undefined || to.protocol !== (target.tls ? 'https:' : 'http:')) return undefined
  const port = to.port === '' ? (target.tls ? 443 : 80) : Number(to.port)
  const onward = `${to.pathname}${to.search}`
  return to.hostname === target.serverName.toLowerCase() && port === target.port && onward !== path ? onward : undefined
}

/** The host that a redirect leads to, when it is not this one. */
function sentElsewhere(answer: HttpFacts, target: Target): string | undefined {
  const to = targetOf(answer, target, '/')
  if (to === undefined) return isRedirect(answer) ? (answer.headers.location ?? '') : undefined
  return to.host
}

/**
 * Faults that any protocol over HTTP may meet, once its own answer was not found: pages of others, redirects, refusals.
 * Undefined when the answer shows none of them.
 */
export function sharedFault(answer: HttpFacts, target: Target): Recognition | undefined {
  if (answer.status === 407)
    return fault('proxy.auth', `something on the way answers 407: ${answer.headers['proxy-authenticate'] ?? ''}`)
  const page = wrongPage(answer)
  if (page !== undefined) return fault(page.cause, page.says)
  const elsewhere = sentElsewhere(answer, target)
  if (elsewhere !== undefined) {
    const host = elsewhere.replace(/:\d+$/, '')
    if (!target.companionHosts.includes(host))
      return fault('identity.redirect', `sent to ${answer.headers.location ?? ''}`)
  }
  if (answer.status === 429) return fault('identity.throttled', statusLine(answer))
  if (answer.status >= 500) return fault('identity.unavailable', statusLine(answer))
  return undefined
}

export const statusLine = ({ status, reason }: HttpFacts): string => `${status} ${reason}`.trim()

/** Whether what the row says about its speaker holds: `absent` when it says nothing that could prove one. */
export function expectation(
  answer: HttpFacts,
  target: Target,
): { readonly state: 'absent' | 'met' } | { readonly state: 'unmet'; readonly says: string } {
  const { expect } = target
  const holds = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase())
  if (expect?.status !== undefined && expect.status.length > 0 && !expect.status.includes(answer.status)) {
    return { state: 'unmet', says: `status ${answer.status}, expected ${expect.status.join(' or ')}` }
  }
  for (const [name, part] of Object.entries(expect?.header ?? {})) {
    const value = answer.headers[name.toLowerCase()]
    if (value === undefined || !holds(value, part))
      return { state: 'unmet', says: `header ${name}: ${value ?? 'absent'}, expected "${part}"` }
  }
  if (expect?.body !== undefined && !holds(answer.body, expect.body))
    return { state: 'unmet', says: `no "${expect.body}" in what came` }
  // A status alone proves nobody.
  const proves = expect?.body !== undefined || Object.keys(expect?.header ?? {}).length > 0
  return { state: proves ? 'met' : 'absent' }
}

/** The body as JSON; undefined when it is none. */
export function jsonOf(answer: HttpFacts): unknown {
  try {
    return JSON.parse(answer.body)
  } catch {
    return undefined
  }
}

export const hasKeys = (value: unknown, keys: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && keys.every((key) => key in value)

/** The schemes of a challenge: `Bearer realm=…`. */
export const challenge = ({ headers }: HttpFacts): string => headers['www-authenticate'] ?? ''

/** The end of every recognition over HTTP: what the row expects, then what others would have said, then "someone else". */
export function otherwise(answer: HttpFacts, target: Target, expected: string): Recognition {
  const page = sharedFault(answer, target)
  if (page !== undefined) return page
  const sample = answer.body.replace(/\s+/g, ' ').slice(0, 120)
  return fault('identity.protocol', `${statusLine(answer)} is not what ${expected} says: ${sample || 'no body'}`)
}
