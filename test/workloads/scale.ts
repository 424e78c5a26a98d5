import type { KubernetesClient } from '../../main/lib/kubernetes/client.ts'
import type { KubernetesObject } from '../../main/lib/kubernetes/resources.ts'
import { namespace } from './watching.ts'

const atOnce = 40

/**
 * Creates pods on simulated nodes with the Deployment `gateway` as their owner. Its own controller creates only
 * 20 a second; this creates some hundreds.
 */
export async function makePods(client: KubernetesClient, count: number, signal: AbortSignal): Promise<void> {
  const labels = { app: 'gateway' }
  const podSpec = {
    terminationGracePeriodSeconds: 0,
    tolerations: [{ operator: 'Exists' }],
    containers: [{ name: 'main', image: 'simulated' }],
  }
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'gateway', namespace },
    spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } },
  }
  const root = `/apis/apps/v1/namespaces/${namespace}/deployments`
  await client.request('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } }, signal)
  await client.request(
    'POST',
    `/api/v1/namespaces/${namespace}/serviceaccounts`,
    { body: { metadata: { name: 'simulated' } } },
    signal,
  )
  const { metadata } = await client.request<KubernetesObject>('POST', root, { body: deployment }, signal)
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: metadata.name, uid: metadata.uid, controller: true }

  const makeOne = async (index: number): Promise<void> => {
    const body = {
      metadata: { name: `gateway-${index}`, ownerReferences: [owner] },
      spec: { ...podSpec, serviceAccountName: 'simulated', automountServiceAccountToken: false },
    }
    await client.request('POST', `/api/v1/namespaces/${namespace}/pods`, { body }, signal)
  }
  const numbers = Array.from({ length: count }, (_, index) => index).values()
  const worker = async (): Promise<void> => {
    for (const index of numbers) await makeOne(index)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** All pods at once. */
export async function removePods(client: KubernetesClient, signal: AbortSignal): Promise<void> {
  await client.request('DELETE', `/api/v1/namespaces/${namespace}/pods`, { timeoutMs: 60_000 }, signal)
}
