import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from './object.ts'
import { assessSnapshot } from './snapshot.ts'

const nowMs = Date.parse('2026-11-27T12:00:00Z')
const namespace = 'plane'

const configuration = (
  policy: string | undefined,
  kind = 'ValidatingWebhookConfiguration',
): KubernetesObject & Readonly<Record<string, unknown>> => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  metadata: { name: 'guard' },
  webhooks: [
    {
      name: 'guard.example.org',
      ...(policy === undefined ? {} : { failurePolicy: policy }),
      clientConfig: {
        service: { namespace, name: 'guard' },
        caBundle: Buffer.from('no certificate').toString('base64'),
      },
    },
  ],
})
const service = (name = 'guard'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { clusterIP: '10.0.0.1', selector: { app: 'guard' } },
})
const slice = (ready: boolean | undefined, of = 'guard'): KubernetesObject & Readonly<Record<string, unknown>> => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: `${of}-x`, namespace, labels: { 'kubernetes.io/service-name': of } },
  endpoints: [{ addresses: ['10.1.0.1'], conditions: ready === undefined ? {} : { ready } }],
})
const pod = (ready: string, app = 'guard'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `${app}-0`, namespace, labels: { app } },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready }] },
})

const stateOf = (objects: readonly KubernetesObject[]): { readonly state: string; readonly reason: string } => {
  const found = assessSnapshot(objects, nowMs).find(({ kind }) => kind.endsWith('WebhookConfiguration'))
  return { state: found?.state ?? '', reason: found?.reason ?? '' }
}

describe('a webhook configuration beside its Service', () => {
  it.each<[string, readonly KubernetesObject[], string]>([
    ['an endpoint that is not ready', [configuration('Fail'), service(), slice(false)], 'has no ready endpoint'],
    [
      'endpoints of other Services alone',
      [configuration('Fail'), service(), slice(true, 'other')],
      'has no ready endpoint',
    ],
    ['no policy, which is Fail', [configuration(undefined), service(), slice(false)], 'has no ready endpoint'],
    ['a pod that is not ready', [configuration('Fail'), service(), pod('False')], 'has no ready endpoint'],
    ['pods of others alone', [configuration('Fail'), service(), pod('True', 'other')], 'has no ready endpoint'],
    ['no such Service', [configuration('Fail'), service('other')], 'does not exist'],
    [
      'an endpoint that is not ready, when it mutates',
      [configuration('Fail', 'MutatingWebhookConfiguration'), service(), slice(false)],
      'has no ready endpoint',
    ],
  ])('with %s is degraded and says that it fails closed', (_what, objects, reason) => {
    const found = stateOf(objects)

    expect(found.state).toBe('degraded')
    expect(found.reason).toContain('guard.example.org fails closed')
    expect(found.reason).toContain(`plane/guard ${reason}`)
  })

  it.each<[string, readonly KubernetesObject[]]>([
    ['a ready endpoint', [configuration('Fail'), service(), slice(true)]],
    ['an endpoint of unknown readiness', [configuration('Fail'), service(), slice(undefined)]],
    ['a ready pod', [configuration('Fail'), service(), pod('True')]],
    ['the policy to ignore failures', [configuration('Ignore'), service(), slice(false)]],
    ['no object of the namespace of its Service', [configuration('Fail')]],
    ['neither endpoints nor pods', [configuration('Fail'), service()]],
  ])('with %s is healthy', (_what, objects) => {
    expect(stateOf(objects).state).toBe('healthy')
  })
})
