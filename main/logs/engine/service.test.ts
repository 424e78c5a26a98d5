import { expect, it } from 'vitest'
import { KubernetesError } from '../../lib/kubernetes/failure.ts'
import { engineProblem } from './ask.ts'
import { proxyPath, readService } from './service.ts'

it('reads the name of a service', () => {
  const service = readService('logging/loki-gateway:80')

  expect(service).toEqual({ namespace: 'logging', name: 'loki-gateway', port: 80 })
  expect(proxyPath(service)).toBe('/api/v1/namespaces/logging/services/loki-gateway:80/proxy')
})

it.each([
  '',
  'loki',
  'loki:80',
  'a/b',
  'a/b:',
  'a/b:0',
  'a/b:65536',
  'a/b:x',
  'a/b/c:80',
  'a/b:80:90',
  'a/../b:80',
  'A/b:80',
  'a/b:80/x',
  'a/b: 80',
])('refuses %j', (given) => {
  expect(() => readService(given)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
})

it.each([
  [401, 'no org id', 'LOG_ENGINE_REFUSED'],
  [401, 'Unauthorized', 'CLUSTER_REFUSED'],
  [403, 'services "loki:3100" is forbidden', 'CLUSTER_REFUSED'],
  [404, 'services "loki" not found', 'LOG_ENGINE_UNAVAILABLE'],
  [503, 'no endpoints available for service "loki:3100"', 'LOG_ENGINE_UNAVAILABLE'],
  [400, 'parse error at line 1', 'LOG_ENGINE_REFUSED'],
  [500, 'too many outstanding requests', 'LOG_ENGINE_REFUSED'],
])('HTTP %s with "%s" is %s', (code, message, problem) => {
  const error = new KubernetesError('CLUSTER_REFUSED', 'The API server refused.', { code, reason: '', message })

  expect(engineProblem(error, { namespace: 'a', name: 'b', port: 1 })).toMatchObject({ code: problem })
})
