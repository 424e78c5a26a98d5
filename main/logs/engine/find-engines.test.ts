import { expect, it } from 'vitest'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { failureOfResponse } from '../../lib/kubernetes/failure.ts'
import { findEngines } from './find-engines.ts'

const loki = {
  metadata: { name: 'loki', namespace: 'logging', labels: { 'app.kubernetes.io/name': 'loki' } },
  spec: { clusterIP: '10.0.0.7', ports: [{ name: 'http-metrics', port: 3_100 }] },
}
const engine = { kind: 'loki', service: 'logging/loki:3100' }
const { signal } = new AbortController()

/** Answers as an API server does that permits to list the services of these namespaces; "" is all of them. */
function clientOf(permitted: readonly string[]): KubernetesClient {
  const request = async (_: string, path: string): Promise<unknown> => {
    if (path === '/api/v1')
      return { resources: [{ name: 'services', kind: 'Service', namespaced: true, verbs: ['list'] }] }
    const namespace = /namespaces\/([^/]+)/.exec(path)?.[1] ?? ''
    if (!permitted.includes(namespace)) throw failureOfResponse(403, 'text/plain', 'services is forbidden', 'cluster')
    return { metadata: {}, items: namespace === '' || namespace === 'logging' ? [loki] : [] }
  }
  return { server: 'cluster', request } as unknown as KubernetesClient // as much as a list uses
}

it('engines are looked for in all namespaces', async () => {
  expect(await findEngines(clientOf(['']), ['apps'], signal)).toEqual({
    engines: [{ engine, evidence: 'label app.kubernetes.io/name=loki, port 3100' }],
    namespaces: null,
    refused: [],
  })
})

it('without that permission, in the namespaces of the sources and the usual ones; those that refuse are named', async () => {
  expect(await findEngines(clientOf(['apps', 'logging']), ['apps'], signal)).toEqual({
    engines: [{ engine, evidence: expect.any(String) }],
    namespaces: ['apps', 'logging'],
    refused: ['loki', 'monitoring', 'observability', 'opensearch'],
  })
})
