import { describe, expect, it } from 'vitest'
import type { ProfileDifference } from '../../preload/contract/profile-change.ts'
import { Profile } from '../../preload/contract/profiles.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { differenceOf, type Version } from './difference.ts'
import { digestOfContent, type ProfileContent } from './pin.ts'

const endpoint = { id: 'gateway', component: 'agent', host: '${' + 'host}', port: 443, protocol: 'https' }
const release = { name: 'agent', namespace: 'plane', chart: { path: 'chart' } }
const base = {
  schemaVersion: 1,
  name: 'base',
  title: 'Base',
  description: 'For tests.',
  settings: { type: 'object', properties: { host: { type: 'string', default: 'gateway.example' } } },
  managementModels: [{ id: 'self', title: 'Self-managed', summary: 'Ours.', tasks: [] }],
  components: [{ id: 'agent', title: 'Agent', summary: 'Connects.', providedBy: 'release' }],
  releases: [release],
  endpoints: [endpoint],
}
const content: ProfileContent = {
  text: 'name: base',
  roots: { 'ca.pem': 'PEM' },
  charts: {
    chart: { digest: 'd1', files: { 'Chart.yaml': 'c1', 'values.yaml': 'v1' } },
    'other.tgz': { digest: 't1', files: {} },
  },
}
const settings: JsonObject = { host: 'gateway.example' }
const versionOf = (change: JsonObject = {}, more: Partial<Version> = {}): Version => ({
  profile: Profile.parse({ ...base, ...change }),
  settings,
  content,
  ...more,
})
const none: ProfileDifference = {
  credentials: [],
  endpoints: [],
  releases: [],
  files: [],
  settingsSchema: false,
  fields: [],
}

const target = {
  host: 'gateway.example',
  port: 443,
  protocol: 'https',
  tls: true,
  path: '',
  serverName: '',
  trust: 'system',
  credential: '',
  clientCertificate: '',
  proxy: 'env',
  companions: [],
}

const changedEndpoint = (change: JsonObject, after: object): [JsonObject, object] => [
  { endpoints: [{ ...endpoint, ...change }] },
  { endpoints: [{ id: 'gateway', kind: 'changed', before: target, after: { ...target, ...after } }] },
]
const clientProfile = (fields: JsonObject): JsonObject => ({ clientProfile: fields })

/** An endpoint that presents the credential `login`, which no endpoint did before. */
function presenting(fields: JsonObject): [JsonObject, object] {
  const [change, expected] = changedEndpoint(clientProfile(fields), fields)
  const after = ['https gateway.example:443, roots: system']
  return [change, { ...expected, credentials: [{ credential: 'login', before: [], after }] }]
}

describe('the difference between two versions of a profile', () => {
  it.each<[string, JsonObject, object]>([
    ['nothing', {}, {}],
    ['a host', ...changedEndpoint({ host: 'attacker.example' }, { host: 'attacker.example' })],
    ['a port', ...changedEndpoint({ port: 8443 }, { port: 8443 })],
    ['a protocol', ...changedEndpoint({ protocol: 'vault' }, { protocol: 'vault' })],
    ['a connection without TLS', ...changedEndpoint({ tls: false }, { tls: false })],
    ['a path', ...changedEndpoint({ path: '/collect' }, { path: '/collect' })],
    ['a server name', ...changedEndpoint({ serverName: 'a.example' }, { serverName: 'a.example' })],
    ['trusted roots', ...changedEndpoint(clientProfile({ trust: { file: 'own.pem' } }), { trust: 'file own.pem' })],
    ['a credential', ...presenting({ credential: 'login' })],
    ['a client certificate', ...presenting({ clientCertificate: 'login' })],
    ['a proxy', ...changedEndpoint(clientProfile({ proxy: 'none' }), { proxy: 'none' })],
    [
      'a companion',
      ...changedEndpoint(
        { companions: [{ host: 'blobs.example', why: 'Layers.' }] },
        {
          companions: ['blobs.example:443 https'],
        },
      ),
    ],
    ['what is expected of the server', ...changedEndpoint({ expect: { status: [200] } }, {})],
    [
      'an endpoint that was removed',
      { endpoints: [] },
      { endpoints: [{ id: 'gateway', kind: 'removed', before: target, after: null }] },
    ],
    [
      'an endpoint that was added',
      { endpoints: [endpoint, { ...endpoint, id: 'more', host: 'more.example' }] },
      { endpoints: [{ id: 'more', kind: 'added', before: null, after: { ...target, host: 'more.example' } }] },
    ],
    [
      'a chart',
      { releases: [{ ...release, chart: { oci: 'oci://registry.example/agent', version: '2.0.0' } }] },
      {
        releases: [
          {
            name: 'agent',
            kind: 'changed',
            before: 'plane: chart',
            after: 'plane: oci://registry.example/agent 2.0.0',
            values: false,
          },
        ],
      },
    ],
    [
      'values',
      { releases: [{ ...release, values: { image: 'attacker.example/agent' } }] },
      { releases: [{ name: 'agent', kind: 'changed', before: 'plane: chart', after: 'plane: chart', values: true }] },
    ],
    ['the settings', { settings: { type: 'object', properties: {} } }, { settingsSchema: true }],
    ['the image of probes', { probeImage: 'attacker.example/node' }, { fields: ['probeImage'] }],
  ])('names %s', (_what, change, expected) => {
    expect(differenceOf(versionOf(), versionOf(change))).toEqual({ ...none, ...expected })
  })

  it('names a default of a setting that moves a host', () => {
    const difference = differenceOf(versionOf(), versionOf({}, { settings: { host: 'attacker.example' } }))

    expect(difference.endpoints).toMatchObject([
      { before: { host: 'gateway.example' }, after: { host: 'attacker.example' } },
    ])
  })

  it.each<[string, Partial<ProfileContent>, object[]]>([
    ['changed root certificates', { roots: { 'ca.pem': 'OTHER' } }, [{ path: 'ca.pem', kind: 'changed' }]],
    [
      'changed and new files of a chart',
      {
        charts: {
          ...content.charts,
          chart: { digest: 'd2', files: { 'Chart.yaml': 'c1', 'values.yaml': 'v2', 'templates/x.yaml': 'x' } },
        },
      },
      [
        { path: 'chart/values.yaml', kind: 'changed' },
        { path: 'chart/templates/x.yaml', kind: 'added' },
      ],
    ],
    [
      'a changed archive',
      { charts: { ...content.charts, 'other.tgz': { digest: 't2', files: {} } } },
      [{ path: 'other.tgz', kind: 'changed' }],
    ],
  ])('names %s', (_what, change, files) => {
    const after = { ...content, ...change }

    expect(differenceOf(versionOf(), versionOf({}, { content: after })).files).toEqual(files)
    expect(digestOfContent(after)).not.toBe(digestOfContent(content))
  })

  it('lists everything as added without an earlier version', () => {
    const { endpoints, releases, files } = differenceOf(undefined, versionOf())

    expect([...endpoints, ...releases, ...files].map(({ kind }) => kind)).toEqual(
      Array.from({ length: 6 }, () => 'added'),
    )
  })
})

describe('the digest of a profile', () => {
  it('does not depend on the order of files', () => {
    const reversed = (record: object) => Object.fromEntries(Object.entries(record).reverse())
    const charts = reversed({
      ...content.charts,
      chart: { digest: 'd1', files: { 'values.yaml': 'v1', 'Chart.yaml': 'c1' } },
    })

    expect(digestOfContent({ ...content, charts } as ProfileContent)).toBe(digestOfContent(content))
  })

  it('changes with a comment of the text', () => {
    expect(digestOfContent({ ...content, text: 'name: base # more' })).not.toBe(digestOfContent(content))
  })
})
