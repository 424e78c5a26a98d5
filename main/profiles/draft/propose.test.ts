import { describe, expect, it } from 'vitest'
import { isFields } from '../../health/fields.ts'
import { parseDocuments } from '../../lib/yaml-documents.ts'
import { prepare } from './prepare.ts'
import { propose } from './propose.ts'
import { readVendorFiles } from './vendor-files.ts'

const chart = (name: string, values = '', more = '') => ({
  [`charts/${name}/Chart.yaml`]: `{apiVersion: v2, name: ${name}, version: 1.0.0${more}}`,
  [`charts/${name}/values.yaml`]: values,
})

/** Proposes from files and from what helm would render: `$NAME` in it is the sample of the setting NAME. */
async function proposed(files: Readonly<Record<string, string>>, manifests: Readonly<Record<string, string>>) {
  const read = await readVendorFiles(
    Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text) })),
  )
  const prepared = prepare(read, 'plane')
  const rendered = prepared.releases.map((release) => {
    const text = (manifests[release.name] ?? '').replaceAll(/\$([\w.]+)/g, (_all, name: string) =>
      String(prepared.settings.find((setting) => setting.name === name)?.sample),
    )
    return {
      release,
      objects: parseDocuments(text)
        .documents.map((document) => document.toJS())
        .filter(isFields),
    }
  })
  return propose(prepared, rendered)
}

const deployment = (name: string, pod: string, more = '') => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, labels: {x: y}, annotations: {artifacthub.io/links: https://home.vendor.com}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}${more}}}, spec: {${pod}}}
`
const container = (more: string) => `containers: [{name: c, image: registry.vendor.com/x:1, ${more}}]`

/** Titles of the proposals of a kind. */
const titles = ({ rows }: Awaited<ReturnType<typeof proposed>>, kind: string): string[] =>
  rows.filter((row) => row.kind === kind).map(({ title }) => title)

describe('endpoints', () => {
  const cases: readonly [what: string, manifest: string, endpoints: string[]][] = [
    [
      'are in the environment',
      deployment('a', container('env: [{name: API_HOST, value: api.vendor.com}, {name: API_PORT, value: "8443"}]')),
      ['a → https api.vendor.com:8443'],
    ],
    [
      'are in arguments',
      deployment('a', container('args: ["--server=wss://cp.vendor.com/agent"]')),
      ['a → wss cp.vendor.com'],
    ],
    [
      'are in ConfigMaps that a workload mounts',
      `${deployment('a', 'volumes: [{name: v, configMap: {name: m}}]')}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {app.properties: "broker=amqps://mq.vendor.com:5671\\n# https://old.vendor.com"}`,
      ['a → amqp091 mq.vendor.com:5671'],
    ],
    [
      'are in Secrets, decoded',
      `${deployment('a', container('envFrom: [{secretRef: {name: s}}]'))}---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {URL: ${Buffer.from('https://u:password@api.vendor.com').toString('base64')}}`,
      ['a → https api.vendor.com'],
    ],
    [
      'are settings, with their port',
      deployment('a', container('env: [{name: X, value: "$api.host"}]')),
      ['a → https ${api.host}:${api.port}'],
    ],
    [
      'are settings in texts',
      deployment('a', container('args: ["--url=https://$api.host/v1"]')),
      ['a → https ${api.host}:${api.port}'],
    ],
    [
      'are not in images, annotations, the cluster, the pod and documentation',
      deployment(
        'a',
        container(
          'args: ["http://b.plane.svc:80", "http://localhost:1", "https://redis", "https://docs.vendor.com", "https://example.com"]',
        ),
      ),
      [],
    ],
    ['are not databases', deployment('a', container('args: ["postgres://db.vendor.com/x", "db.vendor.com:5432"]')), []],
    [
      'are not in programs',
      `${deployment('a', 'volumes: [{name: v, configMap: {name: m}}]')}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {main.py: "https://api.vendor.com"}`,
      [],
    ],
    [
      'are not in definitions and routes',
      `${deployment('a', '')}---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {rules: [{host: app.vendor.com}]}`,
      [],
    ],
  ]
  it.each(cases)('%s', async (_what, manifest, expected) => {
    const proposal = await proposed({ ...chart('r', 'api: {host: "", port: 8443}') }, { r: manifest })
    expect(titles(proposal, 'endpoint')).toEqual(expected)
    expect(JSON.stringify(proposal)).not.toContain('password')
  })

  it('have what the vendor’s list knows better', async () => {
    const list =
      'Component,Host,Port,Protocol,Direction,Scope\na,$API,,gRPC,Outbound,\nGit puller,git.vendor.com,443,Git,Outbound,\na,x.plane.svc,80,HTTP,Inbound,\n'
    const proposal = await proposed(
      { ...chart('r'), 'i.sh': 'helm install r charts/r --set api.host=$API', 'hosts.csv': list },
      { r: deployment('a', container('env: [{name: API_HOST, value: "$api.host"}]')) },
    )
    expect(titles(proposal, 'endpoint')).toEqual([
      'a → grpc ${api.host}',
      'git-puller → git git.vendor.com:443',
      'a → https x.plane.svc:80',
    ])
    expect(titles(proposal, 'component')).toEqual(['A: Deployment a', 'Git puller, which runs in no release'])
    expect(proposal.rows.at(-2)?.entry).toMatchObject({ direction: 'inbound', scope: 'cluster', tls: false })
  })
})

describe('credentials', () => {
  const secrets: readonly [what: string, manifest: string, credentials: string[]][] = [
    [
      'are Secrets of variables, with their key',
      deployment('a', container('env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: pass}}}]')),
      ['Secret db with pass'],
    ],
    [
      'are Secrets of volumes, with the keys that arguments name',
      deployment(
        'a',
        `volumes: [{name: v, secret: {secretName: vault}}], ${container('volumeMounts: [{name: v, mountPath: /s}], args: [--token-file=/s/token]')}`,
      ),
      ['Secret vault with token'],
    ],
    [
      'are Secrets for images',
      deployment('a', 'imagePullSecrets: [{name: pull}]'),
      ['Secret pull with .dockerconfigjson'],
    ],
    [
      'are certificates by their name',
      deployment('a', 'volumes: [{name: v, secret: {secretName: agent-certificate}}]'),
      ['Secret agent-certificate with tls.crt, tls.key'],
    ],
    ['are not optional Secrets', deployment('a', 'volumes: [{name: v, secret: {secretName: x, optional: true}}]'), []],
    [
      'are not rendered Secrets',
      `${deployment('a', 'volumes: [{name: v, secret: {secretName: s}}]')}---\n{apiVersion: v1, kind: Secret, metadata: {name: s}}`,
      [],
    ],
    [
      'are not Secrets of cert-manager',
      `${deployment('a', 'volumes: [{name: v, secret: {secretName: s}}]')}---\n{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: c}, spec: {secretName: s}}`,
      [],
    ],
    [
      'are not Secrets that a program writes',
      `${deployment('a', 'volumes: [{name: v, secret: {secretName: s}}]')}---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r}, rules: [{resources: [secrets], verbs: [patch], resourceNames: [s]}]}`,
      [],
    ],
  ]
  it.each(secrets)('%s', async (_what, manifest, expected) => {
    expect(titles(await proposed(chart('r'), { r: manifest }), 'credential')).toEqual(expected)
  })
})

describe('requirements', () => {
  it('are the storage, the version, the resources and the definitions of others', async () => {
    const manifest = `${deployment('a', container('resources: {requests: {cpu: 150m, memory: 1Gi}}'))}---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: s}, spec: {volumeClaimTemplates: [{metadata: {name: d}, spec: {resources: {requests: {storage: 5Gi}}}}]}}
---
{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: m}}
---
{apiVersion: v1, kind: Service, metadata: {name: lb}, spec: {type: LoadBalancer}}`
    const proposal = await proposed(chart('r', '', ', kubeVersion: ">=1.29.0-0"'), { r: manifest })
    expect(proposal.rows.filter(({ kind }) => kind === 'requirement').map(({ entry }) => entry)).toEqual([
      { kubernetes: '>=1.29' },
      { storageClass: true },
      { customResources: ['servicemonitors.monitoring.coreos.com'] },
      { cpu: '150m' },
      { memory: '1024Mi' },
    ])
    expect(proposal.unread).toContainEqual({
      place: 'r: Service/lb',
      text: 'type: LoadBalancer',
      why: expect.stringContaining('lb.support'),
    })
  })
})

describe('releases', () => {
  const files = {
    ...chart('a'),
    ...chart('b'),
    ...chart('c'),
    'i.sh': 'helm install a charts/a\nhelm install b charts/b -n x\nhelm install c charts/c',
  }
  const names = async (manifests: Readonly<Record<string, string>>) =>
    (await proposed(files, manifests)).rows.filter(({ kind }) => kind === 'release').map(({ entry }) => entry.name)

  it('come after those whose custom resources and namespaces they use', async () => {
    const definition =
      '{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: ks.v.com}, spec: {group: v.com, names: {kind: K}}}'
    expect(await names({ a: '{apiVersion: v.com/v1, kind: K, metadata: {name: k}}', c: definition })).toEqual([
      'c',
      'a',
      'b',
    ])
    expect(await names({ c: '{apiVersion: v1, kind: Namespace, metadata: {name: x}}' })).toEqual(['a', 'c', 'b'])
  })

  it('keep their order otherwise, and where they need each other', async () => {
    const k = (kind: string) =>
      `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: x}, spec: {group: v.com, names: {kind: ${kind}}}}`
    expect(await names({})).toEqual(['a', 'b', 'c'])
    expect(
      await names({
        a: `${k('A')}\n---\n{apiVersion: v.com/v1, kind: C}`,
        c: `${k('C')}\n---\n{apiVersion: v.com/v1, kind: A}`,
      }),
    ).toEqual(['c', 'a', 'b'])
  })
})

describe('components', () => {
  it('are workloads, together where they share the label of a component, with their Services and logs', async () => {
    const label = ', app.kubernetes.io/component: shop'
    const manifest = `${deployment('r-orders', '', label)}${deployment('stock', '', label)}${deployment('server', '')}---
{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {selector: {app: stock}}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: j}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: h, annotations: {helm.sh/hook: pre-install}}}`
    const { rows } = await proposed(chart('r'), { r: manifest })
    expect(rows.filter(({ kind }) => kind === 'component').map(({ entry }) => [entry.id, entry.parts])).toEqual([
      [
        'shop',
        [
          { kind: 'Deployment', namespace: 'plane', name: 'r-orders' },
          { kind: 'Deployment', namespace: 'plane', name: 'stock' },
          { kind: 'Service', namespace: 'plane', name: 's' },
        ],
      ],
      ['r-server', [{ kind: 'Deployment', namespace: 'plane', name: 'server' }]],
    ])
    expect(
      rows.filter(({ kind }) => kind === 'logSource').map(({ entry }) => [entry.component, entry.selector]),
    ).toEqual([
      ['shop', 'app=r-orders'],
      ['shop', 'app=stock'],
      ['r-server', 'app=server'],
    ])
  })
})

it('text of others is shown on one line, without hidden characters', async () => {
  const { rows, unread } = await proposed(
    { ...chart('r'), 'i.sh': 'helm install r charts/r\nfoo "a\u202eb\u001b[31m\n"' },
    { r: deployment('a', container('args: ["https://x.vendor.com/\u202ea"]')) },
  )
  expect(unread.map(({ text }) => text)).toEqual(['foo a⟨U+202E⟩b⟨U+001B⟩[31m⟨U+000A⟩'])
  expect(JSON.stringify(rows)).not.toMatch(/\u202e|\\u202e/)
})
