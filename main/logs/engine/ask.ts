import { setTimeout as delay } from 'node:timers/promises'
import { Problem } from '../../../preload/contract/problem.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { KubernetesError } from '../../lib/kubernetes/failure.ts'
import type { Ask } from './loki.ts'
import { type EngineService, proxyPath } from './service.ts'

/** An engine reads a page from its disks. */
const answerLimitMs = 60_000
/** Before each further attempt, where the engine is overloaded or restarts. */
const pausesMs = [1_000, 2_000, 4_000]

/** Asks an engine through the API server. Needs the permission `get` on `services/proxy` in the engine's namespace. */
export function askThrough(client: KubernetesClient, service: EngineService): Ask {
  const headers = service.tenant === undefined ? undefined : { 'x-scope-orgid': service.tenant }
  return async (path, query, signal) => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const options = { query, headers, timeoutMs: answerLimitMs }
        return await client.request('GET', `${proxyPath(service)}${path}`, options, signal)
      } catch (error) {
        const pauseMs = pausesMs[attempt]
        if (pauseMs === undefined || !isTransient(error)) throw engineProblem(error, service)
        await delay(pauseMs, undefined, { signal })
      }
    }
  }
}

const isTransient = (error: unknown): boolean =>
  error instanceof KubernetesError && (error.status.code === 429 || error.status.code >= 500)

/** What a failed request to an engine means: the API server's refusals stay as they are. Pure. */
export function engineProblem(error: unknown, service: EngineService): unknown {
  if (!(error instanceof KubernetesError)) return error
  const { code, message } = error.status
  const name = `${service.namespace}/${service.name}:${service.port}`
  if (code === 401 && /no org id/i.test(message))
    return new Problem(
      'LOG_ENGINE_REFUSED',
      `The log engine ${name} has several tenants: name one with --tenant.`,
      message,
    )
  if (code === 404 || code === 502 || code === 503)
    return new Problem('LOG_ENGINE_UNAVAILABLE', `The log engine ${name} does not answer.`, error.evidence, {
      cause: error,
    })
  if (code === 400 || code === 422 || code === 429 || code >= 500)
    return new Problem('LOG_ENGINE_REFUSED', `The log engine ${name} refuses the request.`, error.evidence, {
      cause: error,
    })
  return error
}
