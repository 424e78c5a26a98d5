import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { readClusterView } from './in-cluster.ts'
import { agentPlace } from './sample.ts'

/** An API server over real HTTP that serves the given paths and responds 403 to all others. */
async function serve(answers: Readonly<Record<string, unknown>>): Promise<KubernetesClient> {
  const server = createServer((request, response) => {
    const answer = answers[decodeURIComponent(request.url ?? '')]
    response.writeHead(answer === undefined ? 403 : 200).end(JSON.stringify(answer ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.address() as AddressInfo // of a server that listens on a port
  return {
    server: `http://127.0.0.1:${port}`,
    async request<Answer>(method: string, path: string, _options: object, signal: AbortSignal): Promise<Answer> {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, signal })
      if (!answer.ok) throw new Error(`status ${answer.status}`)
      return (await answer.json()) as Answer // the test wrote the response
    },
    stream: () => Promise.reject(new Error('no stream is expected')),
    socket: () => Promise.reject(new Error('no socket is expected')),
    close: () => Promise.resolve(),
  }
}

const deployment = '/apis/apps/v1/namespaces/plane/deployments/agent'
const slices = (namespace: string, name: string) =>
  `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=kubernetes.io/service-name=${name}`
const never = new AbortController().signal
const services = [{ host: 'cache.tools.svc.cluster.local', port: 443 }]

describe('the cluster view of a policy', () => {
  it('has the labels of pods, the pods behind a Service and the addresses of the API server', async () => {
    const client = await serve({
      [deployment]: {
        spec: { selector: { matchLabels: { app: 'agent' } }, template: { spec: { hostNetwork: true } } },
      },
      '/api/v1/namespaces/tools/services/cache': {
        spec: {
          selector: { app: 'cache' },
          ports: [
            { name: 'other', port: 80 },
            { name: 'tls', port: 443 },
          ],
        },
      },
      [slices('tools', 'cache')]: {
        items: [
          {
            ports: [
              { name: 'tls', port: 8443 },
              { name: 'other', port: 8080 },
            ],
          },
        ],
      },
      '/api/v1/namespaces/default/services/kubernetes': { spec: { clusterIPs: ['10.96.0.1'], ports: [{ port: 443 }] } },
      [slices('default', 'kubernetes')]: {
        items: [{ endpoints: [{ addresses: ['192.168.7.2'] }], ports: [{ port: 6443 }] }],
      },
    })

    expect(await readClusterView(async () => client, { places: [agentPlace], services }, never)).toEqual({
      workloads: [
        { kind: 'Deployment', namespace: 'plane', name: 'agent', labels: { app: 'agent' }, hostNetwork: true },
      ],
      backends: { 'cache.tools.svc.cluster.local': { selector: { app: 'cache' }, ports: [8443] } },
      apiServers: [
        { address: '10.96.0.1', port: 443 },
        { address: '192.168.7.2', port: 6443 },
      ],
    })
  })

  it('uses all labels of the pod template if a selector has expressions', async () => {
    const client = await serve({
      [deployment]: {
        spec: {
          selector: { matchLabels: { app: 'agent' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
          template: { metadata: { labels: { app: 'agent', tier: 'back' } } },
        },
      },
    })

    const { workloads } = await readClusterView(async () => client, { places: [agentPlace], services: [] }, never)

    expect(workloads[0]?.labels).toEqual({ app: 'agent', tier: 'back' })
  })

  it('is empty without an error if access is denied, the cluster cannot be opened or does not answer in time', async () => {
    const nothing = { workloads: [], backends: {}, apiServers: [] }
    const forbidding = await serve({})
    const unresponsive: KubernetesClient = {
      ...forbidding,
      request: (_method, _path, _options, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    }
    const query = { places: [agentPlace], services }

    expect(await readClusterView(async () => forbidding, query, never)).toEqual(nothing)
    expect(await readClusterView(() => Promise.reject(new Error('no such context')), query, never)).toEqual(nothing)
    expect(await readClusterView(async () => unresponsive, query, AbortSignal.timeout(20))).toEqual(nothing)
  })
})
