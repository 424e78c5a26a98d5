import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { getCACertificates } from 'node:tls'
import { type Dispatcher, EnvHttpProxyAgent, request } from 'undici'
import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'
import { visibleText } from '../../../preload/visible-text.ts'
import { boundedBytes, boundedText } from '../../lib/bounded-text.ts'
import { connectionCode } from '../registry/connection-code.ts'
import {
  basicAuthorization,
  bearerAuthorization,
  type RegistryLogin,
  tokenAddress,
  wantsBasic,
} from '../registry/login.ts'
import { acceptedManifests } from '../registry/manifest-types.ts'
import { manifestLimitBytes } from './image-manifest.ts'

export interface RegistryOptions {
  /** By the host of the registry. */
  readonly logins: ReadonlyMap<string, RegistryLogin>
  /** Trusted roots (PEM), beside those of Node and of the system. */
  readonly ca: readonly string[]
  /** Hosts, with their port, that are reached by plain HTTP. */
  readonly plainHttp: ReadonlySet<string>
}

/** A repository of a registry. */
export interface Repository {
  readonly registry: string
  readonly repository: string
}

export interface RegistryManifest {
  readonly mediaType: string
  readonly digest: string
  readonly content: Buffer
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md. Each call throws REGISTRY_*. */
export interface RegistryClient {
  /** `reference`: a tag or a digest. The content matches its digest. */
  manifest(at: Repository, reference: string, signal: AbortSignal): Promise<RegistryManifest>
  hasManifest(at: Repository, digest: string, signal: AbortSignal): Promise<boolean>
  putManifest(
    at: Repository,
    reference: string,
    manifest: Omit<RegistryManifest, 'digest'>,
    signal: AbortSignal,
  ): Promise<void>
  /** The bytes of a blob from an offset on; from its beginning if the registry ignores the offset. */
  blob(
    at: Repository,
    digest: string,
    offset: number,
    signal: AbortSignal,
  ): Promise<{ readonly offset: number; readonly body: AsyncIterable<Buffer> }>
  hasBlob(at: Repository, digest: string, signal: AbortSignal): Promise<boolean>
  /** Uploads a blob, unless the registry can take it over from another repository of its own (`from`). */
  putBlob(at: Repository, blob: UploadedBlob, from: string | undefined, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

interface UploadedBlob {
  readonly digest: string
  readonly size: number
  /** Called again if the upload is repeated. */
  content(): AsyncIterable<Buffer>
}

const connectLimitMs = 15_000
/** Between two pieces of an answer. */
const silenceLimitMs = 60_000
const redirectsAtMost = 5
const textLimitBytes = 65_536

interface Call {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT'
  readonly url: string
  readonly at: Repository
  readonly actions: 'pull' | 'pull,push'
  readonly headers?: Readonly<Record<string, string>>
  /** Made anew for each attempt. */
  readonly body?: () => Buffer | Readable
}

/** Goes through the proxy of the environment. No call writes a login to a host that is not its registry or its token service. */
export function createRegistryClient({ logins, ca, plainHttp }: RegistryOptions): RegistryClient {
  const roots = [...getCACertificates('default'), ...getCACertificates('system'), ...ca]
  const dispatcher = new EnvHttpProxyAgent({
    connect: { ca: roots, timeout: connectLimitMs },
    requestTls: { ca: roots },
    headersTimeout: silenceLimitMs,
    bodyTimeout: silenceLimitMs,
  })
  /** By registry, repository and actions. */
  const authorizations = new Map<string, string>()

  const baseOf = ({ registry, repository }: Repository): string =>
    `${plainHttp.has(registry) ? 'http' : 'https'}://${registry}/v2/${repository}`

  async function call(given: Call, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { at, actions } = given
    const scope = `${at.registry} ${at.repository} ${actions}`
    const { answer, isOwn } = await send(given, authorizations.get(scope), signal)
    if (answer.statusCode !== 401) return answer
    const challenge = String(answer.headers['www-authenticate'] ?? '')
    await answer.body.dump()
    // Another host, to which the registry leads, does not say where the login goes.
    if (!isOwn) throw denied(at, 401)
    const authorization = await authorize(at, challenge, actions, signal)
    if (authorization === undefined) throw denied(at, 401)
    authorizations.set(scope, authorization)
    return (await send(given, authorization, signal)).answer
  }

  async function send(
    { method, url, at, headers = {}, body }: Call,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly answer: Dispatcher.ResponseData; readonly isOwn: boolean }> {
    let target = new URL(url)
    // An upload, too, can lead to another host, such as a store of objects with addresses that are signed.
    const { origin } = new URL(baseOf(at))
    for (let redirects = 0; ; redirects += 1) {
      refusePlainHttp(target, at)
      const isOwn = target.origin === origin
      const answer = await request(target, {
        method,
        dispatcher,
        signal,
        headers: { ...headers, ...(authorization !== undefined && isOwn ? { authorization } : {}) },
        ...(body && { body: body() }),
      }).catch((error: unknown) => {
        signal.throwIfAborted()
        throw unreachable(target, error)
      })
      const { location } = answer.headers
      const isRedirect = answer.statusCode >= 301 && answer.statusCode <= 308 && answer.statusCode !== 304
      // What is uploaded goes where the registry said at first.
      if (!isRedirect || typeof location !== 'string' || body !== undefined) return { answer, isOwn }
      await answer.body.dump()
      if (redirects === redirectsAtMost || !URL.canParse(location, String(target)))
        throw new Problem('REGISTRY_REFUSED', `${at.registry} redirects too often, or to no address.`)
      target = new URL(location, target)
    }
  }

  /** A registry decides where it redirects to, not whether that is encrypted. */
  function refusePlainHttp(target: URL, { registry }: Repository): void {
    if (target.protocol === 'https:' || (target.protocol === 'http:' && plainHttp.has(target.host))) return
    throw new Problem('REGISTRY_REFUSED', `${registry} leads to ${target.origin}, which is not encrypted.`)
  }

  async function authorize(
    at: Repository,
    challenge: string,
    actions: Call['actions'],
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const login = logins.get(at.registry)
    const address = tokenAddress(challenge)
    if (address === undefined)
      return wantsBasic(challenge) && login !== undefined ? basicAuthorization(login) : undefined
    address.searchParams.set('scope', `repository:${at.repository}:${actions}`)
    const answer = await request(address, {
      dispatcher,
      signal,
      headers: login === undefined ? {} : { authorization: basicAuthorization(login) },
    }).catch((error: unknown) => {
      signal.throwIfAborted()
      throw unreachable(address, error)
    })
    const text = await textOf(answer)
    return answer.statusCode === 200 ? bearerAuthorization(text) : undefined
  }

  const found = async (given: Omit<Call, 'method' | 'actions'>, signal: AbortSignal): Promise<boolean> => {
    // A push follows: one token serves both.
    const answer = await call({ ...given, method: 'HEAD', actions: 'pull,push' }, signal)
    await answer.body.dump()
    if (answer.statusCode === 200) return true
    if (answer.statusCode === 404) return false
    throw await refusal(given.at, answer)
  }

  /** Where a new upload continues; undefined: the registry has taken the blob over from another repository. */
  async function startUpload(at: Repository, query: string, signal: AbortSignal): Promise<URL | undefined> {
    const url = `${baseOf(at)}/blobs/uploads/${query}`
    const answer = await call(
      { method: 'POST', url, at, actions: 'pull,push', headers: { 'content-length': '0' } },
      signal,
    )
    if (answer.statusCode === 201 && query !== '') {
      await answer.body.dump()
      return undefined
    }
    if (answer.statusCode !== 202) throw await refusal(at, answer)
    await answer.body.dump()
    const { location } = answer.headers
    if (typeof location !== 'string' || !URL.canParse(location, url))
      throw new Problem('REGISTRY_REFUSED', `${at.registry} does not say where to upload to.`)
    return new URL(location, url)
  }

  return {
    async manifest(at, reference, signal) {
      const url = `${baseOf(at)}/manifests/${reference}`
      const answer = await call(
        { method: 'GET', url, at, actions: 'pull', headers: { accept: acceptedManifests } },
        signal,
      )
      if (answer.statusCode !== 200) throw await refusal(at, answer, reference)
      const content = await boundedBytes(answer.body, manifestLimitBytes)
      if (content === undefined)
        throw new Problem(
          'REGISTRY_REFUSED',
          `${at.registry} sends more than ${manifestLimitBytes / 1_048_576} MiB for a manifest.`,
        )
      const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`
      const claimed = reference.startsWith('sha256:') ? reference : answer.headers['docker-content-digest']
      if (claimed !== undefined && claimed !== digest)
        throw new Problem(
          'REGISTRY_REFUSED',
          `${nameOf(at, reference)} has another content than its digest says.`,
          digest,
        )
      const [mediaType = ''] = String(answer.headers['content-type'] ?? '').split(';')
      return { mediaType: mediaType.trim(), digest, content }
    },
    hasManifest: (at, digest, signal) =>
      found({ url: `${baseOf(at)}/manifests/${digest}`, at, headers: { accept: acceptedManifests } }, signal),
    async putManifest(at, reference, { mediaType, content }, signal) {
      const url = `${baseOf(at)}/manifests/${reference}`
      const headers = { 'content-type': mediaType }
      const answer = await call({ method: 'PUT', url, at, actions: 'pull,push', headers, body: () => content }, signal)
      if (answer.statusCode !== 201) throw await refusal(at, answer, reference)
      await answer.body.dump()
    },
    async blob(at, digest, offset, signal) {
      const url = `${baseOf(at)}/blobs/${digest}`
      const headers: Record<string, string> = offset > 0 ? { range: `bytes=${offset}-` } : {}
      const answer = await call({ method: 'GET', url, at, actions: 'pull', headers }, signal)
      if (answer.statusCode !== 200 && answer.statusCode !== 206) throw await refusal(at, answer, digest)
      return { offset: answer.statusCode === 206 ? offset : 0, body: piecesOf(answer.body, new URL(url), signal) }
    },
    hasBlob: (at, digest, signal) => found({ url: `${baseOf(at)}/blobs/${digest}`, at }, signal),
    async putBlob(at, { digest, size, content }, from, signal) {
      const query = from === undefined ? '' : `?mount=${digest}&from=${encodeURIComponent(from)}`
      const location = await startUpload(at, query, signal)
      if (location === undefined) return
      location.searchParams.set('digest', digest)
      const headers = { 'content-type': 'application/octet-stream', 'content-length': String(size) }
      const body = () => Readable.from(content(), { objectMode: false })
      const answer = await call(
        { method: 'PUT', url: String(location), at, actions: 'pull,push', headers, body },
        signal,
      )
      if (answer.statusCode !== 201) throw await refusal(at, answer, digest)
      await answer.body.dump()
    },
    close: () => dispatcher.close().catch(() => undefined),
  }
}

const Errors = z.object({ errors: z.array(z.object({ code: z.string(), message: z.string().optional() })).min(1) })

const nameOf = ({ registry, repository }: Repository, reference: string): string =>
  `${registry}/${repository}${reference.includes(':') ? '@' : ':'}${reference}`

const denied = ({ registry, repository }: Repository, statusCode: number): Problem =>
  new Problem('REGISTRY_DENIED', `${registry} does not give ${repository} to this login (HTTP ${statusCode}).`)

/** What the registry answered, as a Problem. Reads its body. */
async function refusal(at: Repository, answer: Dispatcher.ResponseData, reference = ''): Promise<Problem> {
  const { statusCode } = answer
  const text = await textOf(answer)
  if (statusCode === 401 || statusCode === 403) return denied(at, statusCode)
  const [first] = Errors.safeParse(jsonOf(text)).data?.errors ?? []
  const reason =
    first === undefined
      ? ''
      : visibleText(`: ${first.code} ${first.message ?? ''}`)
          .slice(0, 500)
          .trimEnd()
  const what = reference === '' ? `${at.registry}/${at.repository}` : nameOf(at, reference)
  const message = statusCode === 404 ? `${what} does not exist` : `${what} was refused (HTTP ${statusCode})`
  return new Problem('REGISTRY_REFUSED', `${message}${reason}.`)
}

const unreachable = ({ host }: URL, error: unknown): Problem =>
  new Problem('REGISTRY_UNREACHABLE', `${host} cannot be reached: ${connectionCode(error)}.`)

async function* piecesOf(body: AsyncIterable<Buffer>, url: URL, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* body
  } catch (error) {
    signal.throwIfAborted()
    throw unreachable(url, error)
  }
}

/** A longer answer is none of the specification, so nothing of it is used. */
const textOf = async ({ body }: Dispatcher.ResponseData): Promise<string> =>
  (await boundedText(body, textLimitBytes)) ?? ''

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
