// The plane's gateway: a call with the API key goes to the integration that its path names; any other is refused.
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, request as startRequest } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { setInterval as every } from 'node:timers/promises'
import { answer, log, serveHealth, setting, stopping } from './runtime.mjs'

const routes = JSON.parse(setting('ROUTES'))
const keyFile = setting('KEY_FILE')
const tlsFolder = setting('TLS_FOLDER')
const backendLimitMs = 10_000
const renewMs = 15_000
const state = { allowed: 0, refused: 0 }

const digest = (text) => createHash('sha256').update(text).digest()
/** The key is read for each call, so that a new one in the Secret is used without a restart. */
const mayPass = (given) => {
  const key = readFileSync(keyFile, 'utf8').trim()
  return key !== '' && typeof given === 'string' && timingSafeEqual(digest(given), digest(key))
}

/** One line for each call, with the fields of the platform's own gateway log. */
const record = (request, startedAt, correlationId, gatewayCode, statusCode, serviceHost = '') =>
  log(statusCode >= 500 ? 'ERROR' : 'INFO', 'call', {
    method: request.method,
    requestPath: request.url?.slice(0, 300),
    userAgent: request.headers['user-agent']?.slice(0, 200),
    correlationId,
    serviceHost,
    durationMs: Date.now() - startedAt,
    gatewayCode,
    statusCode,
  })

const forward = (request, response, backend, correlationId, startedAt) => {
  const { 'x-api-key': _, host: __, connection: ___, ...headers } = request.headers
  const call = startRequest(new URL(request.url, backend), {
    method: request.method,
    headers: { ...headers, 'x-correlation-id': correlationId },
    signal: AbortSignal.timeout(backendLimitMs),
  })
  const { host } = new URL(backend)
  call.on('response', (backendResponse) => {
    state.allowed += 1
    response.writeHead(backendResponse.statusCode, { ...backendResponse.headers, 'x-correlation-id': correlationId })
    backendResponse.pipe(response)
    backendResponse.on('end', () => record(request, startedAt, correlationId, 'BACKEND_RESPONSE', backendResponse.statusCode, host))
  })
  call.on('error', (error) => {
    const [code, status] = error.name === 'TimeoutError' ? ['BACKEND_TIMEOUT', 504] : ['NO_HEALTHY_BACKEND', 503]
    record(request, startedAt, correlationId, code, status, host)
    if (response.headersSent) response.destroy()
    else answer(response, status, { error: 'the integration does not answer' }, { 'x-correlation-id': correlationId })
  })
  request.pipe(call)
}

const handle = (request, response) => {
  const startedAt = Date.now()
  const given = request.headers['x-correlation-id']
  const correlationId = typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID()
  const refuse = (status, gatewayCode, error, headers = {}) => {
    state.refused += 1
    request.resume()
    record(request, startedAt, correlationId, gatewayCode, status)
    answer(response, status, { error }, { 'x-correlation-id': correlationId, ...headers })
  }
  // Who has no key learns nothing of what there is behind.
  if (!mayPass(request.headers['x-api-key'])) return refuse(401, 'AUTH_FAILURE', 'an API key is needed (x-api-key)', { 'www-authenticate': 'ApiKey realm="demo plane"' })
  const backend = routes[/^\/[a-z0-9-]+/.exec(request.url ?? '')?.[0] ?? '']
  if (backend === undefined) return refuse(404, 'RESOURCE_NOT_FOUND', 'no integration has this path')
  return forward(request, response, backend, correlationId, startedAt)
}

const readCertificate = () => ({ cert: readFileSync(`${tlsFolder}/tls.crt`), key: readFileSync(`${tlsFolder}/tls.key`) })
const plain = createServer(handle)
let used = readCertificate()
const secure = createTlsServer(used, handle)
plain.listen(Number(setting('HTTP_PORT')))
secure.listen(Number(setting('HTTPS_PORT')))
serveHealth({ ready: () => (plain.listening && secure.listening ? undefined : 'the listeners are not open'), status: () => ({ routes: Object.keys(routes), ...state }) })
stopping.addEventListener('abort', () => {
  plain.close()
  secure.close()
})

try {
  for await (const _ of every(renewMs, undefined, { signal: stopping })) {
    const fresh = readCertificate()
    if (fresh.cert.equals(used.cert)) continue
    used = fresh
    secure.setSecureContext(used)
    log('INFO', 'certificate renewed')
  }
} catch (error) {
  if (!stopping.aborted) throw error
}
