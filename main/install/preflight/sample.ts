import type { KubernetesObject } from '../observe/kubernetes-object.ts'
import type { PlacedObject } from '../observe/live-objects.ts'

/** Objects for tables of tests. */
export const placed = (object: KubernetesObject, namespace = 'demo', release = 'one'): PlacedObject => ({
  release,
  releaseNamespace: namespace,
  namespace: object.metadata?.namespace ?? namespace,
  object,
})

export const deployment = (spec: object, more: { replicas?: number; name?: string; labels?: object } = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: more.name ?? 'web' },
  spec: {
    replicas: more.replicas ?? 1,
    template: { metadata: { labels: more.labels ?? { app: 'web' } }, spec: { containers: [{ name: 'c' }], ...spec } },
  },
})

export const container = (resources: object, more: object = {}) => ({ name: 'c', resources, ...more })

export const readyNode = (name: string, more: { labels?: object; spec?: object; status?: object } = {}) => ({
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name, ...more.labels } },
  spec: { ...more.spec },
  status: { conditions: [{ type: 'Ready', status: 'True' }], ...more.status },
})
