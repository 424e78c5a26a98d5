import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Component, Profile } from '../../../preload/contract/profiles.ts'
import type { KubernetesClient, RequestOptions } from '../../lib/kubernetes/client.ts'
import { labelKeys } from '../labels.ts'
import type { Revision } from '../observe/releases.ts'
import { describeComponent, describeHistory, discoverPlane, isInstalled, versionOf } from './discover-plane.ts'

const revision = (part: Partial<Revision>): Revision => ({
  secret: 's',
  revision: 3,
  status: 'deployed',
  labels: {},
  changedAt: 0,
  chart: 'agent-1.2.0',
  ...part,
})
const part = (name: string, state: 'found' | 'missing' | 'unknown', version = '') => ({
  kind: 'Deployment',
  namespace: 'n',
  name,
  state,
  version,
})
const component = (providedBy: Component['providedBy']): Component =>
  Component.parse({ id: 'c', title: 'C', summary: 's', providedBy })

describe('a release in the cluster', () => {
  it.each([
    ['is missing without a record', [], false, { state: 'missing', by: 'unknown', revision: '' }],
    ['is found by its HelmRelease alone', [], true, { state: 'found', by: 'flux', revision: '' }],
    [
      'is of Hangar by its mark',
      [revision({ labels: { [labelKeys.profile]: 'demo' } })],
      false,
      { state: 'found', by: 'hangar', revision: 'agent-1.2.0, revision 3, deployed' },
    ],
    [
      'is of Flux by its label',
      [revision({ labels: { 'helm.toolkit.fluxcd.io/name': 'agent' } })],
      false,
      { state: 'found', by: 'flux', revision: 'agent-1.2.0, revision 3, deployed' },
    ],
    ['is of another helm', [revision({})], false, { by: 'helm' }],
    ['is missing once it was uninstalled', [revision({ status: 'uninstalled' })], false, { state: 'missing' }],
  ])('%s', (_what, history, hasFlux, expected) => {
    expect(describeHistory(history, hasFlux, 'demo')).toMatchObject(expected)
  })
})

it('a plane is discovered by reading alone: nothing is created, changed or tried', async () => {
  const requests: string[] = []
  const resources = ['Secret', 'Namespace', 'Deployment'].map((kind) => ({
    kind,
    name: `${kind.toLowerCase()}s`,
    namespaced: kind !== 'Namespace',
    verbs: ['get', 'list', 'create', 'patch', 'delete'],
  }))
  const client: KubernetesClient = {
    server: 'https://fake.invalid',
    async request<Answer>(method: string, path: string) {
      requests.push(`${method} ${path}`)
      const labels = { [labelKeys.profile]: 'demo' }
      return { resources, groups: [], items: [], kind: 'Any', metadata: { name: 'any', labels } } as Answer
    },
    stream: () => Promise.reject(new Error('not used here')),
    socket: () => Promise.reject(new Error('not used here')),
    close: async () => undefined,
  }
  const profile = Profile.parse({
    schemaVersion: 1,
    name: 'demo',
    title: 'Demo',
    description: '',
    managementModels: [{ id: 'self', title: 'Self', summary: '', tasks: [] }],
    components: [
      {
        id: 'c',
        title: 'C',
        summary: '',
        providedBy: 'release',
        parts: [{ kind: 'Deployment', namespace: 'n', name: 'c' }],
      },
    ],
    endpoints: [],
    releases: [
      { name: 'one', namespace: 'n', chart: { path: 'one' }, components: ['c'] },
      { name: 'two', namespace: 'n', chart: { path: 'two' }, via: 'flux' },
    ],
  })

  const found = await discoverPlane(client, profile, AbortSignal.timeout(5_000))

  expect(found).toMatchObject({ marks: ['n'], isInstalled: true, installedBy: 'hangar' })
  expect(requests.length).toBeGreaterThan(3)
  expect(requests.filter((request) => !request.startsWith('GET '))).toEqual([])
})

/** Helm's record of a release, as a tenant who can write Secrets writes it. */
function recordOf(version: string, config: object) {
  const record = {
    info: { status: 'deployed', description: version },
    chart: { metadata: { name: 'agent', version } },
    manifest: '',
    config,
  }
  const zipped = gzipSync(JSON.stringify(record)).toString('base64')
  return { metadata: { name: 's', labels: { version: '1', status: 'deployed' } }, data: { release: base64(zipped) } }
}
const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('what a tenant or an API server wrote', () => {
  const chart = {
    name: 'agent',
    namespace: 'n',
    chart: { path: 'agent' },
    values: { region: '${region}', k: '${key}' },
  }
  const part = { kind: 'Deployment', namespace: 'n', name: 'agent' }
  const profile = Profile.parse({
    schemaVersion: 1,
    name: 'demo',
    title: 'Demo',
    description: '',
    managementModels: [{ id: 'self', title: 'Self', summary: '', tasks: [] }],
    components: [{ id: 'c', title: 'C', summary: '', providedBy: 'release', parts: [part] }],
    endpoints: [],
    releases: [chart],
  })
  const resource = (kind: string) => ({
    kind,
    name: `${kind.toLowerCase()}s`,
    namespaced: kind !== 'Namespace',
    verbs: ['get', 'list'],
  })
  /** `secrets`: a page of the list. */
  const discovered = (secrets: (onSize?: (bytes: number) => void) => object, labels: object = {}) =>
    discoverPlane(
      {
        server: 'https://fake.invalid',
        request: async (_method: string, path: string, { query, onSize }: RequestOptions) => {
          if (path.endsWith('/secrets')) return query?.limit === 1 ? { items: [] } : secrets(onSize)
          if (path.includes('/deployments/')) return { kind: 'Deployment', metadata: { name: 'agent', labels } }
          return { groups: [], resources: ['Secret', 'Namespace', 'Deployment'].map(resource), metadata: {} }
        },
      } as unknown as KubernetesClient, // reading uses no more
      profile,
      AbortSignal.timeout(20_000),
    )
  const listOf = (...items: object[]) => ({ metadata: { resourceVersion: '1' }, items })

  it('is short in the answer: a version of megabytes, a label, and a value that no form can show', async () => {
    const lines = `1.0.0\n${'RELEASE found '.repeat(500_000)}`
    const config = { region: 'a'.repeat(5_000_000), k: 'c4nary' }
    const found = await discovered(() => listOf(recordOf(lines, config)), {
      'app.kubernetes.io/version': 'v'.repeat(1_000_000),
    })

    expect(found.isInstalled).toBe(true)
    expect(found.releases[0]?.revision).toMatch(/^agent-1\.0\.0 RELEASE .*…, revision 1, deployed$/)
    expect(found.components[0]?.version).toBe('v'.repeat(63))
    // Nor a secret: the setting has the name of one.
    expect(found.settings).toEqual({})
    expect(JSON.stringify(found).length).toBeLessThan(3_000)
  })

  it('ends with ANSWER_TOO_LARGE where its records have no end', async () => {
    const page = { metadata: { resourceVersion: '1', continue: 'more' }, items: [recordOf('1.0.0', {})] }

    await expect(discovered(() => page)).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' })
    const large = discovered((onSize) => {
      onSize?.(64 * 1024 * 1024)
      return page
    })
    await expect(large).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE', message: expect.stringContaining('256 MiB') })
  })

  it.each([
    ['no record', {}],
    ['text instead of a record', { data: { release: base64('no record') } }],
    ['a record that expands to hundreds of megabytes', { data: { release: bomb() } }],
  ])('is a release of unknown content where it has %s', async (_what, more) => {
    const metadata = { name: 's', labels: { version: '1', status: 'deployed', name: 'agent' } }
    const found = await discovered(() => listOf({ metadata, ...more }))

    expect(found.releases).toMatchObject([{ state: 'found', by: 'helm', revision: 'revision 1, deployed' }])
  })
})

function bomb(): string {
  return base64(gzipSync(Buffer.alloc(200 * 1024 * 1024, '['), { level: 9 }).toString('base64'))
}

describe('a component in the cluster', () => {
  it.each([
    ['found with all its parts', 'release', [part('a', 'found'), part('b', 'found', '1.2')], 'found', '1.2'],
    ['partial', 'release', [part('a', 'found'), part('b', 'missing')], 'partial', ''],
    ['missing', 'release', [part('a', 'missing')], 'missing', ''],
    ['unknown where it cannot be read', 'release', [part('a', 'unknown'), part('b', 'missing')], 'unknown', ''],
    [
      'found by one alternative of the cluster',
      'cluster',
      [part('a', 'found', '1'), part('b', 'missing')],
      'found',
      '1',
    ],
    ['elsewhere without parts', 'vendor', [], 'elsewhere', ''],
  ] as const)('is %s', (_what, providedBy, parts, state, version) => {
    expect(describeComponent(component(providedBy), parts)).toMatchObject({ state, version })
  })

  it('lists only the alternatives that were found', () => {
    const { parts } = describeComponent(component('cluster'), [part('a', 'found'), part('b', 'missing')])
    expect(parts.map(({ name }) => name)).toEqual(['a'])
  })
})

it.each([
  ['registry:5000/agent:1.2.3@sha256:abc', {}, '1.2.3'],
  ['registry:5000/agent', { 'app.kubernetes.io/version': '2.0' }, '2.0'],
  ['registry:5000/agent', {}, ''],
])('the version of %s is that of the image, else that of the label', (image, labels, version) => {
  const spec = { template: { spec: { containers: [{ image }] } } }
  expect(versionOf({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a', labels }, spec })).toBe(version)
})

it.each([
  ['marks', ['n'], [], [], true],
  ['a release', [], [{ state: 'found' }], [], true],
  ['a workload that a release would have', [], [], [{ state: 'partial', providedBy: 'release' }], true],
  ['only what each cluster has', [], [{ state: 'missing' }], [{ state: 'found', providedBy: 'cluster' }], false],
] as const)('with %s there is something to connect to, or not', (_what, marks, releases, components, expected) => {
  expect(isInstalled(marks, releases, components)).toBe(expected)
})
