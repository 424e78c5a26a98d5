import { Connector } from './connector.ts'
import type { AuthFacts, Facts, HttpResponse } from './facts.ts'
import type { Judgement } from './judge/detector.ts'
import { addressesIn } from './judge/dns.ts'
import { judgeStage } from './judge.ts'
import { identityLimitMs } from './limits.ts'
import { isAmong } from './place.ts'
import { challengeOf, tokenRealm } from './protocols/challenges.ts'
import { hasKeys, hostHeader, jsonBody } from './protocols/http.ts'
import { resolveName } from './stages/dns.ts'
import type { Credential, ProbeContext, Target } from './target.ts'
import type { Roots } from './tls/roots.ts'
import { get } from './transport/get.ts'
import { withTimeout } from './transport/time-limit.ts'

/** GETs a path with headers of its own; undefined without a connection to the verified server, or without a response. */
type AuthenticatedGet = (path: string, headers: Readonly<Record<string, string>>) => Promise<HttpResponse | undefined>

interface SignInRequest {
  readonly target: Target
  readonly credential: Credential
  /** The response to a request without credentials. */
  readonly response: HttpResponse
  readonly get: AuthenticatedGet
  /** The same at another host over TLS; undefined when the endpoint does not name it. */
  readonly getFrom: (host: string, port: number) => AuthenticatedGet | undefined
}

const notTried = (reason: string): AuthFacts => ({ kind: 'not-tried', reason })

const basic = ({ username = '', password, token }: Credential): string =>
  `Basic ${Buffer.from(`${username}:${password ?? token ?? ''}`).toString('base64')}`

/** Whether the server accepts a credential, by its response. `refusals`: the statuses by which the protocol rejects one. */
function authOf(
  response: HttpResponse | undefined,
  subject: string,
  refusals: readonly number[] = [401, 403],
): AuthFacts {
  if (response === undefined) return notTried(`no response to ${subject}`)
  const { status } = response
  const message = `the response to ${subject} is ${status}`
  if (refusals.includes(status)) return { kind: 'rejected', message }
  return status >= 400 || status < 200 ? notTried(message) : { kind: 'accepted', message }
}

/** Gets a token from the registry's token server (distribution: token authentication), then uses it at the registry. */
async function signInToRegistry({ target, credential, response, get, getFrom }: SignInRequest): Promise<AuthFacts> {
  if (credential.username === undefined) return notTried('a registry needs a user name')
  const path = target.path ?? '/v2/'
  const bearer = challengeOf(response, 'bearer')
  const realm = tokenRealm(response)
  if (realm === undefined && challengeOf(response, 'basic') !== undefined)
    return authOf(await get(path, { Authorization: basic(credential) }), 'the user')
  if (realm === undefined || !URL.canParse(realm))
    return notTried('the registry uses an unsupported authentication scheme')
  const url = new URL(realm)
  const service = bearer?.parameters.get('service')
  if (service !== undefined) url.searchParams.set('service', service)
  const port = url.port === '' ? 443 : Number(url.port)
  const isSameServer = url.hostname === target.host.toLowerCase() && port === target.port
  const getFromTokenServer = isSameServer ? get : getFrom(url.hostname, port)
  if (url.protocol !== 'https:' || getFromTokenServer === undefined)
    return notTried(`the endpoint does not name the token server ${url.host}, so no credential was sent to it`)
  const tokenResponse = await getFromTokenServer(`${url.pathname}${url.search}`, { Authorization: basic(credential) })
  const login = authOf(tokenResponse, 'the user, from the token server,')
  if (login.kind !== 'accepted' || tokenResponse === undefined) return login
  const token = tokenIn(jsonBody(tokenResponse))
  if (token === '') return notTried('the token server returned no token')
  return authOf(await get(path, { Authorization: `Bearer ${token}` }), 'the token of the user')
}

function tokenIn(json: unknown): string {
  const { token, access_token: accessToken } = Object(json) as { token?: unknown; access_token?: unknown } // both checked below
  if (typeof token === 'string') return token
  return typeof accessToken === 'string' ? accessToken : ''
}

async function signInToVault({ credential: { token }, response, get }: SignInRequest): Promise<AuthFacts> {
  if (token === undefined) return notTried('a vault needs a token')
  if (!hasKeys(jsonBody(response), ['initialized', 'sealed']))
    return notTried('only tokens of HashiCorp Vault and OpenBao are tried')
  return authOf(await get('/v1/auth/token/lookup-self', { 'X-Vault-Token': token }), 'the token')
}

async function signInToGit({ credential, get, target }: SignInRequest): Promise<AuthFacts> {
  if (target.path === undefined || target.path === '/') return notTried('the endpoint names no repository')
  const user = { ...credential, username: credential.username ?? 'git' }
  const path = target.path.includes('info/refs')
    ? target.path
    : `${target.path.replace(/\/$/, '')}/info/refs?service=git-upload-pack`
  return authOf(await get(path, { Authorization: basic(user) }), 'the user')
}

/** A user without permissions (403) is authenticated all the same. */
async function signInToApiServer({ credential: { token }, get }: SignInRequest): Promise<AuthFacts> {
  if (token === undefined) return notTried('an API server needs a token')
  const response = await get('/api', { Authorization: `Bearer ${token}` })
  return response?.status === 403
    ? { kind: 'accepted', message: 'the token is authenticated' }
    : authOf(response, 'the token', [401])
}

const signInMethods: Readonly<Partial<Record<Target['protocol'], (request: SignInRequest) => Promise<AuthFacts>>>> = {
  oci: signInToRegistry,
  vault: signInToVault,
  git: signInToGit,
  kubernetes: signInToApiServer,
}

/**
 * Signs in with the endpoint's credential, at a verified server only: over TLS that the component's roots trust, without a sign
 * of interception, and to the service that the endpoint expects. Each connection has to present the same key again.
 */
export async function signIn(
  facts: Facts,
  { target, connector, context, roots }: { target: Target; connector: Connector; context: ProbeContext; roots: Roots },
  signal: AbortSignal,
): Promise<AuthFacts | undefined> {
  const { credential } = target
  if (credential === undefined) return undefined
  const { tls, identity } = facts
  const isTlsVerified = tls?.kind === 'established' && isVerified(judgeStage('tls', facts, target))
  if (!isTlsVerified || judgeStage('identity', facts, target).verdict !== 'pass')
    return notTried('the server is not verified, so no credential was sent')
  const method = signInMethods[target.protocol]
  if (method === undefined || identity?.kind !== 'http')
    return notTried(`credentials are not tried over ${target.protocol}`)
  const key = tls.chain[0]?.keySha256 ?? ''
  const opened: Connector[] = []
  const get = authenticatedGet(target, () => connector.reconnectVerified(key, signal), signal)
  const getFrom = (host: string, port: number): AuthenticatedGet | undefined => {
    if (!isAmong({ host, port, tls: true }, target.companionPlaces)) return undefined
    const companion = { ...target, host, port, serverName: host, clientCertificate: undefined, addressRanges: [] }
    return authenticatedGet(companion, () => openVerified(companion, context, roots, opened, signal), signal)
  }
  try {
    return await method({ target, credential, response: identity.response, get, getFrom })
  } finally {
    for (const connector of opened) connector.close()
  }
}

const authenticatedGet =
  (target: Target, open: () => Promise<Connector['stream'] | undefined>, signal: AbortSignal): AuthenticatedGet =>
  async (path, headers) => {
    const stream = await open()
    if (stream === undefined) return undefined
    const outcome = await get(stream, { path, host: hostHeader(target), headers }, identityLimitMs, signal)
    return outcome.kind === 'http' ? outcome.response : undefined
  }

/** The component accepts the server. What programs of another TLS library would do does not matter. */
const isVerified = ({ verdict, cause }: Judgement): boolean => verdict === 'pass' || cause === 'tls.other-runtimes'

/** A connection to another host, as the component makes it; undefined unless its certificate passes without a warning. */
async function openVerified(
  target: Target,
  context: ProbeContext,
  roots: Roots,
  opened: Connector[],
  signal: AbortSignal,
): Promise<Connector['stream'] | undefined> {
  const connector = new Connector(target, context, roots)
  opened.push(connector)
  const stream = await withTimeout(2 * identityLimitMs, signal, async (limit) => {
    if (['unusable', 'misspelled'].includes(connector.proxyChoice.kind)) return undefined
    const addresses = addressesIn(await resolveName(connector.host, context.resolver, limit))
    const { connected } = await connector.connect(addresses, limit)
    if (connected === undefined) return undefined
    if (connector.proxyChoice.kind === 'proxy' && (await connector.tunnel(limit)).kind !== 'open') return undefined
    const tls = await connector.handshake(limit)
    return isVerified(judgeStage('tls', { tls }, target)) ? connector.stream : undefined
  })
  return typeof stream === 'symbol' ? undefined : stream
}
