import { expect, it } from 'vitest'
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

it('takes the name of a tenant, and nothing that could be another header', () => {
  expect(readService('logging/loki:3100', 'plane-1|shared')).toMatchObject({ tenant: 'plane-1|shared' })
  for (const tenant of ['', 'a\r\nx: y', 'a b', 'a/b'])
    expect(() => readService('logging/loki:3100', tenant)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
})
