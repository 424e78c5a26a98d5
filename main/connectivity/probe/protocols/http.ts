import { authority } from '../addresses.ts'
import type { HttpResponse, IdentityFacts } from '../facts.ts'
import { identityLimitMs } from '../limits.ts'
import { isAmong, placeOfUrl } from '../place.ts'
import type { Target } from '../target.ts'
import { get } from '../transport/get.ts'
import type { Http1Outcome } from '../transport/http1.ts'
import type { Http2Outcome } from '../transport/http2.ts'
import { wrongPage } from '../web-pages.ts'
import { looksLike, showBytes } from '../wire-signature.ts'
import { fault, type ReadyConnection, type Recognition } from './protocol.ts'

/** Shared by the protocols that consist of HTTP requests. */

const redirectLimit = 3

/** The Host header: with a port only where it is not the scheme's default. */
export function hostHeader({ serverName, port, tls }: Target): string {
  const isDefaultPort = port === (tls ? 443 : 80)
  return isDefaultPort ? authority(serverName, port).replace(/:\d+$/, '') : authority(serverName, port)
}

/** GETs a page and follows redirects within the same host. Sends no credential. */
export async function getPage(ready: ReadyConnection, path: string, signal: AbortSignal): Promise<IdentityFacts> {
  const { target, reconnect } = ready
  const redirectedFrom: string[] = []
  let next: { readonly path: string; readonly stream: ReadyConnection['stream'] } = {
    path,
    stream: ready.stream,
  }
  for (;;) {
    const identity = await getOnce({ ...ready, stream: next.stream }, next.path, signal)
    if (identity.kind !== 'http') return identity
    const redirectPath = sameHostPath(identity.response, target, next.path)
    if (redirectPath === undefined || redirectedFrom.length >= redirectLimit) return { ...identity, redirectedFrom }
    const stream = await reconnect(signal)
    if (stream === undefined) return { ...identity, redirectedFrom }
    redirectedFrom.push(next.path)
    next = { path: redirectPath, stream }
  }
}

async function getOnce(
  { target, stream, absoluteForm, reconnect }: ReadyConnection,
  path: string,
  signal: AbortSignal,
): Promise<IdentityFacts> {
  const prefixed = `${absoluteForm?.prefix ?? ''}${path}`
  const request = { path: prefixed, host: hostHeader(target), headers: absoluteForm?.headers }
  const outcome = await get(stream, request, identityLimitMs, signal, reconnect)
  if (outcome.kind !== 'http') return nonHttpIdentity(outcome, target)
  const { response } = outcome
  const ended = 'ended' in outcome ? { ended: outcome.ended } : {}
  return { kind: 'http', request: `GET ${path}`, response, redirectedFrom: [], ...ended }
}

/** The identity of a server that did not respond in HTTP. */
export function nonHttpIdentity(
  outcome: Exclude<Http1Outcome | Http2Outcome, { kind: 'http' }>,
  target: Pick<Target, 'tls'>,
): IdentityFacts {
  if (outcome.kind === 'alert' || outcome.kind === 'http2-error') return outcome
  if (outcome.kind === 'no-http2') return { kind: 'no-http2', alpn: 'h2', detail: outcome.detail }
  if (outcome.kind === 'bytes')
    return { kind: 'bytes', firstBytes: showBytes(outcome.bytes), looksLike: looksLike(outcome.bytes) }
  if (outcome.reason.kind === 'error' && /ALERT/.test(outcome.reason.code))
    return { kind: 'alert', code: outcome.reason.code }
  return { kind: 'no-response', reason: outcome.reason, overTls: target.tls }
}

const isRedirect = ({ status, headers }: HttpResponse): boolean =>
  [301, 302, 303, 307, 308].includes(status) && headers.location !== undefined

function redirectUrl(response: HttpResponse, target: Target, path: string): URL | undefined {
  if (!isRedirect(response)) return undefined
  const base = `${target.tls ? 'https' : 'http'}://${authority(target.serverName, target.port)}${path}`
  const location = response.headers.location ?? ''
  return URL.canParse(location, base) ? new URL(location, base) : undefined
}

/** The path of a redirect within the same scheme, host and port; undefined for any other. */
function sameHostPath(response: HttpResponse, target: Target, path: string): string | undefined {
  const url = redirectUrl(response, target, path)
  if (url === undefined || url.protocol !== (target.tls ? 'https:' : 'http:')) return undefined
  const defaultPort = target.tls ? 443 : 80
  const port = url.port === '' ? defaultPort : Number(url.port)
  const redirectPath = `${url.pathname}${url.search}`
  const isSameHost = url.hostname === target.serverName.toLowerCase() && port === target.port
  return isSameHost && redirectPath !== path ? redirectPath : undefined
}

/** The path of a URL at the endpoint's own scheme, host and port, with these parameters; undefined: it is elsewhere, or no URL. */
export function ownPath(
  text: string,
  target: Target,
  parameters: Readonly<Record<string, string>> = {},
): string | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const own = `${target.tls ? 'https' : 'http'}://${authority(target.serverName, target.port)}`
  if (!URL.canParse(own) || url.origin !== new URL(own).origin) return undefined
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return `${url.pathname}${url.search}`
}

/** Paths and parameters of sign-in pages: OAuth 2.0, OpenID Connect, SAML, and what proxies and gateways call theirs. */
const signInUrl =
  /\/(?:oauth2?|oidc|saml2?|adfs|sso|login|signin|sign_in|authorize|auth|cas|openid-connect)\b|[?&](?:SAMLRequest|client_id|redirect_uri|RelayState)=/i

function describeRedirect(location: string, host: string): string {
  return signInUrl.test(location)
    ? `redirected to the sign-in page of ${host}, which components cannot use: ${location}`
    : `redirected to ${location}`
}

/**
 * Faults of any protocol over HTTP, once its own response was not recognised: other pages, redirects, refusals.
 * Undefined when the response shows none of them.
 */
export function sharedFault(response: HttpResponse, target: Target): Recognition | undefined {
  if (response.status === 407)
    return fault(
      'proxy.auth',
      `a device on the path responds with 407: ${response.headers['proxy-authenticate'] ?? ''}`,
    )
  const page = wrongPage(response)
  if (page !== undefined) return fault(page.cause, page.message)
  if (isRedirect(response)) {
    const url = redirectUrl(response, target, '/')
    const place = url === undefined ? undefined : placeOfUrl(url.href)
    const location = response.headers.location ?? ''
    if (place === undefined || !isAmong(place, target.companionPlaces))
      return fault('identity.redirect', describeRedirect(location, url?.host ?? location))
  }
  if (response.status === 429) return fault('identity.throttled', statusLine(response))
  if (response.status >= 500) return fault('identity.unavailable', statusLine(response))
  return undefined
}

export const statusLine = ({ status, reason }: HttpResponse): string => `${status} ${reason}`.trim()

/** Whether the response meets the endpoint's `expect`; `absent` when that could not prove which service responds. */
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
    return { state: 'unmet', message: `no "${expect.body}" in the body` }
  // A status alone proves nothing.
  const proves = expect?.body !== undefined || Object.keys(expect?.header ?? {}).length > 0
  return { state: proves ? 'met' : 'absent' }
}

/** The body as JSON; undefined when it is not JSON. */
export function jsonBody(response: HttpResponse): unknown {
  try {
    return JSON.parse(response.body)
  } catch {
    return undefined
  }
}

export const hasKeys = (value: unknown, keys: readonly string[]): boolean =>
  typeof value === 'object' && value !== null && keys.every((key) => key in value)

/** The challenge of a 401: `Bearer realm=…`. */
export const challenge = ({ headers }: HttpResponse): string => headers['www-authenticate'] ?? ''

/** The last step of every recognition over HTTP: a fault that all share, else another service. */
export function unexpectedResponse(response: HttpResponse, target: Target, expected: string): Recognition {
  const page = sharedFault(response, target)
  if (page !== undefined) return page
  const received = `${statusLine(response)}, ${describeBody(response)}`
  return fault('identity.protocol', `${received}: not the response of ${expected}`)
}

/**
 * The kind and size of a body, as `1234 characters of text/html`. Its text stays out of results: a caller who names the host
 * and the request could read any service of the network with it.
 */
export function describeBody({ body, headers }: HttpResponse): string {
  if (body === '') return 'no body'
  const type = /^[\w.+-]+\/[\w.+-]+/.exec(headers['content-type'] ?? '')?.[0]
  return `${body.length} characters${type === undefined ? '' : ` of ${type}`}`
}
