import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { chartDefaults } from './chart-defaults.ts'
import { type ValueLayers, valuesWithOrigin } from './value-layers.ts'

interface Given {
  readonly chart?: string
  readonly profile?: JsonObject
  readonly settings?: JsonObject
  readonly defaults?: JsonObject
  readonly overrides?: JsonObject
}

const layers = ({ chart = '', profile = {}, settings = {}, defaults = {}, overrides = {} }: Given): ValueLayers => ({
  release: { name: 'agent', namespace: 'plane', values: profile },
  chart: chartDefaults([{ path: 'values.yaml', content: Buffer.from(chart) }]),
  settings,
  defaults,
  overrides,
  credentials: [
    {
      id: 'agent-certificate',
      title: 'Certificate of the agent',
      secret: { name: 'plane-certificate', namespaces: ['plane'], type: 'Opaque' },
      keys: [{ key: 'tls.key', title: 'Key', kind: 'pem' }],
      required: true,
    },
  ],
})

/** `PATH = VALUE from ORIGIN, over ORIGIN …`, with the places and settings that make an origin exact. */
const rows = (given: Given): string[] =>
  valuesWithOrigin(layers(given)).map(({ path, value, hidden, replaces, ...source }) => {
    const exact = ({ origin, place, settings }: (typeof replaces)[number]) =>
      [
        origin,
        ...(place ? [place.line] : []),
        ...settings.map((each) => `${each.name}${each.isDefault ? '*' : ''}`),
      ].join(' ')
    const over = replaces.map((each) => `, over ${exact(each)}`).join('')
    const shown = hidden ? '[hidden]' : JSON.stringify(value)
    return `${path.join('.')} = ${shown} from ${exact({ value, hidden, ...source })}${over}`
  })

describe('values with their origin', () => {
  it.each<[string, Given, string[]]>([
    ['no value at all', {}, []],
    ['a default of the chart has its line', { chart: '# a\nport: 443' }, ['port = 443 from chart 2']],
    [
      'mappings are merged key by key',
      { chart: 'a: {b: 1, c: 2}', profile: { a: { c: 3 } } },
      ['a.b = 1 from chart 1', 'a.c = 3 from profile, over chart 1'],
    ],
    ['a list is replaced whole', { chart: 'a: [1, 2]', profile: { a: [3] } }, ['a = [3] from profile, over chart 1']],
    [
      'a mapping replaces a plain value, and a plain value a mapping',
      { chart: 'a: 1\nb: {c: 2}', profile: { a: { x: 1 }, b: 3 } },
      ['a.x = 1 from profile', 'b = 3 from profile, over chart 2'],
    ],
    ['an empty mapping is a value', { chart: 'a: {}', profile: {} }, ['a = {} from chart 1']],
    ['null removes a default', { chart: 'a: 1', overrides: { a: null } }, ['a = null from override, over chart 1']],
    [
      'a text with a reference comes from the setting; a default is marked',
      {
        chart: 'host: ""\nport: 1',
        profile: { host: 'https://${vault.host}', port: '${vault.port}' },
        settings: { vault: { host: 'kv', port: 443 } },
        defaults: { vault: { host: '', port: 443 } },
      },
      [
        'host = "https://kv" from setting vault.host, over chart 1',
        'port = 443 from setting vault.port*, over chart 2',
      ],
    ],
    [
      'a setting that is a mapping gives each of its values',
      {
        profile: { vault: '${vault}' },
        settings: { vault: { host: 'kv', port: 1 } },
        defaults: { vault: { port: 1 } },
      },
      ['vault.host = "kv" from setting vault.host', 'vault.port = 1 from setting vault.port*'],
    ],
    [
      'a list names each setting in it once',
      { profile: { hosts: ['${a}', '${b}', '${a}'] }, settings: { a: 'x', b: 'y' } },
      ['hosts = ["x","y","x"] from setting a b'],
    ],
    ['a setting that is not given is empty', { profile: { host: '${a}' } }, ['host = "" from setting a*']],
    [
      'an override wins over the setting',
      { chart: 'n: 1', profile: { n: '${n}' }, settings: { n: 2 }, overrides: { n: 3 } },
      ['n = 3 from override, over setting n, over chart 1'],
    ],
    [
      'an override that may be a secret is hidden, also below the name of one, and where it is replaced',
      {
        overrides: {
          password: 'x',
          auth: { token: { value: 'y' } },
          words: 'hunter2',
          replicas: 3,
          image: 'a.example/b',
        },
      },
      [
        'auth.token.value = [hidden] from override',
        'image = "a.example/b" from override',
        'password = [hidden] from override',
        'replicas = 3 from override',
        'words = [hidden] from override',
      ],
    ],
    [
      'a setting that has a secret inside is hidden: in a list of variables or objects, or as a private key',
      {
        profile: { env: '${agent.env}', users: '${agent.users}', pem: '${agent.pem}', plain: '${agent.plain}' },
        settings: {
          agent: {
            env: [{ name: 'API_TOKEN', value: 'c4nary' }],
            users: [{ user: 'a', password: 'c4nary' }],
            pem: '-----BEGIN PRIVATE KEY-----\nc4nary\n',
            plain: [{ name: 'REGION', value: 'x' }],
          },
        },
      },
      [
        'env = [hidden] from setting agent.env',
        'pem = [hidden] from setting agent.pem',
        'plain = [{"name":"REGION","value":"x"}] from setting agent.plain',
        'users = [hidden] from setting agent.users',
      ],
    ],
    [
      'a setting with the name of a secret is hidden; names of Secrets and defaults of charts are not',
      {
        chart: 'adminPassword: changeme',
        profile: { a: '${login.password}', token: '${b}', secretName: '${b}' },
        settings: { login: { password: 'x' }, b: 'y' },
      },
      [
        'a = [hidden] from setting login.password',
        'adminPassword = "changeme" from chart 1',
        'secretName = "y" from setting b',
        'token = [hidden] from setting b',
      ],
    ],
  ])('%s', (_title, given, expected) => expect(rows(given)).toEqual(expected))

  it('a value that names the Secret of a credential refers to the credential, in a namespace that has the Secret', () => {
    const given = layers({ chart: 'certificateSecret: plane-certificate\nother: text' })
    const references = (all: ValueLayers) => valuesWithOrigin(all).map(({ credential }) => credential)

    expect(references(given)).toEqual(['agent-certificate', undefined])
    expect(references({ ...given, release: { ...given.release, namespace: 'elsewhere' } })).toEqual([
      undefined,
      undefined,
    ])
  })

  it('without the chart, the other layers are left', () => {
    expect(valuesWithOrigin({ ...layers({ profile: { a: 1 } }), chart: undefined })).toMatchObject([
      { path: ['a'], origin: 'profile', replaces: [] },
    ])
  })
})
