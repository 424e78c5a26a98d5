import { describe, expect, it } from 'vitest'
import type { DnsFacts, Facts, TcpFacts, TlsFacts } from './facts.ts'
import { judge, judgeStage } from './judge.ts'
import { sampleTarget } from './sample.ts'
import type { Target } from './target.ts'

/** Judgements of facts that the fake servers of test/connectivity cannot produce. */

const target: Target = { ...sampleTarget, proxy: 'none' }

type Queried = Extract<DnsFacts, { kind: 'queried' }>
const named = (addresses: readonly string[], more: Partial<Queried> = {}): DnsFacts => ({
  kind: 'queried',
  name: 'remote.test',
  resolver: '10.0.0.53',
  v4: { kind: 'addresses', addresses },
  v6: { kind: 'none' },
  expandedName: undefined,
  plainAddresses: undefined,
  nonexistentNameAddresses: undefined,
  ...more,
})
const failedWith = (outcome: TcpFacts['attempts'][number]['outcome'], code = ''): TcpFacts => ({
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
  serverName: 'remote.test',
  chain: [
    {
      subject: 'CN=remote.test',
      issuer,
      names: 'DNS:remote.test',
      notBefore: '',
      notAfter: '',
      keySha256: '',
      rsaBits: undefined,
    },
  ],
  trusted: {
    byTarget: trusted.includes('byTarget'),
    byBundled: trusted.includes('byBundled'),
    bySystem: trusted.includes('bySystem'),
  },
  chainFault: trusted.includes('byTarget')
    ? undefined
    : { kind: 'unknown-root', certificate: 'CN=remote.test', message: 'the chain ends before its issuer' },
  dateFault: undefined,
  objections: { go: '', java: '', node: '', openssl: '' },
  nameError: '',
  at: now,
  validFrom: now - 1_000,
  validTo: now + 1_000,
  mintedOnDemand: undefined,
  unverifiedResponse: undefined,
  clientCertificateGiven: false,
  longHello: undefined,
  ...more,
})
const verdictOf = (facts: Facts, row: Partial<Target> = {}): string => {
  const { verdict, cause } = judge(facts, { ...target, ...row })
  return `${verdict} ${cause}`.trim()
}

describe('a DNS answer with', () => {
  it.each([
    [
      'the address of a block page is a sinkhole',
      { dns: named(['146.112.61.106']), tcp: failedWith('timeout') },
      'fail dns.sinkhole',
    ],
    [
      'the address of a block page that has its own certificate is a sinkhole',
      { dns: named(['146.112.61.106']), tcp: connected, tls: secured('CN=Some CA', []) },
      'fail dns.sinkhole',
    ],
    [
      'an address near a block page is no sinkhole',
      { dns: named(['146.112.61.120']), tcp: failedWith('timeout') },
      'fail tcp.timeout',
    ],
    [
      'an address that a nonexistent name has too is a sinkhole',
      { dns: named(['198.51.100.7'], { nonexistentNameAddresses: ['198.51.100.7'] }), tcp: failedWith('refused') },
      'fail dns.sinkhole',
    ],
    [
      'a private address that a nonexistent name has too is a sinkhole',
      { dns: named(['10.1.1.1'], { nonexistentNameAddresses: ['10.1.1.1'] }), tcp: failedWith('timeout') },
      'fail dns.sinkhole',
    ],
    [
      'a loopback address on which a server listens is no sinkhole',
      { dns: named(['127.0.0.2'], { nonexistentNameAddresses: ['127.0.0.2'] }), tcp: { ...failedWith('reset') } },
      'fail tcp.reset',
    ],
    [
      'an address that only this name has is no sinkhole',
      { dns: named(['198.51.100.7'], { nonexistentNameAddresses: [] }), tcp: failedWith('refused') },
      'fail tcp.refused',
    ],
    [
      'the address of a search domain and a certificate for another name is a search capture',
      {
        dns: named(['198.51.100.7'], { expandedName: 'remote.test.corp', plainAddresses: ['203.0.113.1'] }),
        tcp: connected,
        tls: secured('CN=x', ['byTarget'], { nameError: 'for corp' }),
      },
      'fail dns.search-capture',
    ],
    [
      'the address of a search domain that refuses connections is a search capture',
      {
        dns: named(['198.51.100.7'], { expandedName: 'remote.test.corp', plainAddresses: ['203.0.113.1'] }),
        tcp: failedWith('refused'),
      },
      'fail dns.search-capture',
    ],
    [
      'the address of a search domain, for a name without its own address, is no search capture',
      {
        dns: named(['198.51.100.7'], { expandedName: 'remote.test.corp', plainAddresses: [] }),
        tcp: failedWith('refused'),
      },
      'fail tcp.refused',
    ],
  ] as const)('%s', (_name, facts, expected) => {
    expect(verdictOf(facts)).toBe(expected)
  })
})

describe('an endpoint of the private network', () => {
  const respondingFrom = (addresses: readonly string[]): Facts => ({
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
    ['public addresses in two families', ['198.51.100.7', '2001:db8::7'], { scope: 'vpc' }, 'warn dns.split'],
    ['a private address', ['10.0.0.7'], { scope: 'vpc' }, 'pass'],
    ['a private and a public address', ['10.0.0.7', '198.51.100.7'], { scope: 'vpc' }, 'pass'],
    [
      'a public address within its ranges',
      ['198.51.100.7'],
      { scope: 'vpc', addressRanges: ['198.51.100.0/24'] },
      'pass',
    ],
    ['a public address, if its scope is external', ['198.51.100.7'], {}, 'pass'],
  ] as const)('that resolves to %s has the right verdict', (_what, addresses, row, expected) => {
    expect(verdictOf(respondingFrom(addresses), row)).toBe(expected)
  })
})

describe('a name without addresses', () => {
  it.each([
    ['is a timeout if A was not answered', { kind: 'timeout' }, { kind: 'none' }, 'fail dns.timeout'],
    ['is a timeout if neither family was answered', { kind: 'timeout' }, { kind: 'timeout' }, 'fail dns.timeout'],
    ['is a server failure if A failed', { kind: 'error', code: 'SERVFAIL' }, { kind: 'none' }, 'fail dns.servfail'],
    ['has no address if both answers are empty', { kind: 'none' }, { kind: 'none' }, 'fail dns.no-address'],
  ] as const)('%s', (_name, v4, v6, expected) => {
    expect(verdictOf({ dns: named([], { v4, v6 }) })).toBe(expected)
  })
})

describe('an IPv6 address beside a working IPv4 address', () => {
  const six = (outcome: TcpFacts['attempts'][number]['outcome']): TcpFacts => ({
    ...connected,
    attempts: [...connected.attempts, { address: '2001:db8::7', family: 6, outcome, code: '', ms: 1_500 }],
  })
  it.each([
    ['timeout', 'warn ipv6.black-hole'],
    ['no-route', 'pass '],
    ['refused', 'pass '],
  ] as const)('with the outcome %s is judged as %s', (outcome, expected) => {
    const { verdict, cause } = judgeStage(
      'tcp',
      { dns: named(['198.51.100.7', '2001:db8::7']), tcp: six(outcome) },
      target,
    )
    expect(`${verdict} ${cause}`).toBe(expected)
  })
})

describe('a failed connection', () => {
  it.each([
    ['no-route', 'ENETUNREACH', 'fail tcp.unreachable'],
    ['unreachable', 'EHOSTUNREACH', 'fail tcp.unreachable'],
    ['no-sockets', 'EMFILE', 'unknown local.sockets'],
    ['no-sockets', 'ENOBUFS', 'unknown local.sockets'],
    ['refused', 'ECONNREFUSED', 'fail tcp.refused'],
  ] as const)('with the outcome %s (%s) is judged as %s', (outcome, code, expected) => {
    expect(verdictOf({ dns: named(['198.51.100.7']), tcp: failedWith(outcome, code) })).toBe(expected)
  })
})

describe('a certificate that the component trusts', () => {
  const facts = (tls: TlsFacts): Facts => ({
    dns: named(['198.51.100.7']),
    tcp: connected,
    proxy: { kind: 'direct', reason: '' },
    tls,
  })
  it.each([
    [
      'is inspected if its issuer is an inspection product',
      secured('CN=Zscaler Intermediate', ['byTarget', 'bySystem']),
      {},
      'warn tls.inspected',
    ],
    [
      'is inspected if it was issued on demand',
      secured('CN=Corp', ['byTarget', 'bySystem'], { mintedOnDemand: true }),
      {},
      'warn tls.inspected',
    ],
    [
      'is intercepted if it was issued on demand and the endpoint forbids inspection',
      secured('CN=Corp', ['byTarget', 'bySystem'], { mintedOnDemand: true }),
      { inspection: 'never' },
      'fail tls.intercepted',
    ],
    [
      'has a private root if it was not issued on demand',
      secured('CN=Corp', ['byTarget', 'bySystem'], { mintedOnDemand: false }),
      {},
      'warn tls.private-root',
    ],
    [
      'has a private root if the check for inspection had no result',
      secured('CN=Corp', ['byTarget', 'bySystem'], { mintedOnDemand: undefined }),
      { inspection: 'never' },
      'warn tls.private-root',
    ],
    [
      'passes with a private root in the private network',
      secured('CN=Corp', ['byTarget', 'bySystem'], { mintedOnDemand: false }),
      { scope: 'vpc' },
      undefined,
    ],
    [
      'passes with the root that the endpoint gives',
      secured('CN=Corp', ['byTarget'], { mintedOnDemand: false }),
      { trust: { kind: 'pem', pem: '' } },
      undefined,
    ],
    [
      'passes if a public root trusts it, whatever its issuer’s name',
      secured('CN=Fortinet', ['byTarget', 'byBundled', 'bySystem']),
      { inspection: 'never' },
      undefined,
    ],
  ] as const)('%s', (_name, tls, row, expected) => {
    const { verdict, cause } = judgeStage('tls', facts(tls), { ...target, ...row })
    expect(expected === undefined ? verdict : `${verdict} ${cause}`).toBe(expected ?? 'pass')
  })
})

describe('a ClientHello that is not answered', () => {
  const unanswered = (more: Partial<Extract<TlsFacts, { kind: 'failed' }>>): TlsFacts => ({
    kind: 'failed',
    outcome: 'reset',
    code: 'ECONNRESET',
    receivedBytes: 0,
    firstBytes: '',
    clientCertificateGiven: false,
    dropsSilentConnection: false,
    answersOtherName: false,
    answersSmallHello: false,
    answersLongHello: false,
    answersSplitHello: undefined,
    otherOffers: undefined,
    unverifiedResponse: undefined,
    ...more,
  })
  const stalled = { outcome: 'stalled', code: '', answersSmallHello: true } as const
  it.each([
    ['whatever its name and length', {}, 'fail tls.reset'],
    ['unless it has another name', { answersOtherName: true }, 'fail tls.sni-filter'],
    ['unless it is short', { answersSmallHello: true }, 'fail tls.hello-size'],
    ['unless it offers less', { answersSmallHello: true, answersLongHello: true }, 'fail tls.reset'],
    ['unless it is short, in packets of any size', { ...stalled, answersSplitHello: false }, 'fail tls.hello-size'],
    ['unless its packets are small', { ...stalled, answersSplitHello: true }, 'fail mtu.black-hole'],
    ['unless it is short, whatever its packets', stalled, 'fail mtu.black-hole'],
    [
      'unless it offers what Java does',
      { otherOffers: { acceptedBy: ['java'], chosen: '', alpn: [] } },
      'fail tls.runtime',
    ],
  ] as const)('%s', (_name, more, expected) => {
    const tls = unanswered(more)
    expect(judgeStage('tls', { dns: named(['198.51.100.7']), tcp: connected, tls }, target)).toMatchObject({
      verdict: 'fail',
      cause: expected.replace('fail ', ''),
    })
  })
})

describe('a handshake whose ClientHello is shorter than that of the component', () => {
  it.each([
    ['answered', 'pass'],
    ['size', 'fail tls.hello-size'],
    ['packets', 'fail mtu.black-hole'],
  ] as const)('and a long one: %s', (longHello, expected) => {
    const tls = secured('CN=Public', ['byTarget', 'byBundled', 'bySystem'], { longHello })
    const { verdict, cause } = judgeStage('tls', { dns: named(['198.51.100.7']), tcp: connected, tls }, target)
    expect(`${verdict} ${cause}`.trim()).toBe(expected)
  })
})

describe('a handshake that stalls', () => {
  const plainResponse = {
    status: 400,
    reason: '',
    headers: {},
    body: 'sent to an HTTPS server',
    at: now,
    halfTripMs: 1,
  }
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
    answersLongHello: undefined,
    answersSplitHello: undefined,
    otherOffers: undefined,
    unverifiedResponse: plainResponse,
  })
  it.each([
    ['is an MTU black hole if a small ClientHello is answered', true, 'fail mtu.black-hole'],
    ['is another protocol if only HTTP without TLS is answered', false, 'fail identity.protocol'],
  ] as const)('%s', (_name, answersSmallHello, expected) => {
    const proxy = { kind: 'direct', reason: '' } as const
    expect(verdictOf({ dns: named(['198.51.100.7']), tcp: connected, proxy, tls: stalled(answersSmallHello) })).toBe(
      expected,
    )
  })
})

describe('an endpoint', () => {
  it('never passes without an identity check', () => {
    expect(verdictOf({})).toBe('unknown')
    expect(
      verdictOf({
        dns: named(['198.51.100.7']),
        tcp: connected,
        proxy: { kind: 'direct', reason: '' },
        tls: secured('CN=x', ['byTarget', 'byBundled']),
      }),
    ).toBe('unknown')
  })

  it('has the cause of its first failure, not of a warning before it', () => {
    const flaky = { ...connected, earlierFailure: 'reset' }
    expect(verdictOf({ dns: named(['198.51.100.7']), tcp: flaky, tls: secured('CN=x', []) })).toBe('fail tls.untrusted')
  })
})

describe('a probe that hardly ran during a stage', () => {
  const starved = { ms: 4_000, lostMs: 2_500 }
  const silent: Facts = { dns: named([], { v4: { kind: 'timeout' }, v6: { kind: 'timeout' } }) }
  const secured443: Facts = {
    dns: named(['198.51.100.7']),
    tcp: connected,
    proxy: { kind: 'direct', reason: '' },
    tls: secured('CN=x', ['byTarget', 'byBundled']),
  }
  const noResponse = { kind: 'no-response', reason: { kind: 'timeout' }, overTls: true } as const
  const responding: Facts['identity'] = {
    kind: 'http',
    request: 'GET /',
    response: { status: 204, reason: '', headers: {}, body: '', at: now, halfTripMs: 1 },
    redirectedFrom: [],
  }
  const blackHole: TcpFacts = {
    ...connected,
    attempts: [...connected.attempts, { address: '2001:db8::7', family: 6, outcome: 'timeout', code: '', ms: 1_500 }],
  }
  it.each([
    ['reports nothing about a DNS server that did not answer', { ...silent, starved: { dns: starved } }, 'unknown'],
    [
      'reports nothing about a connection that was not answered',
      { dns: named(['198.51.100.7']), tcp: failedWith('timeout'), starved: { tcp: starved } },
      'unknown',
    ],
    [
      'reports nothing about a service that did not respond',
      { ...secured443, identity: noResponse, starved: { identity: starved } },
      'unknown',
    ],
    [
      'reports nothing about an idle connection that no longer answered',
      {
        ...secured443,
        identity: responding,
        hold: { kind: 'unresponsive', heldMs: 9, how: 'timeout' },
        starved: { identity: starved },
      },
      'unknown',
    ],
    [
      'reports nothing about a proxy that did not respond',
      {
        proxyName: 'http://proxy',
        dns: named(['198.51.100.7']),
        tcp: connected,
        proxy: { kind: 'timeout', name: 'http://proxy', detail: '' },
        starved: { proxy: starved },
      },
      'unknown',
    ],
  ] as const)('%s', (_what, facts, verdict) => {
    expect(verdictOf(facts)).toBe(`${verdict} local.starved`)
    expect(verdictOf({ ...facts, starved: {} })).toMatch(/^fail/)
  })

  it('keeps what an answer shows, and what another stage shows', () => {
    const denied: Facts = { dns: named([], { v4: { kind: 'nxdomain' }, v6: { kind: 'timeout' } }) }
    expect(verdictOf({ ...denied, starved: { dns: starved } })).toBe('fail dns.nxdomain')
    expect(verdictOf({ dns: named(['198.51.100.7']), tcp: failedWith('refused'), starved: { tcp: starved } })).toBe(
      'fail tcp.refused',
    )
    expect(verdictOf({ ...silent, starved: { tcp: starved } })).toBe('fail dns.timeout')
    expect(verdictOf({ ...secured443, identity: responding, starved: { identity: starved } })).toBe('pass')
  })

  it('does not warn of a black hole of IPv6', () => {
    const facts: Facts = { ...secured443, tcp: blackHole, identity: responding }
    expect(verdictOf(facts)).toBe('warn ipv6.black-hole')
    expect(verdictOf({ ...facts, starved: { tcp: starved } })).toBe('pass')
  })
})

describe('a page over TLS with a certificate of a public authority', () => {
  const page = (status: number, body: string): Facts => ({
    dns: named(['198.51.100.7']),
    tcp: connected,
    proxy: { kind: 'direct', reason: '' },
    tls: secured('CN=x', ['byTarget', 'byBundled']),
    identity: {
      kind: 'http',
      request: 'GET /',
      response: { status, reason: '', headers: { 'content-type': 'text/html' }, body, at: now, halfTripMs: 1 },
      redirectedFrom: [],
    },
  })
  const blocked = '<html>This request was blocked by our security policy</html>'
  it.each([
    ['that refuses is the protection of the service itself', page(403, blocked), 'fail identity.protected'],
    ['of another kind is another page of the service', page(200, '<html>Welcome</html>'), 'fail identity.protocol'],
    [
      'over a certificate of another authority is that of a web filter',
      { ...page(403, blocked), tls: secured('CN=x', ['byTarget']) },
      'fail identity.block-page',
    ],
  ] as const)('%s', (_what, facts, expected) => {
    expect(verdictOf(facts)).toBe(expected)
  })
})
