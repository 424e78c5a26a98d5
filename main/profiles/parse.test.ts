import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEndpointList, parseProfile, sentence } from './parse.ts'

const builtIn = join(import.meta.dirname, '../../assets/profiles')

const valid = `schemaVersion: 1
name: mine
title: Mine
description: A small one
settings:
  type: object
  properties:
    vault:
      type: object
      properties:
        host: {type: string, default: ""}
managementModels:
  - {id: self, title: Self, summary: We do, tasks: []}
components:
  - {id: agent, title: Agent, summary: Talks, providedBy: release}
credentials:
  - id: token
    title: Token
    secret: {name: token, namespaces: [n]}
    keys: [{key: token, title: Token}]
releases:
  - name: agent
    namespace: n
    chart: {path: chart}
    components: [agent]
    values:
      host: \${vault.host}
endpoints:
  - id: agent-vault
    component: agent
    host: \${vault.host}
    protocol: vault
    clientProfile: {proxy: none}
logSources:
  - {id: agent, title: Agent, component: agent, namespace: n, selector: app=agent}
`

/** One change to the valid text, and what is said of it. */
const wrong: readonly [from: string, to: string, said: string][] = [
  ['title: Mine\n', '', 'line 1, title: found nothing, expected text.'],
  ['title: Mine', 'title: 7', 'line 3, title: found 7, expected text.'],
  ['title: Mine', 'titel: Mine', 'line 3, titel: found the unknown field "titel", expected a known field.'],
  ['schemaVersion: 1', 'schemaVersion: 2', 'line 1, schemaVersion: found 2, expected 1.'],
  ['name: mine', 'name: My Plane', 'line 2, name: found "My Plane", expected lower-case letters, digits and hyphens.'],
  [
    'managementModels:\n  - {id: self, title: Self, summary: We do, tasks: []}',
    'managementModels: []',
    'line 12, managementModels: found an empty list, expected at least 1 items.',
  ],
  [
    'protocol: vault',
    'protocol: smtp',
    'line 32, endpoints[0].protocol: found "smtp", expected one of "wss", "https", "grpc", "amqp1", "amqp091", "amqp-ws", "oci", "acme", "git", "arm", "vault", "kubernetes".',
  ],
  [
    'protocol: vault',
    'protocol: vault\n    port: 70000',
    'line 33, endpoints[0].port: found 70000, expected at most 65535.',
  ],
  [
    'protocol: vault',
    'protocol: vault\n    path: v1/health',
    'line 33, endpoints[0].path: found "v1/health", expected text that starts with "/".',
  ],
  [
    'clientProfile: {proxy: none}',
    'clientProfile: none',
    'line 33, endpoints[0].clientProfile: found "none", expected a mapping.',
  ],
  [
    'chart: {path: chart}',
    'chart: {oci: "oci://r/c"}',
    'line 24, releases[0].chart.version: found nothing, expected text.',
  ],
  ['chart: {path: chart}', 'chart: chart', 'line 24, releases[0].chart: found "chart", expected a mapping.'],
  [
    'chart: {path: chart}',
    'chart: {repository: nowhere, name: c, version: "1"}',
    'line 24, releases[0].chart.repository: found "nowhere", expected an address such as https://example.org.',
  ],
  // What the shape cannot say: parts that do not fit one another.
  [
    'component: agent\n    host',
    'component: agnet\n    host',
    'line 30, endpoints[0].component: found "agnet", expected the id of a component: agent.',
  ],
  [
    'components: [agent]',
    'components: [agent, gateway]',
    'line 25, releases[0].components[1]: found "gateway", expected the id of a component: agent.',
  ],
  [
    'components: [agent]',
    'components: [agent]\n    needs: [agent]',
    'line 26, releases[0].needs[0]: found "agent", expected the name of an earlier release: this is the first one.',
  ],
  [
    'title: Agent, component: agent, namespace',
    'title: Agent, component: other, namespace',
    'line 35, logSources[0].component: found "other", expected the id of a component: agent.',
  ],
  [
    '{proxy: none}',
    '{clientCertificate: cert}',
    'line 33, endpoints[0].clientProfile.clientCertificate: found "cert", expected the id of a credential: token.',
  ],
  [
    '{proxy: none}',
    '{clientCertificate: token}',
    'line 33, endpoints[0].clientProfile.clientCertificate: found a credential without tls.crt and tls.key, expected one with tls.crt and tls.key.',
  ],
  [
    '{proxy: none}',
    '{trust: {setting: vault.ca}}',
    'line 33, endpoints[0].clientProfile.trust.setting: found the setting "vault.ca", expected a setting that is defined in "settings".',
  ],
  [
    'host: ${vault.host}\n    protocol',
    'host: ${valt.host}\n    protocol',
    'line 31, endpoints[0].host: found the setting "valt.host", expected a setting that is defined in "settings".',
  ],
  [
    'host: ${vault.host}\nendpoints',
    'host: [x, "${vault.port}"]\nendpoints',
    'line 27, releases[0].values.host[1]: found the setting "vault.port", expected a setting that is defined in "settings".',
  ],
  [
    'host: ${vault.host}\nendpoints',
    'host: ${vault.host\nendpoints',
    'line 27, releases[0].values.host: found "${vault.host", expected a reference such as ${name.of.setting}, or $${ for a literal ${.',
  ],
  [
    'chart: {path: chart}',
    'chart: {path: chart}\n    via: flux',
    'line 22, releases[0].source: found nothing, expected the source of the chart, such as "source: {url: oci://…}".',
  ],
  [
    '  - {id: agent, title: Agent, summary',
    '  - {id: agent, title: One, summary: Is, providedBy: vendor}\n  - {id: agent, title: Agent, summary',
    'line 16, components[1].id: found "agent" twice, expected a unique id.',
  ],
  [
    'protocol: vault',
    'protocol: vault\n    addressRanges: [10.0.0.0/8, 10.0.0.0/40]',
    'line 33, endpoints[0].addressRanges[1]: found "10.0.0.0/40", expected a range such as 10.0.0.0/8.',
  ],
  [
    '  type: object\n  properties:\n    vault',
    '  type: array\n  properties:\n    vault',
    'line 6, settings: found an invalid schema, expected a JSON Schema with "type: object".',
  ],
  [
    '{type: string, default: ""}',
    '{type: string, pattern: "("}',
    'line 11, settings.properties.vault.properties.host.pattern: found a pattern that is not supported, expected a regular expression of RE2: at most 1,000 characters, without look-around and back-references.',
  ],
]

const faultsOf = (text: string): string[] => (parseProfile(text).faults ?? []).map(sentence)

describe('parseProfile', () => {
  it('accepts the valid text that the other cases modify', () => {
    expect(parseProfile(valid).profile?.endpoints[0]).toMatchObject({
      id: 'agent-vault',
      required: true,
      scope: 'external',
    })
  })

  it.each(wrong)('reports %j → %j: %s', (from, to, said) => {
    expect(valid).toContain(from)
    expect(faultsOf(valid.replace(from, to))).toContain(said)
  })

  it('reports line and column of an error in YAML', () => {
    const { faults } = parseProfile(valid.replace('title: Mine', 'title: "Mine'))

    expect(faults?.[0]).toMatchObject({ found: 'text that is not YAML', message: 'the closing " is missing' })
  })

  it('reports all faults at once, in the order of the text', () => {
    const text = valid.replace('title: Mine', 'title: []').replace('protocol: vault', 'protocol: smtp')

    expect(parseProfile(text).faults?.map(({ line, column, field }) => `${line}:${column} ${field}`)).toEqual([
      '3:8 title',
      '32:15 endpoints[0].protocol',
    ])
  })

  it.each([
    ['nothing', ''],
    ['a list', '- a'],
    ['a number', '7'],
    ['several documents', 'a: 1\n---\nb: 2'],
    [
      'aliases that expand to gigabytes',
      [
        'a: &a [x,x,x,x,x,x,x,x,x]',
        ...'bcdefghi'
          .split('')
          .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`),
      ].join('\n'),
    ],
  ])('answers %s with faults', (_case, text) => {
    expect(parseProfile(text).faults?.length).toBeGreaterThan(0)
  })

  it('never throws', () => {
    const lines = valid.split('\n')
    const mutated = fc
      .array(
        fc.tuple(
          fc.nat({ max: lines.length - 1 }),
          fc.oneof(
            fc.string(),
            fc.constantFrom(
              '',
              '- ',
              '? ',
              '*a',
              '&a x',
              '{',
              ']',
              'x: ${',
              '  <<: *z',
              '"',
              'settings: {type: object, properties: {a: {$ref: "#/x"}}}',
            ),
          ),
        ),
        { maxLength: 4 },
      )
      .map((edits) => edits.reduce((text, [at, line]) => text.with(at, line), lines).join('\n'))
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 200 }), mutated), (text) => {
        const { profile, faults } = parseProfile(text)
        expect(profile === undefined).toBe(faults !== undefined)
        for (const { line, column } of faults ?? []) expect(Math.min(line, column)).toBeGreaterThanOrEqual(1)
      }),
      { numRuns: 300, interruptAfterTimeLimit: 3_000 },
    )
  })
})

describe('the built-in profiles', () => {
  it.each(readdirSync(builtIn))('%s is valid and named like its folder', (name) => {
    const { profile, faults } = parseProfile(readFileSync(join(builtIn, name, 'profile.yaml'), 'utf8'))

    expect(faults?.map(sentence) ?? []).toEqual([])
    expect(profile?.name).toBe(name)
  })

  it('devant has every endpoint of the specification and no invented host', () => {
    const { profile } = parseProfile(readFileSync(join(builtIn, 'devant/profile.yaml'), 'utf8'))
    const rows = profile?.endpoints.map(
      ({ id, direction, scope, protocol }) => `${id} ${direction} ${scope} ${protocol}`,
    )

    expect(rows).toEqual([
      'agent-control-plane outbound external wss',
      'agent-kubernetes outbound cluster kubernetes',
      'local-adaptor-global-adaptor outbound external grpc',
      'local-adaptor-service-bus outbound external amqp1',
      'enforcer-event-hub outbound external amqp091',
      'secret-resolver-secret-store outbound vpc vault',
      'registry-public inbound external oci',
      'registry-vpc outbound vpc oci',
      'certificate-manager-dns outbound external arm',
      'certificate-manager-letsencrypt outbound external acme',
      'flux-source-github outbound external git',
      'flux-helm-registry outbound external oci',
    ])
    expect(profile?.managementModels.map(({ id }) => id)).toHaveLength(3)
    expect(profile?.endpoints.filter(({ host }) => !host.includes('${')).map(({ host }) => host)).toEqual([
      'kubernetes.default.svc',
    ])
  })
})

describe('a bare list of endpoints', () => {
  it('is read with its defaults', () => {
    const { list } = parseEndpointList('endpoints:\n  - {id: a, component: agent, host: a.example, protocol: https}\n')
    expect(list).toMatchObject({ settings: {}, endpoints: [{ id: 'a', tls: true }] })
  })

  it.each([
    ['endpoints:\n  - {id: a, component: agent}\n', 'line 2, endpoints[0].protocol: found nothing'],
    ['- a\n', 'line 1: found'],
    ['endpoints: [\n', 'line 2, column 1: the closing ] is missing.'],
    ['endpoints:\n  - id: a: b\n', 'line 2, column 9: a mapping cannot start here'],
    ['', 'expected a mapping'],
  ])('is refused with the line of its first fault: %j', (text, said) => {
    const { faults } = parseEndpointList(text)
    expect(faults?.map(sentence).join()).toContain(said)
  })
})
