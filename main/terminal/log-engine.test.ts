import { expect, it } from 'vitest'
import { engineOf } from './log-engine.ts'

it.each([
  [{}, undefined],
  [{ loki: 'logging/loki:3100' }, { kind: 'loki', service: 'logging/loki:3100' }],
  [
    { loki: 'a/b:1', tenant: 'plane' },
    { kind: 'loki', service: 'a/b:1', tenant: 'plane' },
  ],
  [{ opensearch: 'a/b:1' }, { kind: 'opensearch', service: 'a/b:1' }],
  [
    { opensearch: 'a/b:1', index: 'container-logs-*' },
    { kind: 'opensearch', service: 'a/b:1', index: 'container-logs-*' },
  ],
])('%j names an engine', (options, expected) => {
  expect(engineOf(options)).toEqual(expected)
})

it.each([
  [{ loki: 'a/b:1', opensearch: 'a/b:2' }, 'one engine'],
  [{ opensearch: 'a/b:1', tenant: 'plane' }, '--tenant is of Loki'],
  [{ loki: 'a/b:1', index: 'logs' }, '--index is of OpenSearch'],
  [{ index: 'logs' }, '--opensearch'],
])('%j is refused', (options, words) => {
  expect(() => engineOf(options)).toThrow(
    expect.objectContaining({ code: 'USAGE_INVALID', message: expect.stringContaining(words) }),
  )
})
