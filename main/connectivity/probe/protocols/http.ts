import { authority } from '../addresses.ts'
import type { HttpResponse, IdentityFacts } from '../facts.ts'
import { identityLimitMs } from '../limits.ts'
import type { Target } from '../target.ts'
import { BufferedConnection } from '../transport/buffered-connection.ts'
import { requestHttp1 } from '../transport/http1.ts'
import { requestHttp2 } from '../transport/http2.ts'
import { wrongPage } from '../web-pages.ts'
import { looksLike, showBytes } from '../wire-signature.ts'
import { fault, type ReadyConnection, type Recognition } from './protocol.ts'

/** What the protocols over plain HTTP requests share. */

const redirectLimit = 3

/** The Host header: the port only where it is not the scheme's own. */
export function hostHeader({ serverName, port, tls }: Target): string {
  const usual = port === (tls ? 443 : 80)
  return usual ? authority(serverName, port).replace(/:\d+$/, '') : authority(serverName, port)
}

/** GETs a page and follows redirects within the same host, with nothing but the host's name to be known by. */
export async function getPage(
  conversation: ReadyConnection,
  path: string,
  signal: AbortSignal,
): Promise<IdentityFacts> {
  const { target, reconnect: again } = conversation
  const redirectedFrom: string[] = []
  let next: { readonly path: string; readonly stream: ReadyConnection['stream'] } = {
    path,
    stream: conversation.stream,
  }
  for (;;) {
    const seen = await getOnce({ ...conversation, stream: next.stream }, next.path, signal)
    if (seen.kind !== 'http') return seen
    const onward = sameHostPath(seen.response, target, next.path)
    if (onward === undefined || redirectedFrom.length >= redirectLimit) return { ...seen, redirectedFrom }
    const stream = await again(signal)
    if (stream === undefined) return { ...seen, redirectedFrom }
    redirectedFrom.push(next.path)
    next = { path: onward, stream }
  }
}

async function getOnce(
  { target, stream, alpn, absoluteForm }: ReadyConnection,
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
    const seen = await requestHttp2(stream, host, headers, undefined, identityLimitMs, signal)
    if (seen.kind === 'http')
      return { kind: 'http', request: `GET ${path}`, response: seen.response, redirectedFrom: [] }
    if (seen.kind === 'alert') return seen
    if (seen.kind === 'no-http2') return { kind: 'no-http2', alpn, detail: seen.detail }
    return { kind: 'no-response', reason: seen.reason, overTls: target.tls }
  }
  const channel = new BufferedConnection(stream)
  const request = {
    method: 'GET',
    path: `${absoluteForm?.prefix ?? ''}${path}`,
    host,
    headers: absoluteForm?.headers ?? {},
  }
  const seen = await requestHttp1(channel, request, identityLimitMs, signal)
  channel.close()
  return seen.kind === 'http'
    ? { kind: 'http', request: `GET ${path}`, response: seen.response, redirectedFrom: [] }
    : nonHttpIdentity(seen, target)
}

/** What is common to whatever was no HTTP. */
export function nonHttpIdentity(
  seen: Exclude<Awaited<ReturnType<typeof requestHttp1>>, { kind: 'http' }>,
  target: Pick<Target, 'tls'>,
): IdentityFacts {
  if (seen.kind === 'bytes')
    return { kind: 'bytes', firstBytes: showBytes(seen.bytes), looksLike: looksLike(seen.bytes) }
  if (seen.reason.kind === 'error' && /ALERT/.test(seen.reason.code)) return { kind: 'alert', code: seen.reason.code }
  return { kind: 'no-response', reason: seen.reason, overTls: target.tls }
}

const isRedirect = ({ status, headers }: HttpResponse): boolean =>
  [301, 302, 303, 307, 308].includes(status) && headers.location !== undefined

function redirectUrl(response: HttpResponse, target: Target, path: string): URL | undefined {
  if (!isRedirect(response)) return undefined
  const base = `${target.tls ? 'https' : 'http'}://${authority(target.serverName, target.port)}${path}`
  const location = response.headers.location ?? ''
  return URL.canParse(location, base) ? new URL(location, base) : undefined
}

/** The path to go on with, when a redirect stays where it is: same scheme, host and port. */
function sameHostPath(response: HttpResponse, target: Target, path: string): string | undefined {
  const to = redirectUrl(response, target, path)
  if (to === undefined || to.protocol !== (target.tls ? 'https:' : 'http:')) return undefined
  const port = to.port === '' ? (target.tls ? 443 : 80) : Number(to.port)
  const onward = `${to.pathname}${to.search}`
  return to.hostname === target.serverName.toLowerCase() && port === target.port && onward !== path ? onward : undefined
}

/** The host that a redirect leads to, when it is not this one. */
function redirectHost(response: HttpResponse, target: Target): string | undefined {
  const to = redirectUrl(response, target, '/')
  if (to === undefined) return isRedirect(response) ? (response.headers.location ?? '') : undefined
  return to.host
}

/**
 * Faults that any protocol over HTTP may meet, once its own answer was not found: pages of others, redirects, refusals.
 * Undefined when the answer shows none of them.
 */
export function sharedFault(response: HttpResponse, target: Target): Recognition | undefined {
  if (response.status === 407)
    return fault('proxy.auth', `something on the way answers 407: ${response.headers['proxy-authenticate'] ?? ''}`)
  const page = wrongPage(response)
  if (page !== undefined) return fault(page.cause, page.message)
  const elsewhere = redirectHost(response, target)
  if (elsewhere !== undefined) {
    const host = elsewhere.replace(/:\d+$/, '')
    if (!target.companionHosts.includes(host))
      return fault('identity.redirect', `sent to ${response.headers.location ?? ''}`)
  }
  if (response.status === 429) return fault('identity.throttled', statusLine(response))
  if (response.status >= 500) return fault('identity.unavailable', statusLine(response))
  return undefined
}

export const statusLine = ({ status, reason }: HttpResponse): string => `${status} ${reason}`.trim()

/** Whether what the row says about its speaker holds: `absent` when it says nothing that could prove one. */
export function expectation(
  response: HttpResponse,
  target: Target,
): { readonly state: 'absent' | 'met' } | { readonly state: 'unmet'; readonly message: string } {
  const { expect } = target
  const holds = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase())
  if (expect?.status !== undefined && expect.status.length > 0 && !expect.status.includes(response.status)) {
    return { state: 'unmet', message: `status ${response.status}, expected ${expect.status.join(' or ')}` }
  }
  for (const [name, part] of Object.entries(expect?.header ?? {})) {
    const value = response.headers[name.toLowerCase()]
    if (value === undefined || !holds(value, part))
      return { state: 'unmet', message: `header ${name}: ${value ?? 'absent'}, expected "${part}"` }
  }
  if (expect?.body !== undefined && !holds(response.body, expect.body))
    return { state: 'unmet', message: `no "${expect.body}" in what came` }
  // A status alone proves nobody.
  const proves = expect?.body !== undefined || Object.keys(expect?.header ?? {}).length > 0
  return { state: proves ? 'met' : 'absent' }
}

/** The body as JSON; undefined when it is none. */
export function jsonBody(response: HttpResponse): unknown {
  try {
    return JSON.parse(response.body)
  } catch {
    return undefined
  }
}

export const hasKeys = (value: unknown, keys: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && keys.every((key) => key in value)

/** The schemes of a challenge: `Bearer realm=…`. */
export const challenge = ({ headers }: HttpResponse): string => headers['www-authenticate'] ?? ''

/** The end of every recognition over HTTP: what the row expects, then what others would have said, then "someone else". */
export function unexpectedResponse(response: HttpResponse, target: Target, expected: string): Recognition {
  const page = sharedFault(response, target)
  if (page !== undefined) return page
  const sample = response.body.replace(/\s+/g, ' ').slice(0, 120)
  return fault('identity.protocol', `${statusLine(response)} is not what ${expected} says: ${sample || 'no body'}`)
}
