import { setTimeout as delay } from 'node:timers/promises'
import type { KubernetesClient, RequestOptions } from '../../lib/kubernetes/client.ts'
import { KubernetesError } from '../../lib/kubernetes/failure.ts'
import type { OpenEngine } from './engine.ts'
import { type Ask, openLoki } from './loki.ts'
import { type AskOpenSearch, openOpenSearch } from './opensearch.ts'
import { engineProblem, isPermanent } from './refusals.ts'
import { type EngineService, type LokiService, type OpenSearchService, proxyPath } from './service.ts'

/** An engine reads a page from its disks. */
const answerLimitMs = 60_000
/** Before each further attempt, where the engine is overloaded or restarts. */
const pausesMs = [1_000, 2_000, 4_000]

/** The plane's engine through the API server. Needs the permission `get` on `services/proxy` in the engine's namespace. */
export const engineThrough = (client: KubernetesClient, service: EngineService): OpenEngine =>
  service.kind === 'loki'
    ? openLoki(askThrough(client, service))
    : openOpenSearch(askOpenSearchThrough(client, service), service.index)

export function askThrough(client: KubernetesClient, service: LokiService): Ask {
  const headers = service.tenant === undefined ? undefined : { 'x-scope-orgid': service.tenant }
  return (path, query, signal) => requestUntilAnswered(client, service, path, { query, headers }, signal)
}

export function askOpenSearchThrough(client: KubernetesClient, service: OpenSearchService): AskOpenSearch {
  return ({ path, query, body }, signal) => requestUntilAnswered(client, service, path, { query, body }, signal)
}

async function requestUntilAnswered(
  client: KubernetesClient,
  service: EngineService,
  path: string,
  options: RequestOptions,
  signal: AbortSignal,
): Promise<unknown> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const limited = { ...options, timeoutMs: answerLimitMs }
      return await client.request('GET', `${proxyPath(service)}${path}`, limited, signal)
    } catch (error) {
      const pauseMs = pausesMs[attempt]
      if (pauseMs === undefined || !isTransient(error)) {
        const isEngines = isUnauthorized(error) && (await acceptsUser(client, signal))
        throw engineProblem(error, service, isEngines)
      }
      await delay(pauseMs, undefined, { signal })
    }
  }
}

const isTransient = (error: unknown): boolean =>
  error instanceof KubernetesError &&
  (error.status.code === 429 || error.status.code >= 500) &&
  !isPermanent(error.status.message)

const isUnauthorized = (error: unknown): boolean => error instanceof KubernetesError && error.status.code === 401

/** Whether the API server knows the user: then a 401 is the engine's. Both can answer with the same text. */
async function acceptsUser(client: KubernetesClient, signal: AbortSignal): Promise<boolean> {
  try {
    await client.request('GET', '/version', {}, signal)
    return true
  } catch (error) {
    signal.throwIfAborted()
    return error instanceof KubernetesError && error.status.code === 403
  }
}
