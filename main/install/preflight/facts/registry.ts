import { getCACertificates } from 'node:tls'
import { EnvHttpProxyAgent, request } from 'undici'
import { z } from 'zod'
import { boundedText } from '../../../lib/bounded-text.ts'
import { inParallel } from '../../../lib/concurrency/in-parallel.ts'
import { parseChallenges } from '../../../lib/rules/challenges.ts'
import type { ImageReference } from '../rules/image-reference.ts'

/** What a registry answers to the question for a manifest, from this computer. */
export interface ImageAnswer {
  readonly image: string
  readonly outcome: 'found' | 'missing' | 'denied' | 'unreachable'
  readonly detail: string
}

export interface RegistryLogin {
  readonly username: string
  readonly password: string
}

const imagesAtOnce = 8
const imagesAtMost = 100
/** The default tier of the preflight takes less than 3 s. */
const answerLimitMs = 2_500
const tokenLimitBytes = 65_536

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

const DockerConfig = z.object({
  auths: z.record(
    z.string(),
    z.object({ username: z.string().optional(), password: z.string().optional(), auth: z.string().optional() }),
  ),
})

/** Pure: the logins of a `.dockerconfigjson`, by the host of their registry. */
export function loginsOf(dockerConfig: string): ReadonlyMap<string, RegistryLogin> {
  let parsed: unknown
  try {
    parsed = JSON.parse(dockerConfig)
  } catch {
    return new Map()
  }
  const { data } = DockerConfig.safeParse(parsed)
  return new Map(
    Object.entries(data?.auths ?? {}).flatMap(([server, { username, password, auth = '' }]) => {
      const host = server.replace(/^https?:\/\//, '').split('/')[0] ?? ''
      const [fromAuth = '', ...rest] = Buffer.from(auth, 'base64').toString('utf8').split(':')
      const login = { username: username ?? fromAuth, password: password ?? rest.join(':') }
      const registry = host === 'index.docker.io' || host === 'docker.io' ? 'registry-1.docker.io' : host
      return login.username === '' ? [] : [[registry, login] as const]
    }),
  )
}

/** Pure: where the bearer challenge of a 401 sends for a token. Only HTTPS, since the login is sent there. */
export function tokenAddress(header: string): URL | undefined {
  const bearer = parseChallenges(header).find(({ scheme }) => scheme === 'bearer')
  const realm = bearer?.parameters.get('realm') ?? ''
  if (!URL.canParse(realm)) return undefined
  const address = new URL(realm)
  if (address.protocol !== 'https:') return undefined
  for (const key of ['service', 'scope']) {
    const value = bearer?.parameters.get(key)
    if (value !== undefined) address.searchParams.set(key, value)
  }
  return address
}

const basic = ({ username, password }: RegistryLogin): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

/** Asks each registry for the manifest of its image by HEAD, which transfers nothing. Throws only the abort reason. `ca`: trusted roots. */
export async function imageAnswers(
  images: readonly ImageReference[],
  logins: ReadonlyMap<string, RegistryLogin>,
  signal: AbortSignal,
  ca: readonly string[] = [...getCACertificates('default'), ...getCACertificates('system')],
): Promise<ImageAnswer[]> {
  const dispatcher = new EnvHttpProxyAgent({
    connect: { ca: [...ca], timeout: answerLimitMs },
    requestTls: { ca: [...ca] },
  })
  try {
    return await inParallel(images.slice(0, imagesAtMost), imagesAtOnce, async (reference) => {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)])
      try {
        return { image: reference.image, ...(await ask(reference)) }
      } catch (error) {
        signal.throwIfAborted()
        const detail = limit.aborted ? `no answer within ${answerLimitMs / 1_000} s` : codeOf(error)
        return { image: reference.image, outcome: 'unreachable', detail: `${reference.registry}: ${detail}` }
      }

      async function ask({ registry, repository, version }: ImageReference): Promise<Omit<ImageAnswer, 'image'>> {
        const url = `https://${registry}/v2/${repository}/manifests/${version}`
        const send = (authorization?: string) =>
          request(url, {
            method: 'HEAD',
            dispatcher,
            signal: limit,
            headers: { accept: manifestTypes, ...(authorization === undefined ? {} : { authorization }) },
          })
        const login = logins.get(registry)
        let { statusCode, headers } = await send()
        if (statusCode === 401) {
          const address = tokenAddress(String(headers['www-authenticate'] ?? ''))
          const authorization = address === undefined ? login && basic(login) : await tokenFrom(address, login)
          if (authorization !== undefined) ({ statusCode } = await send(authorization))
        }
        const detail = `${registry}: HTTP ${statusCode}`
        if (statusCode === 404) return { outcome: 'missing', detail }
        if (statusCode === 401 || statusCode === 403) return { outcome: 'denied', detail }
        return { outcome: statusCode < 400 ? 'found' : 'unreachable', detail }
      }

      async function tokenFrom(address: URL, login: RegistryLogin | undefined): Promise<string | undefined> {
        const { statusCode, body } = await request(address, {
          dispatcher,
          signal: limit,
          headers: login === undefined ? {} : { authorization: basic(login) },
        })
        const text = await boundedText(body, tokenLimitBytes)
        if (statusCode !== 200 || text === undefined) return undefined
        const { data } = z
          .object({ token: z.string().optional(), access_token: z.string().optional() })
          .safeParse(JSON.parse(text))
        const token = data?.token ?? data?.access_token
        return token === undefined ? undefined : `Bearer ${token}`
      }
    })
  } finally {
    await dispatcher.close().catch(() => undefined)
  }
}

/** The code of the innermost cause; messages of undici can contain a proxy's password. */
function codeOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const code: unknown = Reflect.get(at, 'code')
    if (typeof code === 'string') return code
  }
  return 'the connection failed'
}
