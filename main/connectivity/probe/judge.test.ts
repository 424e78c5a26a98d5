import { describe, expect, it } from 'vitest'
import type { DnsFacts, Facts, TcpFacts, TlsFacts } from './facts.ts'
import { judge, judgeStage } from './judge.ts'
import type { Target } from './target.ts'

/** Judgements of facts that no server on this machine can produce. */

const target: Target = {
  id: 'row',
  host: 'far.test',
  port: 443,
  protocol: 'https',
  path: undefined,
  tls: true,
  serverName: 'far.test',
  scope: 'external',
  inspection: 'with-ca',
  proxy: 'none',
  trust: { kind: 'system' },
  clientCertificate: undefined,
  clientCertificateMissing: false,
  alpn: undefined,
  expect: undefined,
  addressRanges: [],
  companionHosts: [],
}

type Asked = Extract<DnsFacts, { kind: 'queried' }>
const named = (addresses: readonly string[], more: Partial<Asked> = {}): DnsFacts => ({
  kind: 'queried',
  name: 'far.test',
  resolver: '10.0.0.53',
  v4: { kind: 'addresses', addresses },
  v6: { kind: 'none' },
  expandedName: undefined,
  plainAddresses: undefined,
  nonexistentNameAddresses: undefined,
  ...more,
})
const ended = (outcome: TcpFacts['attempts'][number]['outcome'], code = ''): TcpFacts => ({
  connected: undefined,
  port: 443,
  attempts: [{ address: '198.51.100.7', family: 4, outcome, code, ms: 3 }],
  earlierFailure: undefined,
})
const connected: TcpFacts = {
  connected: { address: '198.51.100.7', family: 4, localAddress: '10.0.0.2' },
  port: 443,
  attempts: [{ address: '198.51.100.7', family: 4, outcome: 'connected', code: '', ms: 3 }],
  earlierFailure: undefined,
}
const now = Date.parse('2026-06-01T00:00:00Z')
const secured = (
  issuer: string,
  trusted: readonly ('byTarget' | 'byBundled' | 'bySystem')[],
  more: Partial<Extract<TlsFacts, { kind: 'established' }>> = {},
): TlsFacts => ({
  kind: 'established',
  version: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
  alpn: 'http/1.1',
  serverName: 'far.test',
  chain: [
    {
      subject: 'CN=far.test',
      issuer,
      names: 'DNS:far.test',
      notBefore: '',
      notAfter: '',
      keySha256: '',
      rsaBits: undefined,
    },
  ],
  trusted: {
    signedForTarget: trusted.includes('byTarget'),
    byTarget: trusted.includes('byTarget'),
    byBundled: trusted.includes('byBundled'),
    bySystem: trusted.includes('bySystem'),
    error: '',
  },
  nameError: '',
  at: now,
  validFrom: now - 1_000,
  validTo: now + 1_000,
  mintedOnDemand: undefined,
  unverifiedResponse: undefined,
  clientCertificateGiven: false,
  ...more,
})
const said = (facts: Facts, row: Partial<Target> = {}): string => {
  const { verdict, cause } = judge(facts, { ...target, ...row })
  return `${verdict} ${cause}`.trim()
}

describe('an address that misleads', () => {
  it.each([
    ['of a vendor’s block page', { dns: named(['146.112.61.106']), tcp: ended('timeout') }, 'fail dns.sinkhole'],
    [
      'of a vendor’s block page, with its own certificate',
      { dns: named(['146.112.61.106']), tcp: connected, tls: secured('CN=Some CA', []) },
      'fail dns.sinkhole',
    ],
    ['beside that of a block page', { dns: named(['146.112.61.120']), tcp: ended('timeout') }, 'fail tcp.timeout'],
    [
      'that is given for any name',
      { dns: named(['198.51.100.7'], { nonexistentNameAddresses: ['198.51.100.7'] }), tcp: ended('refused') },
      'fail dns.sinkhole',
    ],
    [
      'of the private network that is given for any name',
      { dns: named(['10.1.1.1'], { nonexistentNameAddresses: ['10.1.1.1'] }), tcp: ended('timeout') },
      'fail dns.sinkhole',
    ],
    [
      'of this machine that is given for any name',
      { dns: named(['127.0.0.2'], { nonexistentNameAddresses: ['127.0.0.2'] }), tcp: { ...ended('reset') } },
      'fail tcp.reset',
    ],
    [
      'that is given for this name alone',
      { dns: named(['198.51.100.7'], { nonexistentNameAddresses: [] }), tcp: ended('refused') },
      'fail tcp.refused',
    ],
    [
      'that a search domain gave',
      {
        dns: named(['198.51.100.7'], { expandedName: 'far.test.corp', plainAddresses: ['203.0.113.1'] }),
        tcp: connected,
        tls: secured('CN=x', ['byTarget'], { nameError: 'for corp' }),
      },
      'fail dns.search-capture',
    ],
    [
      'that a search domain gave, refused',
      {
        dns: named(['198.51.100.7'], { expandedName: 'far.test.corp', plainAddresses: ['203.0.113.1'] }),
        tcp: ended('refused'),
      },
      'fail dns.search-capture',
    ],
    [
      'that a search domain gave for a name of its own',
      { dns: named(['198.51.100.7'], { expandedName: 'far.test.corp', plainAddresses: [] }), tcp: ended('refused') },
      'fail tcp.refused',
    ],
  ] as const)('%s', (_name, facts, expected) => {
    expect(said(facts)).toBe(expected)
  })
})

describe('a row of the private network', () => {
  const answered = (addresses: readonly string[]): Facts => ({
    dns: named(addresses),
    tcp: connected,
    proxy: { kind: 'direct', reason: '' },
    tls: secured('CN=x', ['byTarget', 'byBundled']),
    identity: {
      kind: 'http',
      request: 'GET /',
      response: { status: 204, reason: '', headers: {}, body: '', at: now, halfTripMs: 1 },
      redirectedFrom: [],
    },
  })
  it.each([
    ['a public address', ['198.51.100.7'], { scope: 'vpc' }, 'warn dns.split'],
    ['public ones in two families', ['198.51.100.7', '2001:db8::7'], { scope: 'vpc' }, 'warn dns.split'],
    ['a private address', ['10.0.0.7'], { scope: 'vpc' }, 'pass'],
    ['both', ['10.0.0.7', '198.51.100.7'], { scope: 'vpc' }, 'pass'],
    ['a public one among its ranges', ['198.51.100.7'], { scope: 'vpc', addressRanges: ['198.51.100.0/24'] }, 'pass'],
    ['a public address, and is of the internet', ['198.51.100.7'], {}, 'pass'],
  ] as const)('that resolves to %s', (_what, addresses, row, expected) => {
    expect(said(answered(addresses), row)).toBe(expected)
  })
})

describe('a name without addresses', () => {
  it.each([
    ['of which A was not answered', { kind: 'timeout' }, { kind: 'none' }, 'fail dns.timeout'],
    ['of which nothing was answered', { kind: 'timeout' }, { kind: 'timeout' }, 'fail dns.timeout'],
    ['of which A failed', { kind: 'error', code: 'SERVFAIL' }, { kind: 'none' }, 'fail dns.servfail'],
    ['that has neither', { kind: 'none' }, { kind: 'none' }, 'fail dns.no-address'],
  ] as const)('%s', (_name, v4, v6, expected) => {
    expect(said({ dns: named([], { v4, v6 }) })).toBe(expected)
  })
})

describe('an IPv6 address beside one of IPv4 that works', () => {
  const six = (outcome: TcpFacts['attempts'][number]['outcome']): TcpFacts => ({
    ...connected,
    attempts: [...connected.attempts, { address: '2001:db8::7', family: 6, outcome, code: '', ms: 1_500 }],
  })
  it.each([
    ['timeout', 'warn ipv6.black-hole'],
    ['no-route', 'pass '],
    ['refused', 'pass '],
  ] as const)('ends in %s', (outcome, expected) => {
    const { verdict, cause } = judgeStage(
      'tcp',
      { dns: named(['198.51.100.7', '2001:db8::7']), tcp: six(outcome) },
      target,
    )
    expect(`${verdict} ${cause}`).toBe(expected)
  })
})

describe('a connection that this machine could not make', () => {
  it.each([
    ['no-route', 'ENETUNREACH', 'fail tcp.unreachable'],
    ['unreachable', 'EHOSTUNREACH', 'fail tcp.unreachable'],
    ['no-sockets', 'EMFILE', 'unknown local.sockets'],
    ['no-sockets', 'ENOBUFS', 'unknown local.sockets'],
    ['refused', 'ECONNREFUSED', 'fail tcp.refused'],
  ] as const)('%s (%s)', (outcome, code, expected) => {
    expect(said({ dns: named(['198.51.100.7']), tcp: ended(outcome, code) })).toBe(expected)
  })
})

describe('a box that is trusted', () => {
  const facts = (tls: TlsFacts): Facts => ({
    dns: named(['198.51.100.7']),
    tcp: connected,
    proxy: { kind: 'direct', reason: '' },
    tls,
  })
  it.each([
    ['by its name', secured('CN=Zscaler Intermediate', ['byTarget', 'bySystem']), {}, 'warn tls.inspected'],
    [
      'by signing on demand',
      secured('CN=Corp', ['byTarget', 'bySystem'], { mintedOnDemand: true }),
      {},
      'warn tls.inspected',
    ],
    [
      'where it may not be',
      secured('CN=Corp', ['byTarget', 'bySystem'], { mintedOnDemand: true }),
      { inspection: 'never' },
      'fail tls.intercepted',
    ],
    [
      'and may be no box but a private authority',
      secured('CN=Corp', ['byTarget', 'bySystem'], { mintedOnDemand: false }),
      {},
      'warn tls.private-root',
    ],
    [
      'and may be a box, where it may not be',
      secured('CN=Corp', ['byTarget', 'bySystem'], { mintedOnDemand: undefined }),
      { inspection: 'never' },
      'warn tls.private-root',
    ],
    [
      'and is a private authority of the private network',
      secured('CN=Corp', ['byTarget', 'bySystem'], { mintedOnDemand: false }),
      { scope: 'vpc' },
      undefined,
    ],
    [
      'and is the authority that the row gives',
      secured('CN=Corp', ['byTarget'], { mintedOnDemand: false }),
      { trust: { kind: 'pem', pem: '' } },
      undefined,
    ],
    [
      'and is no box, as public roots vouch for it',
      secured('CN=Fortinet', ['byTarget', 'byBundled', 'bySystem']),
      { inspection: 'never' },
      undefined,
    ],
  ] as const)('%s', (_name, tls, row, expected) => {
    const { verdict, cause } = judgeStage('tls', facts(tls), { ...target, ...row })
    expect(expected === undefined ? verdict : `${verdict} ${cause}`).toBe(expected ?? 'pass')
  })
})

describe('a chain with RSA keys of', () => {
  const chain = (...bits: readonly (number | undefined)[]): Partial<Extract<TlsFacts, { kind: 'established' }>> => ({
    chain: bits.map((rsaBits, index) => ({
      subject: `CN=${index}`,
      issuer: `CN=${index + 1}`,
      names: '',
      notBefore: '',
      notAfter: '',
      keySha256: '',
      rsaBits,
    })),
  })
  /** Trusted by signatures, unless `signedForTarget` differs; OpenSSL reports `error`. */
  const rejected = (error: string, signedForTarget = true): Partial<Extract<TlsFacts, { kind: 'established' }>> => ({
    trusted: { signedForTarget, byTarget: false, byBundled: false, bySystem: false, error },
  })
  it.each([
    ['1024 bits, which OpenSSL rejects', { ...chain(1_024), ...rejected('UNSPECIFIED') }, 'fail tls.weak-key'],
    ['1024 bits, where this OpenSSL accepts them', chain(1_024), 'fail tls.weak-key'],
    ['2048 bits', chain(2_048, 4_096), 'pass'],
    ['no type, but elliptic curves', chain(undefined, undefined), 'pass'],
    ['1024 bits at an issuer', { ...chain(2_048, 1_024), ...rejected('UNSPECIFIED') }, 'fail tls.weak-key'],
    ['1024 bits at a certificate that no path needs', chain(2_048, 1_024), 'pass'],
    ['2048 bits, which OpenSSL rejects', { ...chain(2_048), ...rejected('UNSPECIFIED') }, 'fail tls.untrusted'],
    [
      '1024 bits, signed by nobody who is trusted',
      { ...chain(1_024), ...rejected('UNSPECIFIED', false) },
      'fail tls.untrusted',
    ],
  ] as const)('%s', (_name, more, expected) => {
    const tls = secured('CN=Public', ['byTarget', 'byBundled', 'bySystem'], more)
    const { verdict, cause } = judgeStage('tls', { dns: named(['198.51.100.7']), tcp: connected, tls }, target)
    expect(`${verdict} ${cause}`.trim()).toBe(expected)
  })
})

describe('a handshake that stalls', () => {
  const clear = { status: 400, reason: '', headers: {}, body: 'sent to an HTTPS server', at: now, halfTripMs: 1 }
  const stalled = (answersSmallHello: boolean): TlsFacts => ({
    kind: 'failed',
    outcome: 'stalled',
    code: '',
    receivedBytes: 0,
    firstBytes: '',
    clientCertificateGiven: false,
    dropsSilentConnection: undefined,
    answersOtherName: undefined,
    answersSmallHello,
    unverifiedResponse: clear,
  })
  it.each([
    ['though a small one is answered, and HTTP in clear too', true, 'fail mtu.black-hole'],
    ['while HTTP in clear alone is answered', false, 'fail identity.protocol'],
  ] as const)('%s', (_name, answersSmallHello, expected) => {
    const proxy = { kind: 'direct', reason: '' } as const
    expect(said({ dns: named(['198.51.100.7']), tcp: connected, proxy, tls: stalled(answersSmallHello) })).toBe(
      expected,
    )
  })
})

describe('a row', () => {
  it('that was not asked who it is never passes', () => {
    expect(said({})).toBe('unknown')
    expect(
      said({
        dns: named(['198.51.100.7']),
        tcp: connected,
        proxy: { kind: 'direct', reason: '' },
        tls: secured('CN=x', ['byTarget', 'byBundled']),
      }),
    ).toBe('unknown')
  })

  it('has the cause of its first failure, not of a warning before it', () => {
    const flaky = { ...connected, earlierFailure: 'reset' }
    expect(said({ dns: named(['198.51.100.7']), tcp: flaky, tls: secured('CN=x', []) })).toBe('fail tls.untrusted')
  })
})
