import { describe, expect, it } from 'vitest'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { failureOfResponse } from '../../lib/kubernetes/failure.ts'
import { askThrough, engineProblem } from './ask.ts'

const service = { namespace: 'logging', name: 'loki', port: 3_100 }
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
