// The plane's observability API: the logs of its pods, read from the cluster and answered inside it, to nobody outside.
import { createServer } from 'node:http'
import { callApi } from './kubernetes.mjs'
import { answer, log, serveHealth, setting, stopping } from './runtime.mjs'

const namespaces = setting('NAMESPACES').split(',')
const name = /^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/
const mostLines = 1_000
const usualLines = 100
const state = { served: 0, lastError: undefined, api: undefined }

const podsOf = async (namespace) => {
  const { status, body } = await callApi('GET', `/api/v1/namespaces/${namespace}/pods?limit=500`)
  if (status !== 200) throw new Error(`pods of ${namespace}: ${status} ${body?.message ?? ''}`)
  return body.items.map((pod) => ({
    namespace,
    pod: pod.metadata.name,
    phase: pod.status.phase,
    releaseId: pod.metadata.labels?.release_id,
    containers: pod.spec.containers.map((container) => container.name),
  }))
}

const linesOf = async (query) => {
  const { namespace, pod, container, limit = String(usualLines) } = Object.fromEntries(query)
  if (!namespaces.includes(namespace)) return { status: 403, body: { title: 'forbidden', message: 'not a namespace of this plane' } }
  if (!name.test(pod ?? '') || (container !== undefined && !name.test(container))) return { status: 400, body: { title: 'badRequest', message: 'pod and container are names' } }
  const wanted = Math.min(mostLines, Math.max(1, Number(limit) || usualLines))
  const more = container === undefined ? '' : `&container=${container}`
  const { status, body } = await callApi('GET', `/api/v1/namespaces/${namespace}/pods/${pod}/log?timestamps=true&tailLines=${wanted}&limitBytes=4000000${more}`)
  if (status !== 200) return { status: status === 404 ? 404 : 502, body: { title: 'unavailable', message: body?.message ?? 'the cluster did not answer' } }
  const logs = String(body)
    .split('\n')
    .filter(Boolean)
    .map((line) => ({ timestamp: line.slice(0, line.indexOf(' ')), log: line.slice(line.indexOf(' ') + 1) }))
  return { status: 200, body: { logs, total: logs.length } }
}

const handle = async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://plane')
  if (request.method !== 'GET') return answer(response, 405, { title: 'badRequest', message: 'only GET' })
  state.served += 1
  if (pathname === '/health') return answer(response, 200, { status: 'healthy' })
  if (pathname === '/api/v1/pods') return answer(response, 200, { pods: (await Promise.all(namespaces.map(podsOf))).flat() })
  if (pathname !== '/api/v1/logs') return answer(response, 404, { title: 'notFound', message: 'see /api/v1/pods and /api/v1/logs' })
  const { status, body } = await linesOf(searchParams)
  return answer(response, status, body)
}

const server = createServer((request, response) => {
  handle(request, response).catch((error) => {
    log('ERROR', 'request failed', { error: error.message })
    answer(response, 502, { title: 'unavailable', message: 'the cluster did not answer' })
  })
})
server.listen(Number(setting('PORT')))
stopping.addEventListener('abort', () => server.close())
serveHealth({ ready: () => (server.listening ? undefined : 'the listener is not open'), status: () => ({ namespaces, ...state }) })
log('INFO', 'serving logs', { namespaces })
