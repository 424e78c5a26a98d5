import type { Dispatcher } from 'undici'
import { Problem } from '../../../preload/contract/problem.ts'
import type { KubernetesClient, RequestOptions } from './client.ts'
import type { CredentialSource } from './credentials.ts'
import { failureOfConnection, failureOfResponse, withEnd } from './failure.ts'
import type { ClusterEntry } from './kubeconfig-entries.ts'
import { failureLimitBytes, failureText, follow, parseBody, readBody } from './response-body.ts'
import { type AuthenticatedResponse, type SendOptions, Transport } from './transport.ts'

const requestLimitMs = 15_000
/** The largest accepted response: the OpenAPI document of a cluster with many custom resources is about 10 MiB. */
const responseLimitBytes = 64 * 1024 * 1024

/** A client over one pool of connections, which opens when it is first needed. */
export function createClient(
  cluster: ClusterEntry,
  credentials: CredentialSource,
  proxy: string | undefined,
): KubernetesClient {
  const server = cluster.server.replace(/(?<!\/)\/+$/, '')
  const transport = new Transport(cluster, credentials, proxy)
  const closed = new AbortController()

  const noResponse = (request: string): Problem =>
    new Problem('TIMED_OUT', `${server} did not respond in time.`, request)

  /** The failure as a Problem; the caller's own abort reason stays as it is. */
  function toFailure(error: unknown, signal: AbortSignal, request: string, limit?: AbortSignal): unknown {
    if (signal.aborted) return signal.reason
    if (error instanceof Problem) return withEnd(error, credentials.ended())
    if (closed.signal.aborted) return closed.signal.reason
    if (limit?.aborted || isSilence(error)) return noResponse(request)
    return withEnd(failureOfConnection(error, server), credentials.ended())
  }

  return {
    server,
    async request<Body>(method: string, path: string, options: RequestOptions, signal: AbortSignal): Promise<Body> {
      const limit = AbortSignal.timeout(options.timeoutMs ?? requestLimitMs)
      try {
        const sent: SendOptions = { query: options.query, ...toBody(options, cluster) }
        const all = AbortSignal.any([signal, limit, closed.signal])
        const response = await transport.send(toMethod(method), path, sent, all)
        const body = await readBody(response, responseLimitBytes)
        if (response.statusCode >= 300) throw refusal(response, body, server)
        return parseBody(body, contentTypeOf(response), options.onSize) as Body // the caller names the type that this path returns
      } catch (error) {
        throw toFailure(error, signal, `${method} ${path}`, limit)
      }
    },
    async stream(path, { query, idleMs = 0, onAlive }, signal) {
      const request = `GET ${path}`
      // The usual limit applies until the response begins; then a watch may be silent for `idleMs`.
      const start = new AbortController()
      const timer = setTimeout(() => start.abort(noResponse(request)), requestLimitMs)
      try {
        const sent: SendOptions = { query, headers: { accept: 'application/json' }, idleMs, isStream: true, onAlive }
        const all = AbortSignal.any([signal, closed.signal, start.signal])
        const response = await transport.send('GET', path, sent, all)
        clearTimeout(timer)
        if (response.statusCode >= 300) throw refusal(response, await readBody(response, failureLimitBytes), server)
        return follow(response.body, (error) => toFailure(error, signal, request))
      } catch (error) {
        throw toFailure(start.signal.aborted ? start.signal.reason : error, signal, request)
      } finally {
        clearTimeout(timer)
      }
    },
    async streamsAtOnce(signal) {
      const limit = AbortSignal.timeout(requestLimitMs)
      try {
        return await transport.streamsAtOnce(AbortSignal.any([signal, limit, closed.signal]))
      } catch (error) {
        throw toFailure(error, signal, 'HTTP/2', limit)
      }
    },
    async socket(path, protocols, signal) {
      const limit = AbortSignal.timeout(requestLimitMs)
      try {
        const all = AbortSignal.any([signal, limit, closed.signal])
        const opened = await transport.openSocket(path, protocols, all)
        if (!('statusCode' in opened)) return opened
        const { statusCode, contentType, body, sent } = opened
        throw failureOfResponse(statusCode, contentType, failureText(body, contentType, sent), server)
      } catch (error) {
        throw toFailure(error, signal, `WebSocket ${path}`, limit)
      }
    },
    async close() {
      if (closed.signal.aborted) return
      closed.abort(new Problem('CANCELLED', 'The connection to the cluster was closed.'))
      await transport.close()
    },
  }
}

const contentTypeOf = ({ headers }: AuthenticatedResponse): string => String(headers['content-type'] ?? '')

/** A response with a status of failure, as a Problem. */
function refusal(response: AuthenticatedResponse, body: Buffer, server: string): Problem {
  const contentType = contentTypeOf(response)
  const text = failureText(body, contentType, response.sent)
  return failureOfResponse(
    response.statusCode,
    contentType,
    text,
    server,
    String(response.headers['retry-after'] ?? ''),
  )
}

function toBody(options: RequestOptions, cluster: ClusterEntry): Pick<SendOptions, 'headers' | 'body'> {
  const headers = {
    ...options.headers,
    accept: options.accept ?? 'application/json',
    ...(cluster.uncompressed ? {} : { 'accept-encoding': 'gzip' }),
  }
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

const isSilence = (error: unknown): boolean =>
  error instanceof Error && /^UND_ERR_(BODY|HEADERS)_TIMEOUT$/.test(String(Reflect.get(error, 'code')))
