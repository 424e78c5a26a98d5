import { Connector } from './connector.ts'
import type { AuthFacts, Facts, HttpResponse } from './facts.ts'
import { addressesIn } from './judge/dns.ts'
import { judgeStage } from './judge.ts'
import { identityLimitMs } from './limits.ts'
import { challenge, hasKeys, hostHeader, jsonBody } from './protocols/http.ts'
import { resolveName } from './stages/dns.ts'
import type { Credential, ProbeContext, Target } from './target.ts'
import type { Roots } from './tls/roots.ts'
import { BufferedConnection } from './transport/buffered-connection.ts'
import { requestHttp1 } from './transport/http1.ts'
import { withTimeout } from './transport/time-limit.ts'

/** Asks for a path with headers of its own; undefined when no connection to a proven far end came about, or no answer. */
type AuthenticatedGet = (path: string, headers: Readonly<Record<string, string>>) => Promise<HttpResponse | undefined>

interface SignInRequest {
  readonly target: Target
  readonly credential: Credential
  /** What was answered to whoever shows nothing. */
  readonly response: HttpResponse
  readonly ask: AuthenticatedGet
  /** The same at another host over TLS, which the row has to name; undefined: it does not. */
  readonly getFrom: (host: string, port: number) => AuthenticatedGet | undefined
}

const untried = (reason: string): AuthFacts => ({ kind: 'not-tried', reason })

const basic = ({ username = '', password, token }: Credential): string =>
  `Basic ${Buffer.from(`${username}:${password ?? token ?? ''}`).toString('base64')}`

/** Whether an answer to a credential takes it; `refusals` are the protocol's own. */
function outcomeOf(
  response: HttpResponse | undefined,
  what: string,
  refusals: readonly number[] = [401, 403],
): AuthFacts {
  if (response === undefined) return untried(`no answer to ${what}`)
  if (refusals.includes(response.status))
    return { kind: 'rejected', message: `${what} is answered with ${response.status}` }
  if (response.status >= 400 || response.status < 200) return untried(`${what} is answered with ${response.status}`)
  return { kind: 'accepted', message: `${what} is answered with ${response.status}` }
}

/** The token of a registry's token server (distribution: token authentication), then the registry with it. */
async function registry({ target, credential, response, ask, getFrom }: SignInRequest): Promise<AuthFacts> {
  if (credential.username === undefined) return untried('a registry wants a user name')
  const asks = challenge(response)
  const path = target.path ?? '/v2/'
  if (/^basic\b/i.test(asks)) return outcomeOf(await ask(path, { Authorization: basic(credential) }), 'the user')
  const realm = /\brealm="([^"]+)"/i.exec(asks)?.[1] ?? ''
  if (!/^bearer\b/i.test(asks) || !URL.canParse(realm)) return untried('it asks in no way that is known')
  const url = new URL(realm)
  const service = /\bservice="([^"]*)"/i.exec(asks)?.[1]
  if (service !== undefined) url.searchParams.set('service', service)
  const port = url.port === '' ? 443 : Number(url.port)
  const own = url.hostname === target.host.toLowerCase() && port === target.port
  const askToken = url.protocol !== 'https:' ? undefined : own ? ask : getFrom(url.hostname, port)
  if (askToken === undefined)
    return untried(`its tokens come from ${url.host}, which the row does not name: nothing was shown to it`)
  const given = await askToken(`${url.pathname}${url.search}`, { Authorization: basic(credential) })
  const login = outcomeOf(given, 'the user, at the token server,')
  if (login.kind !== 'accepted' || given === undefined) return login
  const json = jsonBody(given)
  const token = hasKeys(json, ['token']) || hasKeys(json, ['access_token']) ? tokenIn(json) : ''
  if (token === '') return untried('the token server gives no token')
  return outcomeOf(await ask(path, { Authorization: `Bearer ${token}` }), 'the token that the user gets')
}

function tokenIn(json: unknown): string {
  const { token, access_token: other } = Object(json) as { token?: unknown; access_token?: unknown } // looked for above
  return typeof token === 'string' ? token : typeof other === 'string' ? other : ''
}

async function vault({ credential: { token }, response, ask }: SignInRequest): Promise<AuthFacts> {
  if (token === undefined) return untried('a vault wants a token')
  if (!hasKeys(jsonBody(response), ['initialized', 'sealed']))
    return untried('only HashiCorp’s and OpenBao’s tokens are tried')
  return outcomeOf(await ask('/v1/auth/token/lookup-self', { 'X-Vault-Token': token }), 'the token')
}

async function repository({ credential, ask, target }: SignInRequest): Promise<AuthFacts> {
  if (target.path === undefined || target.path === '/') return untried('the row names no repository')
  const known = { ...credential, username: credential.username ?? 'git' }
  const path = target.path.includes('info/refs')
    ? target.path
    : `${target.path.replace(/\/$/, '')}/info/refs?service=git-upload-pack`
  return outcomeOf(await ask(path, { Authorization: basic(known) }), 'the user')
}

/** Whoever is known and may not look is known all the same. */
async function apiServer({ credential: { token }, ask }: SignInRequest): Promise<AuthFacts> {
  if (token === undefined) return untried('an API server wants a token')
  const response = await ask('/api', { Authorization: `Bearer ${token}` })
  return response?.status === 403
    ? { kind: 'accepted', message: 'the token is known' }
    : outcomeOf(response, 'the token', [401])
}

const signInMethods: Readonly<Partial<Record<Target['protocol'], (signing: SignInRequest) => Promise<AuthFacts>>>> = {
  oci: registry,
  vault,
  git: repository,
  kubernetes: apiServer,
}

/**
 * Shows the row's credential to a far end that has proven itself: over TLS that the component's roots vouch for, with no sign
 * of a box in between, to the speaker that the row expects. Each connection has to show the same key again.
 */
export async function signIn(
  facts: Facts,
  { target, connector, context, roots }: { target: Target; connector: Connector; context: ProbeContext; roots: Roots },
  signal: AbortSignal,
): Promise<AuthFacts | undefined> {
  const { credential } = target
  if (credential === undefined) return undefined
  const { tls, identity } = facts
  const proven = tls?.kind === 'established' && judgeStage('tls', facts, target).verdict === 'pass'
  if (!proven || judgeStage('identity', facts, target).verdict !== 'pass')
    return untried('the far end has not proven itself, so nothing was shown to it')
  const act = signInMethods[target.protocol]
  if (act === undefined || identity?.kind !== 'http' || tls.alpn === 'h2')
    return untried(`credentials are not tried over ${target.protocol}`)
  const key = tls.chain[0]?.keySha256 ?? ''
  const opened: Connector[] = []
  const ask = authenticatedGet(target, () => connector.reconnectVerified(key, signal), signal)
  const getFrom = (host: string, port: number): AuthenticatedGet | undefined => {
    if (!target.companionHosts.includes(host)) return undefined
    const other: Target = { ...target, host, port, serverName: host, clientCertificate: undefined, addressRanges: [] }
    return authenticatedGet(other, () => openProven(other, context, roots, opened, signal), signal)
  }
  try {
    return await act({ target, credential, response: identity.response, ask, getFrom })
  } finally {
    for (const one of opened) one.close()
  }
}

const authenticatedGet =
  (target: Target, open: () => Promise<Connector['stream'] | undefined>, signal: AbortSignal): AuthenticatedGet =>
  async (path, headers) => {
    const stream = await open()
    if (stream === undefined) return undefined
    const channel = new BufferedConnection(stream)
    const seen = await requestHttp1(
      channel,
      { method: 'GET', path, host: hostHeader(target), headers },
      identityLimitMs,
      signal,
    )
    channel.close()
    return seen.kind === 'http' ? seen.response : undefined
  }

/** A connection to another host, as the row's component makes it; undefined unless its certificate is beyond doubt. */
async function openProven(
  target: Target,
  context: ProbeContext,
  roots: Roots,
  opened: Connector[],
  signal: AbortSignal,
): Promise<Connector['stream'] | undefined> {
  const connector = new Connector(target, context, roots)
  opened.push(connector)
  const stream = await withTimeout(2 * identityLimitMs, signal, async (limit) => {
    if (connector.proxyChoice.kind === 'unusable') return undefined
    const { connected } = await connector.connect(
      addressesIn(await resolveName(connector.host, context.resolver, limit)),
      limit,
    )
    if (connected === undefined) return undefined
    if (connector.proxyChoice.kind === 'proxy' && (await connector.tunnel(limit)).kind !== 'open') return undefined
    const tls = await connector.handshake(limit)
    return judgeStage('tls', { tls }, target).verdict === 'pass' ? connector.stream : undefined
  })
  return typeof stream === 'symbol' ? undefined : stream
}
