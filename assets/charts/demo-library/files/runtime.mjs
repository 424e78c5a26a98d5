// What every program of the demo plane has in common: its log, its health port, its way of trying again.
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const component = process.env.COMPONENT ?? 'program'

/** One line of JSON on stdout, in the order of Go's slog. */
export const log = (level, msg, fields = {}) => {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, msg, component, ...fields })}\n`)
}

/** An environment variable that must be there. */
export const setting = (name) => {
  const value = process.env[name]
  if (value === undefined || value === '') {
    log('ERROR', `${name} is not set`)
    process.exit(2)
  }
  return value
}

const stop = new AbortController()
/** Aborted once Kubernetes asks the program to end. */
export const stopping = stop.signal
for (const name of ['SIGTERM', 'SIGINT']) {
  process.on(name, () => {
    stop.abort()
    // Connections that do not end by themselves would hold the process until it is killed.
    setTimeout(() => process.exit(0), 1_000).unref()
  })
}

export const answer = (response, status, body, headers = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(`${JSON.stringify(body)}\n`)
}

/**
 * /livez, /readyz and /status on HEALTH_PORT. `ready()` gives undefined, or the reason why not;
 * `status()` what is worth knowing and no secret.
 */
export const serveHealth = ({ ready, status }) => {
  const server = createServer((request, response) => {
    if (request.url === '/livez') return answer(response, 200, { live: true })
    if (request.url === '/status') return answer(response, 200, status())
    if (request.url !== '/readyz') return answer(response, 404, { error: 'not found' })
    const reason = ready()
    return answer(response, reason === undefined ? 200 : 503, reason === undefined ? { ready: true } : { ready: false, reason })
  })
  server.listen(Number(process.env.HEALTH_PORT ?? 8081), () => log('INFO', 'health port open', { port: server.address().port }))
  stopping.addEventListener('abort', () => server.close())
  return server
}

const firstWaitMs = 500
const longestWaitMs = 15_000

/**
 * Runs `attempt(signal, up)` again and again until the program ends. The attempt calls `up()` once it stands, and
 * settles when it is over; the wait grows from one failure to the next and starts anew after a success.
 */
export const keepTrying = async (what, attempt) => {
  for (let waitMs = firstWaitMs; !stopping.aborted; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      await attempt(stopping, () => {
        waitMs = firstWaitMs
      })
      log('WARN', `${what} ended`, { retryAfterMs: waitMs })
    } catch (error) {
      if (stopping.aborted) return
      log('ERROR', `${what} failed`, { error: error.message, retryAfterMs: waitMs })
    }
    await sleep(waitMs, undefined, { signal: stopping }).catch(() => undefined)
  }
}
