import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type Dispatcher, WebSocket } from 'undici'
import { Problem } from '../../../preload/contract/problem.ts'
import { redactStrictly } from '../rules/redaction.ts'
import type { KubernetesClient, RequestOptions } from './client.ts'
import type { Credential, CredentialSource } from './credentials.ts'
import { openDispatcher } from './dispatcher.ts'
import { failureOfConnection, failureOfResponse } from './failure.ts'
import type { ClusterEntry } from './kubeconfig-entries.ts'
import { orAbort } from './or-abort.ts'

const requestLimitMs = 15_000
/** The largest accepted response: the OpenAPI document of a cluster with many custom resources is about 10 MiB. */
const responseLimitBytes = 64 * 1024 * 1024
/** Only this much of a refused request is read. */
const refusalLimitBytes = 64 * 1024

const inflate = promisify(gunzip)

/** A client over one pool of connections, created when first needed and again when the client certificate changes. */
export function createClient(
  cluster: ClusterEntry,
  credentials: CredentialSource,
  proxy: string | undefined,
): KubernetesClient {
  const server = cluster.server.replace(/\/+$/, '')
  const base = new URL(server)
  const closed = new AbortController()
  let pool: { readonly of: Credential; readonly dispatcher: Dispatcher } | undefined
  let opening: Promise<unknown> = Promise.resolve()

  /** Opened one at a time. A pool that a new certificate replaces closes when its requests have ended. */
  function poolFor(credential: Credential): Promise<Dispatcher> {
    const next = opening.then(async () => {
      if (pool !== undefined && pool.of.certificate === credential.certificate && pool.of.key === credential.key) {
        return pool.dispatcher
      }
      const dispatcher = await openDispatcher(cluster, credential, proxy)
      void pool?.dispatcher.close()
      pool = { of: credential, dispatcher }
      return dispatcher
    })
    opening = next.catch(() => undefined)
    return next
  }

  async function send(method: Dispatcher.HttpMethod, path: string, options: SendOptions, signal: AbortSignal) {
    const credential = await credentials.get(signal)
    const dispatcher = await poolFor(credential)
    // undici watches the signal only once the socket is connected, and a handshake may never end.
    const response = dispatcher.request({
      origin: base.origin,
      path: withQuery(`${base.pathname.replace(/\/$/, '')}${path}`, options.query),
      method,
      headers: { ...options.headers, ...credential.headers, 'user-agent': 'hangar' },
      body: options.body,
      bodyTimeout: options.idleMs,
      signal,
    })
    return { ...(await orAbort(response, signal)), sent: credential.headers }
  }

  /** Sends; after a 401, once more with a fresh credential. */
  async function sendWithRenewal(
    method: Dispatcher.HttpMethod,
    path: string,
    options: SendOptions,
    signal: AbortSignal,
  ) {
    const first = await send(method, path, options, signal)
    if (first.statusCode !== 401 || !credentials.renew()) return first
    await first.body.dump()
    return await send(method, path, options, signal)
  }

  /** The failure as a Problem; the caller's own abort reason stays as it is. */
  function failure(error: unknown, signal: AbortSignal, limit: AbortSignal | undefined, what: string): unknown {
    if (signal.aborted) return signal.reason
    if (error instanceof Problem) return error
    if (closed.signal.aborted) return closed.signal.reason
    if (limit?.aborted || isSilence(error)) return new Problem('TIMED_OUT', `${server} did not respond in time.`, what)
    return failureOfConnection(error, server)
  }

  return {
    server,
    async request<Body>(method: string, path: string, options: RequestOptions, signal: AbortSignal): Promise<Body> {
      const limit = AbortSignal.timeout(options.timeoutMs ?? requestLimitMs)
      const all = AbortSignal.any([signal, limit, closed.signal])
      const what = `${method} ${path}`
      try {
        const response = await sendWithRenewal(
          toMethod(method),
          path,
          { query: options.query, ...toBody(options, cluster) },
          all,
        )
        const body = await readBody(response, responseLimitBytes)
        const contentType = String(response.headers['content-type'] ?? '')
        if (response.statusCode >= 300)
          throw failureOfResponse(
            response.statusCode,
            contentType,
            refusalText(body, contentType, response.sent),
            server,
          )
        return parse(body, contentType) as Body // the caller names the type that this path returns
      } catch (error) {
        throw failure(error, signal, limit, what)
      }
    },
    async stream(path, { query, idleMs = 0 }, signal) {
      const all = AbortSignal.any([signal, closed.signal])
      const what = `GET ${path}`
      // The usual limit applies until the response begins; then a watch may be silent for `idleMs`.
      const start = new AbortController()
      const timer = setTimeout(
        () => start.abort(new Problem('TIMED_OUT', `${server} did not respond in time.`, what)),
        requestLimitMs,
      )
      try {
        const sent: SendOptions = { query, headers: { accept: 'application/json' }, idleMs }
        const response = await sendWithRenewal('GET', path, sent, AbortSignal.any([all, start.signal]))
        clearTimeout(timer)
        if (response.statusCode >= 300) {
          const contentType = String(response.headers['content-type'] ?? '')
          const body = await readBody(response, refusalLimitBytes)
          throw failureOfResponse(
            response.statusCode,
            contentType,
            refusalText(body, contentType, response.sent),
            server,
          )
        }
        return follow(response.body, (error) => failure(error, signal, undefined, what))
      } catch (error) {
        throw failure(start.signal.aborted ? start.signal.reason : error, signal, undefined, what)
      } finally {
        clearTimeout(timer)
      }
    },
    async socket(path, protocols, signal) {
      const limit = AbortSignal.timeout(requestLimitMs)
      const all = AbortSignal.any([signal, limit, closed.signal])
      try {
        const credential = await credentials.get(all)
        const dispatcher = await poolFor(credential)
        const url = `${base.origin.replace(/^http/, 'ws')}${base.pathname.replace(/\/$/, '')}${path}`
        const headers = { ...credential.headers, 'user-agent': 'hangar' }
        return await opened(new WebSocket(url, { protocols: [...protocols], dispatcher, headers }), all)
      } catch (error) {
        throw failure(error, signal, limit, `WebSocket ${path}`)
      }
    },
    async close() {
      if (closed.signal.aborted) return
      closed.abort(new Problem('CANCELLED', 'The connection to the cluster was closed.'))
      credentials.close()
      await opening
      await pool?.dispatcher.destroy()
    },
  }
}

/** The socket once it is open; it is closed when opening fails. */
async function opened(socket: WebSocket, signal: AbortSignal): Promise<WebSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>()
  const stop = (): void => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  socket.addEventListener('open', () => resolve(socket), { once: true })
  // The browser API hides the reason; usually the server does not accept this kind of request.
  socket.addEventListener('error', ({ error, message }) => reject(error ?? new Error(message)), { once: true })
  try {
    return await promise
  } catch (error) {
    socket.close()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

interface SendOptions {
  readonly query?: RequestOptions['query']
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** 0: no limit. */
  readonly idleMs?: number
}

function toBody(options: RequestOptions, cluster: ClusterEntry): Pick<SendOptions, 'headers' | 'body'> {
  const headers = { accept: 'application/json', ...(cluster.uncompressed ? {} : { 'accept-encoding': 'gzip' }) }
  if (options.body === undefined) return { headers }
  const body = typeof options.body === 'string' ? options.body : JSON.stringify(options.body)
  return { headers: { ...headers, 'content-type': options.contentType ?? 'application/json' }, body }
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
function toMethod(method: string): Dispatcher.HttpMethod {
  const known = methods.find((name) => name === method)
  if (known === undefined) throw new TypeError(`Unknown method: ${method}`)
  return known
}

function withQuery(path: string, query: RequestOptions['query']): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined)
  if (given.length === 0) return path
  const text = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString()
  return `${path}${path.includes('?') ? '&' : '?'}${text}`
}

/** The whole body, decompressed. Throws ANSWER_TOO_LARGE beyond the limit, before or after decompression. */
async function readBody(response: Dispatcher.ResponseData, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response.body) {
    const bytes: Buffer = chunk
    size += bytes.length
    if (size > limitBytes) throw tooLarge(limitBytes)
    chunks.push(bytes)
  }
  const body = Buffer.concat(chunks)
  if (response.headers['content-encoding'] !== 'gzip' || body.length === 0) return body
  try {
    return await inflate(body, { maxOutputLength: limitBytes })
  } catch (error) {
    throw error instanceof RangeError ? tooLarge(limitBytes) : error
  }
}

const tooLarge = (limitBytes: number) =>
  new Problem('ANSWER_TOO_LARGE', `The response of the API server is larger than ${limitBytes / 1024 / 1024} MiB.`)

/** The API server's message stays whole, except for the credential that was sent; a page of another server may contain anything. */
const refusalText = (body: Buffer, contentType: string, sent: Credential['headers']): string => {
  const text = withoutAuthorization(
    body.subarray(0, refusalLimitBytes).toString('utf8'),
    String(sent.authorization ?? ''),
  )
  return contentType.includes('json') ? text : redactStrictly(text)
}

/** A gateway before the API server may quote the request: with the scheme, without it, or the password out of it. */
function withoutAuthorization(text: string, authorization: string): string {
  const [scheme = '', token = ''] = authorization.split(' ')
  const password =
    scheme === 'Basic'
      ? Buffer.from(token, 'base64')
          .toString()
          .replace(/^[^:]*:/, '')
      : ''
  // A secret of one or two letters would tear every word apart, and removing it would hide nothing.
  return [token, password]
    .filter(({ length }) => length > 3)
    .reduce((clean, secret) => clean.replaceAll(secret, '***'), text)
}

function parse(body: Buffer, contentType: string): unknown {
  const text = body.toString('utf8')
  return contentType.includes('json') && text !== '' ? JSON.parse(text) : text
}

async function* follow(
  body: AsyncIterable<Uint8Array>,
  asProblem: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch (error) {
    throw asProblem(error)
  }
}

const isSilence = (error: unknown): boolean =>
  error instanceof Error && /^UND_ERR_(BODY|HEADERS)_TIMEOUT$/.test(String(Reflect.get(error, 'code')))
