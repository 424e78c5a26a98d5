import { describe, expect, it } from 'vitest'
import type { ConnectionFacts, DiscoveredHost } from '../../../preload/contract/connectivity.ts'
import { noConnectionFacts } from '../probe/connection-facts.ts'
import type { Destination } from './destination.ts'
import { everyKind, sampleList } from './sample.ts'

const places = (destinations: readonly Destination[]) =>
  destinations.filter(({ kind }) => kind !== 'nodes').map(({ host, port }) => `${host}:${port}`)

const identity = (evidence: string) =>
  ({ stage: 'identity', verdict: 'pass', at: '2026-03-01T14:05:00Z', ms: 1, evidence }) as const

describe('the destinations of an allow-list', () => {
  it('include every endpoint, also unconfigured and inbound ones, and what nodes need', () => {
    const { destinations } = sampleList({ rows: everyKind })

    const rows = destinations.filter(({ kind }) => kind === 'row')
    expect(rows.map(({ id }) => id)).toEqual(everyKind.map(({ id }) => id))
    expect(rows.find(({ id }) => id === 'unset')).toMatchObject({
      host: '',
      unresolvedReason: 'the setting globalAdaptor.host is empty: ask the vendor for the host',
    })
    expect(rows.find(({ id }) => id === 'pushed')?.direction).toBe('inbound')
    expect(destinations.filter(({ kind }) => kind === 'nodes').map(({ port, transport }) => [port, transport])).toEqual(
      [
        [53, 'tcp+udp'],
        [123, 'udp'],
      ],
    )
  })

  it.each([
    [
      'github.com',
      {},
      [
        'codeload.github.com:443',
        'objects.githubusercontent.com:443',
        'release-assets.githubusercontent.com:443',
        'raw.githubusercontent.com:443',
      ],
    ],
    ['ghcr.io', {}, ['pkg-containers.githubusercontent.com:443']],
    [
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
      {},
      ['api.ecr.eu-west-1.amazonaws.com:443', 'prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com:443'],
    ],
    ['management.azure.com', {}, ['login.microsoftonline.com:443']],
    ['ns1.servicebus.windows.net', { port: 5671, protocol: 'amqp1' }, ['ns1.servicebus.windows.net:443']],
    ['ns1.servicebus.windows.net', { protocol: 'amqp-ws' }, ['ns1.servicebus.windows.net:5671']],
    ['reg1.azurecr.io', {}, [':443', 'login.microsoftonline.com:443']],
    ['github.com.evil.example', {}, []],
  ])('include the hosts that %s also needs', (host, more, expected) => {
    const { destinations } = sampleList({ rows: [{ host, ...more }] })

    expect(places(destinations).slice(1).toSorted()).toEqual(expected.toSorted())
  })

  it('substitute settings in companions, and report an empty setting as unknown host', () => {
    const companions = [
      { host: '${bus.host}', why: 'management' },
      { host: '${none}', why: 'blobs' },
    ]
    const { destinations } = sampleList({ rows: [{ host: 'a.example', companions }], settings: { 'bus.host': 'x' } })
    const filled = sampleList({
      rows: [{ host: 'a.example', companions }],
      from: { settings: { bus: { host: 'bus.example' } } },
    })

    expect(destinations[1]).toMatchObject({
      host: '',
      unresolvedReason: expect.stringContaining('the setting bus.host is empty'),
    })
    expect(places(filled.destinations)).toEqual(['a.example:443', 'bus.example:443', ':443'])
  })

  it('include a destination once, as required if one of its endpoints is required', () => {
    const rows = [
      { host: 'A.Example.', required: false },
      { host: 'a.example', id: 'again' },
      { host: 'a.example', component: 'other' },
    ]
    const { destinations } = sampleList({ rows })

    expect(places(destinations)).toEqual(['a.example:443', 'a.example:443'])
    expect(destinations.map(({ required }) => required).slice(0, 2)).toEqual([true, true])
  })

  it('allow discovered hosts of an endpoint that passed, and only list those of an endpoint that failed', () => {
    const discovered = (host: DiscoveredHost): ConnectionFacts => ({ ...noConnectionFacts, discoveredHosts: [host] })
    const tokens = discovered({
      host: 'auth.vendor.example',
      port: 443,
      tls: true,
      reason: 'token-server',
      required: true,
    })
    const portal = discovered({
      host: 'portal.evil.example',
      port: 80,
      tls: false,
      reason: 'redirect',
      required: false,
    })
    const { destinations } = sampleList({
      rows: [{ host: 'a.example' }, { host: 'b.example' }],
      results: [
        { endpoint: 'row-0', facts: tokens },
        { endpoint: 'row-1', verdict: 'fail', cause: 'identity.redirect', facts: portal },
      ],
    })

    expect(places(destinations)).toEqual(['a.example:443', 'auth.vendor.example:443', 'b.example:443', ':80'])
    expect(destinations[1]).toMatchObject({
      kind: 'discovered',
      why: 'token server, found by the last run',
    })
    expect(destinations[3]?.unresolvedReason).toContain('portal.evil.example port 80')
  })

  it.each([
    'location: https://evil.example/',
    'GET /: 200 OK\nserver: nginx location: https://evil.example:8443/x\nsent to https://evil.example/',
    'GET /v2/: 401\nwww-authenticate: Bearer realm="https://evil.example/token"',
    'Bearer authorization_uri="https://evil.example/common"',
  ])('never read a host out of the evidence text %j', (evidence) => {
    const { destinations } = sampleList({
      rows: [{ host: 'a.example' }],
      results: [{ endpoint: 'row-0', verdict: 'pass', stages: [identity(evidence)] }],
    })

    expect(places(destinations)).toEqual(['a.example:443'])
    expect(JSON.stringify(destinations)).not.toContain('evil')
  })

  it.each(['evil.example"; drop', '*.example', '10.0.0.0/8', 'a b'])('never allow the discovered host %j', (host) => {
    const discoveredHosts = [{ host, port: 443, tls: true, reason: 'redirect', required: false } as const]
    const { destinations } = sampleList({
      rows: [{ host: 'a.example' }],
      results: [{ endpoint: 'row-0', facts: { ...noConnectionFacts, discoveredHosts: [...discoveredHosts] } }],
    })

    expect(destinations[1]?.host).toBe('')
  })

  it('use the given proxy or the proxy that pods used, and never the proxy of this computer', () => {
    const rows = [{ host: 'a.example' }, { host: 'b.example', clientProfile: { proxy: 'none' } }]
    const result = (kind: 'computer' | 'pod') => ({
      endpoint: 'row-0',
      vantage: { kind, name: 'x' } as const,
      facts: { ...noConnectionFacts, proxy: 'http://10.0.0.9:3128' },
    })
    const proxies = { httpsProxy: 'http://proxy.corp:8080', httpProxy: '', noProxy: 'b.example' }

    expect(sampleList({ rows, from: { proxies } }).destinations.map(({ proxy }) => proxy)).toEqual([
      { host: 'proxy.corp', port: 8080 },
      undefined,
      undefined,
      undefined,
    ])
    expect(sampleList({ rows, results: [result('pod')] }).destinations[0]?.proxy).toEqual({
      host: '10.0.0.9',
      port: 3128,
    })
    expect(sampleList({ rows, results: [result('computer')] }).destinations[0]?.proxy).toBeUndefined()
  })

  it.each(['a b', 'x"; drop', '-x', 'a.example:443', '*.example', '$(id)', 'a\nb.example', 'münchen.example'])(
    'reject %j as a host',
    (host) => {
      const [row] = sampleList({ rows: [{ host }] }).destinations
      expect(row).toMatchObject({ host: '', unresolvedReason: 'the configured value is not a host name' })
    },
  )
})
