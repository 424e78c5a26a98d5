import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import type { Api, Manifest } from './api.ts'
import { baseTags } from './base-images.ts'
import { waitForDeployment } from './dns.ts'
import { fluxCrdsFolder } from './programs.ts'
import { until } from './until.ts'

const establishedLimitMs = 90_000

/** Flux's custom resource definitions, from its own API types; returns once the API server serves them. */
export const applyFluxCrds = async (api: Api, signal: AbortSignal): Promise<void> => {
  const files = (await readdir(fluxCrdsFolder())).filter((file) => file.endsWith('.yaml'))
  const texts = await Promise.all(files.map((file) => readFile(join(fluxCrdsFolder(), file), 'utf8')))
  const crds = texts.flatMap(
    (text) => parseAllDocuments(text).map((document) => document.toJS() as Manifest), // our own generator's output
  )
  await Promise.all(crds.map((crd) => api.apply(crd, signal)))
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  for (const { metadata } of crds)
    await until(
      `The definition ${metadata.name}`,
      async () => {
        const { status } = await api.get(`${path}/${metadata.name}`, signal)
        const conditions: unknown = status?.conditions
        return Array.isArray(conditions) && conditions.some((c) => c.type === 'Established' && c.status === 'True')
      },
      establishedLimitMs,
      signal,
    )
}

const labels = { app: 'helm-controller' }
const metadata = { name: 'helm-controller', namespace: 'flux-system', labels }

const controllerManifests: Manifest[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'helm-controller' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'helm-controller', namespace: 'flux-system' }],
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: 'helm-controller',
          containers: [
            {
              name: 'manager',
              image: baseTags.helmController,
              imagePullPolicy: 'Never',
              args: ['--watch-all-namespaces=true', '--log-level=info', '--events-addr='],
              env: [{ name: 'RUNTIME_NAMESPACE', value: 'flux-system' }],
              ports: [{ containerPort: 9440, name: 'healthz' }],
              readinessProbe: { httpGet: { path: '/readyz', port: 'healthz' }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  },
]

/** The real helm-controller in a pod, for tests that don't install it by a chart. */
export const startFluxController = async (api: Api, signal: AbortSignal): Promise<void> => {
  for (const manifest of controllerManifests) await api.apply(manifest, signal)
  await waitForDeployment(api, 'flux-system', 'helm-controller', signal)
}
