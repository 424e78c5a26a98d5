import { readFile } from 'node:fs/promises'
import { Problem } from '../../../preload/contract/problem.ts'
import { usedProgram } from './consent.ts'
import { type CredentialEnd, credentialEnd } from './credential-end.ts'
import { type PluginProgram, runPlugin } from './exec-plugin.ts'
import type { ClusterEntry, UserEntry } from './kubeconfig-entries.ts'
import { expiryOf, refreshTokens } from './oidc.ts'
import { orAbort } from './or-abort.ts'

/** What a request carries to authenticate. Held in memory only. */
export interface Credential {
  readonly headers: Readonly<Record<string, string | string[]>>
  /** PEM texts for the TLS handshake. */
  readonly certificate?: string
  readonly key?: string
}

export interface CredentialSource {
  /** The current credential; concurrent callers share one lookup. */
  get(signal: AbortSignal): Promise<Credential>
  /** Discards the credential, because the API server did not accept it. False when a new lookup would give the same one. */
  renew(): boolean
  /** What was last sent, if it has ended by its own content and cannot be renewed here. */
  ended(): CredentialEnd | undefined
  /** Ends a running credential program. */
  close(): void
}

interface ExpiringCredential {
  readonly credential: Credential
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** client-go reads a token file again after a minute: a rotation leaves that much time. */
const fileLifeMs = 60_000
/** A credential is renewed this long before it expires, or a tenth of its lifetime if that is shorter. */
const slackMs = 30_000

/** The credentials of one kubeconfig user, in client-go's order of preference. */
export function credentialSource(user: UserEntry, cluster: ClusterEntry, program: PluginProgram): CredentialSource {
  const lookUpUser = lookupFor(user, cluster, program)
  const login = loginOf(cluster.server)
  const lookUp: typeof lookUpUser = async (signal) => {
    const found = await lookUpUser(signal)
    return { ...found, credential: { ...found.credential, headers: { ...found.credential.headers, ...login } } }
  }
  let current: ExpiringCredential | undefined
  let last: Credential | undefined
  let pending: Promise<ExpiringCredential> | undefined
  const stop = new AbortController()
  return {
    async get(signal) {
      signal.throwIfAborted()
      if (current !== undefined && Date.now() < current.until) return current.credential
      // Not the caller's signal: others may share this lookup, which has its own time limit.
      pending ??= lookUp(stop.signal).finally(() => {
        pending = undefined
      })
      current = await orAbort(pending, signal)
      last = current.credential
      return last
    },
    renew() {
      current = undefined
      return user.exec !== undefined || user.provider !== undefined || usesFiles(user)
    },
    ended() {
      if (last === undefined || user.exec !== undefined || user.provider !== undefined) return undefined
      const token = /^Bearer (.*)$/.exec(String(last.headers.authorization ?? ''))?.[1]
      const end = credentialEnd({ token, certificate: last.certificate })
      return end !== undefined && end.endsAtMs <= Date.now() ? end : undefined
    },
    close: () => stop.abort(new Problem('CANCELLED', 'The connection to the cluster was closed.')),
  }
}

/** A login in the address of the server replaces that of the user, as Go's `net/http` sets it before client-go. */
function loginOf(server: string): Readonly<Record<string, string>> {
  const { username, password } = new URL(server)
  if (username === '' && password === '') return {}
  return basic(decodeURIComponent(username), decodeURIComponent(password))
}

const basic = (name: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
})

const usesFiles = ({ tokenFile, certificateFile, keyFile }: UserEntry): boolean =>
  tokenFile !== undefined || certificateFile !== undefined || keyFile !== undefined

function lookupFor(
  user: UserEntry,
  cluster: ClusterEntry,
  program: PluginProgram,
): (signal: AbortSignal) => Promise<ExpiringCredential> {
  const { provider } = user
  const exec = usedProgram(user)
  if (exec !== undefined) {
    return async (signal) => {
      const credential = await runPlugin(exec, cluster, program, signal)
      const base = await staticCredential(user)
      return {
        credential: {
          headers: { ...base.headers, ...bearer(credential.token) },
          certificate: credential.certificate ?? base.certificate,
          key: credential.key ?? base.key,
        },
        until: renewalTime(credential.expiresAt),
      }
    }
  }
  if (provider !== undefined && user.token === undefined && user.tokenFile === undefined) {
    return provider.name === 'oidc'
      ? oidcLookup(user, provider.config)
      : () => Promise.reject(unknownProvider(provider.name))
  }
  return async () => {
    return {
      credential: await staticCredential(user),
      until: usesFiles(user) ? Date.now() + fileLifeMs : Number.POSITIVE_INFINITY,
    }
  }
}

const unknownProvider = (name: string) =>
  new Problem(
    'CREDENTIAL_PLUGIN_FAILED',
    `The kubeconfig uses the sign-in "${name}", which kubectl removed in 1.26. Create the kubeconfig again, with a credential program.`,
    'auth-provider',
  )

function oidcLookup(
  user: UserEntry,
  config: Readonly<Record<string, string>>,
): (signal: AbortSignal) => Promise<ExpiringCredential> {
  let tokens = { idToken: config['id-token'] ?? '', refreshToken: config['refresh-token'] ?? '' }
  let tried = false
  return async (signal) => {
    const expiresAt = expiryOf(tokens.idToken) ?? 0
    // A second lookup before the token expires: the API server refused it.
    if (tried || Date.now() >= expiresAt) {
      tokens = await refreshTokens({ ...config, 'refresh-token': tokens.refreshToken }, signal)
    }
    tried = true
    const base = await staticCredential(user)
    const until = renewalTime(expiryOf(tokens.idToken))
    return { credential: { ...base, headers: { ...base.headers, ...bearer(tokens.idToken) } }, until }
  }
}

function renewalTime(expiresAt: number | undefined): number {
  if (expiresAt === undefined) return Number.POSITIVE_INFINITY
  const lifetimeMs = expiresAt - Date.now()
  return expiresAt - Math.min(slackMs, lifetimeMs / 10)
}

const bearer = (token: string | undefined): Record<string, string> =>
  // Node accepts bytes as Latin-1 alone; Go sends those of UTF-8.
  token === undefined || token === '' ? {} : { authorization: Buffer.from(`Bearer ${token}`).toString('latin1') }

/** The credential in the kubeconfig itself and in the files that it names. */
async function staticCredential(user: UserEntry): Promise<Credential> {
  const token = user.tokenFile === undefined ? user.token : await readTokenFile(user.tokenFile, user.token)
  const { username = '', password = '' } = user
  const headers = { ...(username === '' ? {} : basic(username, password)), ...bearer(token), ...impersonation(user) }
  const certificate = user.certificate ?? (await readOptional(user.certificateFile, 'client certificate'))
  // client-go does not read a key that has no certificate.
  if (certificate === undefined) return { headers }
  return { headers, certificate, key: user.key ?? (await readOptional(user.keyFile, 'client key')) }
}

/** client-go uses the token of the kubeconfig while the file cannot be read, or is empty. */
async function readTokenFile(file: string, token: string | undefined): Promise<string> {
  try {
    const content = (await readCredentialFile(file, 'token')).trim()
    if (content !== '') return content
    throw new Problem('FILE_UNREADABLE', 'The token file that the kubeconfig names is empty.', file)
  } catch (error) {
    if (token === undefined) throw error
    return token
  }
}

const readOptional = (file: string | undefined, what: string): Promise<string> | undefined =>
  file === undefined ? undefined : readCredentialFile(file, what)

async function readCredentialFile(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Problem('FILE_UNREADABLE', `The ${what} that the kubeconfig names cannot be read.`, file, {
      cause: error,
    })
  }
}

function impersonation({ impersonate }: UserEntry): Record<string, string | string[]> {
  if (impersonate === undefined) return {}
  return {
    'impersonate-user': impersonate.user,
    ...(impersonate.uid === undefined ? {} : { 'impersonate-uid': impersonate.uid }),
    ...(impersonate.groups.length === 0 ? {} : { 'impersonate-group': [...impersonate.groups] }),
    ...Object.fromEntries(
      Object.entries(impersonate.extra).map(([key, values]) => [`impersonate-extra-${escapeKey(key)}`, [...values]]),
    ),
  }
}

/** client-go percent-encodes what a header's name cannot hold, and the percent sign. */
const escapeKey = (key: string): string =>
  key.replace(/[^!#$&'*+.^_`|~0-9A-Za-z-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
