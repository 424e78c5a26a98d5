import { readFile } from 'node:fs/promises'
import { Agent, EnvHttpProxyAgent, request } from 'undici'
import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'
import { boundedText } from '../bounded-text.ts'
import { isUnencrypted } from './consent.ts'

const Discovery = z.object({ token_endpoint: z.url() })
const Tokens = z.object({ id_token: z.string(), refresh_token: z.string().optional() })
const responseLimitBytes = 1024 * 1024
const limitMs = 15_000

/** The `auth-provider: oidc` of a kubeconfig, with kubectl's field names. */
export type OidcConfig = Readonly<Record<string, string>>

/** Milliseconds since the epoch at which an ID token expires; undefined if it cannot be read. */
export function expiryOf(idToken: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString('utf8'))
    const seconds: unknown = typeof claims === 'object' && claims !== null ? Reflect.get(claims, 'exp') : undefined
    return typeof seconds === 'number' ? seconds * 1_000 : undefined
  } catch {
    return undefined
  }
}

/**
 * A fresh ID token by the refresh token (RFC 6749 section 6; OpenID Connect Discovery 1.0).
 * The secret goes in the header and, where the issuer refuses that, in the body, as client-go does.
 * Throws CLUSTER_UNAUTHORIZED when the session has expired. The response text is not evidence: it may contain tokens.
 */
export async function refreshTokens(
  config: OidcConfig,
  signal: AbortSignal,
): Promise<{ idToken: string; refreshToken: string }> {
  const issuer = config['idp-issuer-url'] ?? ''
  const clientId = config['client-id'] ?? ''
  const refreshToken = config['refresh-token'] ?? ''
  if (issuer === '' || clientId === '' || refreshToken === '') {
    throw new Problem(
      'CLUSTER_UNAUTHORIZED',
      'The sign-in has expired, and the kubeconfig has no refresh token to renew it.',
    )
  }
  const authority = await authorityOf(config)
  const dispatcher = authority === undefined ? new EnvHttpProxyAgent() : new Agent({ connect: { ca: authority } })
  const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs)])
  try {
    const discovered = await send(
      `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
      {},
      dispatcher,
      limited,
    )
    const discovery = Discovery.safeParse(discovered.body)
    if (!discovery.success) throw refused(issuer, discovered.status)
    if (isUnencrypted(discovery.data.token_endpoint) && !isUnencrypted(issuer)) {
      const message = `The sign-in service ${issuer} requests the refresh token without encryption.`
      throw new Problem('CLUSTER_UNAUTHORIZED', message, discovery.data.token_endpoint)
    }
    const secret = config['client-secret'] ?? ''
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken }
    const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64')
    const inHeader = { form, headers: { authorization: `Basic ${basic}` } }
    const inBody = { form: { ...form, client_id: clientId, ...(secret === '' ? {} : { client_secret: secret }) } }
    const attempts = secret === '' ? [inBody] : [inHeader, inBody]
    let status = 0
    for (const attempt of attempts) {
      const response = await send(discovery.data.token_endpoint, attempt, dispatcher, limited)
      const tokens = Tokens.safeParse(response.body)
      if (response.status === 200 && tokens.success) {
        return { idToken: tokens.data.id_token, refreshToken: tokens.data.refresh_token ?? refreshToken }
      }
      status = response.status
    }
    throw refused(issuer, status)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Problem) throw error
    const code = error instanceof Error ? String(Reflect.get(error, 'code') ?? error.name) : ''
    throw new Problem('CLUSTER_UNAUTHORIZED', `The sign-in service ${issuer} cannot be reached for a new token.`, code)
  } finally {
    await dispatcher.close()
  }
}

const refused = (issuer: string, status: number) =>
  new Problem('CLUSTER_UNAUTHORIZED', `The sign-in service ${issuer} did not renew the sign-in.`, `HTTP ${status}`)

async function authorityOf(config: OidcConfig): Promise<string | undefined> {
  const data = config['idp-certificate-authority-data']
  if (data !== undefined && data !== '') return Buffer.from(data, 'base64').toString('utf8')
  const file = config['idp-certificate-authority']
  if (file === undefined || file === '') return undefined
  return await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Problem('FILE_UNREADABLE', `The certificate authority of the sign-in service cannot be read.`, file, {
      cause: error,
    })
  })
}

async function send(
  url: string,
  { form, headers = {} }: { form?: Record<string, string>; headers?: Record<string, string> },
  dispatcher: Agent | EnvHttpProxyAgent,
  signal: AbortSignal,
): Promise<{ status: number; body: unknown }> {
  const response = await request(url, {
    method: form === undefined ? 'GET' : 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: form === undefined ? null : new URLSearchParams(form).toString(),
    dispatcher,
    signal,
  })
  const text = await boundedText(response.body, responseLimitBytes)
  try {
    return { status: response.statusCode, body: JSON.parse(text ?? '') }
  } catch {
    return { status: response.statusCode, body: undefined }
  }
}
