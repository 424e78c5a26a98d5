import { z } from 'zod'
import { parseChallenges } from '../../lib/rules/challenges.ts'

export interface RegistryLogin {
  readonly username: string
  readonly password: string
}

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

/** Whether the 401 of a registry asks for the login itself. Pure. */
export const wantsBasic = (header: string): boolean => parseChallenges(header).some(({ scheme }) => scheme === 'basic')

export const basicAuthorization = ({ username, password }: RegistryLogin): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

const Token = z.object({ token: z.string().optional(), access_token: z.string().optional() })

/** From the answer of a token service; undefined if it has no token. Pure. */
export function bearerAuthorization(answer: string): string | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(answer)
  } catch {
    return undefined
  }
  const { data } = Token.safeParse(parsed)
  const token = data?.token ?? data?.access_token
  return token === undefined || token === '' ? undefined : `Bearer ${token}`
}
