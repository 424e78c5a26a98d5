import { describe, expect, it } from 'vitest'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { failureOfResponse } from '../../lib/kubernetes/failure.ts'
import { askOpenSearchThrough, askThrough } from './ask.ts'
import { engineProblem } from './refusals.ts'
import type { LokiService, OpenSearchService } from './service.ts'

const service: LokiService = { kind: 'loki', namespace: 'logging', name: 'loki', port: 3_100, isTls: false }
const failure = (code: number, body: string) => failureOfResponse(code, 'text/plain', body, 'cluster')

describe('what a refusal of Loki means', () => {
  it.each([
    [401, 'no org id\n', 'LOG_ENGINE_REFUSED', '--tenant'],
    [429, 'too many outstanding requests', 'LOG_ENGINE_REFUSED', 'requests waiting'],
    [500, 'rpc error: too many outstanding requests', 'LOG_ENGINE_REFUSED', 'requests waiting'],
    [429, 'rate limited', 'LOG_ENGINE_REFUSED', 'limits requests'],
    [
      400,
      'the query time range exceeds the limit (query length: 2160h0m0s, limit: 30d1h)',
      'LOG_ENGINE_REFUSED',
      'shorter time range',
    ],
    [400, 'the query would read too many bytes (query: 9 GB, limit: 1 GB)', 'LOG_ENGINE_REFUSED', 'read too much'],
    [400, 'parse error : input size too long (140000 > 131072)', 'LOG_ENGINE_REFUSED', 'fewer words'],
    [504, 'context deadline exceeded', 'LOG_ENGINE_REFUSED', 'in time'],
    [400, 'parse error at line 1, col 2', 'LOG_ENGINE_REFUSED', 'refuses the request'],
    [500, 'empty ring', 'LOG_ENGINE_REFUSED', 'refuses the request'],
    [503, 'no endpoints available for service "loki"', 'LOG_ENGINE_UNAVAILABLE', 'does not answer'],
    [403, 'Forbidden', 'LOG_ENGINE_REFUSED', 'asks for a password'],
    [404, 'services "loki" not found', 'LOG_ENGINE_UNAVAILABLE', 'does not answer'],
    // The API server itself.
    [
      403,
      'services "loki" is forbidden: User "a" cannot get resource "services/proxy" in API group "" in the namespace "logging"',
      'CLUSTER_FORBIDDEN',
      'The permission "get services/proxy" is missing in the namespace logging.',
    ],
    [401, 'Unauthorized', 'CLUSTER_UNAUTHORIZED', 'credentials'],
  ])('%i %s', (code, body, expected, words) => {
    expect(engineProblem(failure(code, body), service)).toMatchObject({
      code: expected,
      message: expect.stringContaining(words),
    })
  })

  it('is not mistaken for another server where a gateway answers with a page', () => {
    const page = failureOfResponse(401, 'text/html', '<h1>401 Authorization Required</h1>', 'cluster')
    expect(engineProblem(page, service)).toMatchObject({ code: 'LOG_ENGINE_REFUSED' })
  })

  it('is no answer of another kind', () => {
    const other = new Error('socket hang up')
    expect(engineProblem(other, service)).toBe(other)
  })
})

describe('what a refusal of OpenSearch means', () => {
  const openSearch: OpenSearchService = { ...service, kind: 'opensearch', name: 'opensearch', index: 'logs-*' }
  /** As OpenSearch 2.19.1 answers. */
  const exception = (type: string, reason: string) =>
    JSON.stringify({ error: { root_cause: [{ type, reason }], type, reason }, status: 400 })

  it.each([
    [404, exception('index_not_found_exception', 'no such index [logs]'), 'LOG_ENGINE_REFUSED', '--index'],
    [400, exception('index_closed_exception', 'closed'), 'LOG_ENGINE_REFUSED', 'has closed'],
    [
      503,
      exception('search_phase_execution_exception', 'Search rejected due to missing shards [[logs][0]]'),
      'LOG_ENGINE_REFUSED',
      'cannot read some of its shards',
    ],
    [
      429,
      exception('circuit_breaking_exception', '[parent] Data too large'),
      'LOG_ENGINE_REFUSED',
      'too little memory',
    ],
    [
      429,
      `{"error":{"root_cause":[{"type":"circuit_breaking_exception"}],"reason":"all shards failed"}}`,
      'LOG_ENGINE_REFUSED',
      'too little memory',
    ],
    [429, exception('rejected_execution_exception', 'rejected'), 'LOG_ENGINE_REFUSED', 'requests waiting'],
    [429, 'slow down', 'LOG_ENGINE_REFUSED', 'limits requests'],
    [
      403,
      exception('security_exception', 'no permissions for [indices:data/read/search]'),
      'LOG_ENGINE_REFUSED',
      'permit',
    ],
    [500, exception('timeout_exception', 'x'), 'LOG_ENGINE_REFUSED', 'in time'],
    [400, exception('parsing_exception', 'unknown query'), 'LOG_ENGINE_REFUSED', 'refuses the request'],
    [
      400,
      exception('search_phase_execution_exception', 'all shards failed'),
      'LOG_ENGINE_REFUSED',
      'refuses the request',
    ],
    [503, 'no endpoints available for service "opensearch"', 'LOG_ENGINE_UNAVAILABLE', 'does not answer'],
    [404, 'services "opensearch" not found', 'LOG_ENGINE_UNAVAILABLE', 'does not answer'],
    // The API server itself.
    [403, 'services "opensearch" is forbidden: no', 'CLUSTER_FORBIDDEN', '"get services/proxy" is missing'],
    [401, 'Unauthorized', 'CLUSTER_UNAUTHORIZED', 'credentials'],
  ])('%i %s', (code, body, expected, words) => {
    expect(engineProblem(failure(code, body), openSearch)).toMatchObject({
      code: expected,
      message: expect.stringContaining(words),
    })
  })

  it.each([
    ['knows', 200, 'LOG_ENGINE_REFUSED', 'asks for a password'],
    ['does not know', 401, 'CLUSTER_UNAUTHORIZED', 'credentials'],
  ])('a 401 where the API server %s the user', async (_, version, expected, words) => {
    const client = {
      request: async (__: string, path: string) => {
        if (path === '/version' && version === 200) return {}
        throw failure(401, 'Unauthorized')
      },
    } as unknown as KubernetesClient

    await expect(
      askOpenSearchThrough(client, openSearch)({ path: '/logs/_search' }, new AbortController().signal),
    ).rejects.toMatchObject({ code: expected, message: expect.stringContaining(words) })
  })

  it('shards that are missing are not asked for again', async () => {
    let asked = 0
    const client = {
      request: async () => {
        asked += 1
        throw failure(
          503,
          exception('search_phase_execution_exception', 'Search rejected due to missing shards [[x][0]]'),
        )
      },
    } as unknown as KubernetesClient
    const ask = askOpenSearchThrough(client, openSearch)

    await expect(ask({ path: '/logs/_search' }, new AbortController().signal)).rejects.toThrow('shards')
    expect(asked).toBe(1)
  })
})

it('OpenSearch is asked with the body of its query, by a request that the permission to read is enough for', async () => {
  const asked: unknown[] = []
  const client = {
    request: async (...given: unknown[]) => {
      asked.push(given.slice(0, 3))
      return {}
    },
  } as unknown as KubernetesClient
  const engine: OpenSearchService = { ...service, kind: 'opensearch', name: 'opensearch', isTls: true, index: 'logs-*' }
  const request = { path: '/logs-*/_search', query: { ignore_unavailable: true }, body: { size: 1 } }
  await askOpenSearchThrough(client, engine)(request, new AbortController().signal)

  expect(asked).toEqual([
    [
      'GET',
      '/api/v1/namespaces/logging/services/https:opensearch:3100/proxy/logs-*/_search',
      { query: { ignore_unavailable: true }, body: { size: 1 }, timeoutMs: 60_000 },
    ],
  ])
})

it('an engine is asked through the API server, with the tenant and as the user', async () => {
  const asked: unknown[] = []
  const client = {
    request: async (...given: unknown[]) => {
      asked.push(given.slice(0, 3))
      return { data: [] }
    },
  } as unknown as KubernetesClient
  const { signal } = new AbortController()
  await askThrough(client, { ...service, tenant: 'plane' })('/loki/api/v1/labels', { start: '1' }, signal)

  expect(asked).toEqual([
    [
      'GET',
      '/api/v1/namespaces/logging/services/loki:3100/proxy/loki/api/v1/labels',
      { query: { start: '1' }, headers: { 'x-scope-orgid': 'plane' }, timeoutMs: 60_000 },
    ],
  ])
})
