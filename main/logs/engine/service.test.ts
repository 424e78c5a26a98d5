import { expect, it } from 'vitest'
import { proxyPath, readEngine, readService } from './service.ts'

it('reads the name of a service', () => {
  const service = readService('logging/loki-gateway:80')

  expect(service).toEqual({ namespace: 'logging', name: 'loki-gateway', port: 80, isTls: false })
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
  'a/http:b:80',
  'a/https:https:b:80',
])('refuses %j', (given) => {
  expect(() => readService(given)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
})

it('reaches a service that speaks TLS as the API server does', () => {
  const service = readService('logging/https:opensearch:9200')

  expect(service).toEqual({ namespace: 'logging', name: 'opensearch', port: 9200, isTls: true })
  expect(proxyPath(service)).toBe('/api/v1/namespaces/logging/services/https:opensearch:9200/proxy')
})

it('takes the name of a tenant, and nothing that could be another header', () => {
  const loki = (tenant: string) => readEngine({ kind: 'loki', service: 'logging/loki:3100', tenant })

  expect(loki('plane-1|shared')).toMatchObject({ tenant: 'plane-1|shared' })
  for (const tenant of ['', 'a\r\nx: y', 'a b', 'a/b'])
    expect(() => loki(tenant)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
})

it('takes names of indices, and nothing that leads elsewhere in the API', () => {
  const openSearch = (index?: string) => readEngine({ kind: 'opensearch', service: 'logging/opensearch:9200', index })

  expect(openSearch()).toMatchObject({ index: '*,-.*' })
  for (const index of ['container-logs-*', 'a,b', 'logs-*,-logs-old', 'other:logs-*', '.ds-logs-000001'])
    expect(openSearch(index)).toMatchObject({ index })
  for (const index of ['', 'a,', '_cat', 'a,_all', '..', '.', 'a/b', 'a?b', 'a b', 'A', '<a-{now/d}>', '-a', '%2e%2e'])
    expect(() => openSearch(index), index).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
})
