import { setTimeout as delay } from 'node:timers/promises'
import { Problem } from '../../../preload/contract/problem.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { KubernetesError } from '../../lib/kubernetes/failure.ts'
import { withPermission } from '../collect/missing-permission.ts'
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

/** What Loki's refusals mean (its pkg/validation/limits.go and pkg/logql/syntax/parser.go), in the order in which they are tried. */
const refusals: readonly (readonly [RegExp, string])[] = [
  [/no org id/i, 'has several tenants: name one with --tenant, or beside its name in the window.'],
  [/too many outstanding requests/i, 'has too many requests waiting. Try again later.'],
  [
    /query time range exceeds the limit|query length/i,
    'does not answer for so long a time. Choose a shorter time range.',
  ],
  [/query would read too many bytes/i, 'would have to read too much. Choose a shorter time range, a source or a pod.'],
  [/input size too long/i, 'does not take so long a query. Ask for fewer words.'],
  [/deadline exceeded|timed? ?out/i, 'did not answer in time. Choose a shorter time range, a source or a pod.'],
]

/** The API server names what it refuses; a refusal without it is from behind its proxy. */
const isOfApiServer = (message: string): boolean => /^services "[^"]*" is forbidden/.test(message)
/** A page of a gateway, which an API server does not send. */
const signInPage = /^HTTP (?:401|403)\b/

/** What a failed request to an engine means: the API server's refusals stay, with the permission that is missing. Pure. */
export function engineProblem(error: unknown, service: EngineService): unknown {
  const name = `${service.namespace}/${service.name}:${service.port}`
  const cause = { cause: error }
  const signIn = (evidence: string): Problem =>
    new Problem(
      'LOG_ENGINE_REFUSED',
      `The log engine ${name}, or a gateway before it, asks for a password or refuses this user. Choose the service behind the gateway.`,
      evidence,
      cause,
    )
  if (error instanceof Problem && error.code === 'CLUSTER_UNREACHABLE' && signInPage.test(error.evidence))
    return signIn(error.evidence)
  if (!(error instanceof KubernetesError)) return error
  const { code, message } = error.status
  if (code === 403 && isOfApiServer(message)) return withPermission(error, 'get services/proxy', service.namespace)
  if (code === 403) return signIn(error.evidence)
  if (code === 401 && !/no org id/i.test(message)) return error
  const known = refusals.find(([words]) => words.test(message))
  if (known !== undefined)
    return new Problem('LOG_ENGINE_REFUSED', `The log engine ${name} ${known[1]}`, error.evidence, cause)
  if (code === 404 || code === 502 || code === 503)
    return new Problem('LOG_ENGINE_UNAVAILABLE', `The log engine ${name} does not answer.`, error.evidence, cause)
  if (code === 429)
    return new Problem(
      'LOG_ENGINE_REFUSED',
      `The log engine ${name} limits requests. Try again later.`,
      error.evidence,
      cause,
    )
  if (code === 400 || code === 422 || code >= 500)
    return new Problem('LOG_ENGINE_REFUSED', `The log engine ${name} refuses the request.`, error.evidence, cause)
  return error
}
