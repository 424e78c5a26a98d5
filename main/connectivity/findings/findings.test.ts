import { describe, expect, it } from 'vitest'
import type { ConnectionFacts, Result } from '../../../preload/contract/connectivity.ts'
import { type Cause, causes } from '../probe/causes.ts'
import { noConnectionFacts } from '../probe/connection-facts.ts'
import { findings } from './findings.ts'

const vantage = { kind: 'computer', name: 'here' } as const
const at = '2026-03-01T10:00:00Z'
const result = (endpoint: string, cause: Cause | '', facts: Partial<ConnectionFacts> = {}): Result => ({
  endpoint,
  vantage,
  cause,
  verdict: cause === '' ? 'pass' : causes[cause].verdict,
  hint: '',
  stages: [{ stage: 'dns', verdict: 'pass', at, ms: 1, evidence: '' }],
  facts: { ...noConnectionFacts, ...facts },
})
const notConfigured = (endpoint: string): Result => ({
  ...result(endpoint, 'config.missing'),
  stages: [
    { stage: 'config', verdict: 'unknown', at, ms: 0, evidence: '' },
    { stage: 'dns', verdict: 'skipped', at: '', ms: 0, evidence: 'not tried' },
  ],
})
const row = (id: string, host: string, more: { port?: number; serverName?: string } = {}) => ({
  id,
  host,
  port: 443,
  serverName: '',
  ...more,
})

describe('findings', () => {
  it('name the DNS server if all its names fail', () => {
    const facts = { resolver: '10.0.0.53' }
    const [finding, ...others] = findings([result('a', 'dns.timeout', facts), result('b', 'dns.timeout', facts)], [])
    expect(finding).toMatchObject({ cause: 'dns.timeout', endpoints: ['a', 'b'], vantages: [vantage] })
    expect(finding?.evidence).toContain('All names fail at the DNS server 10.0.0.53')
    expect(others).toEqual([])
  })

  it.each([
    ['hosts of unrelated domains', row('a', 'api.github.com'), row('b', 'acme.letsencrypt.org'), 'tls.intercepted'],
    ['hosts of one domain', row('a', 'a.corp.test'), row('b', 'b.corp.test.'), 'tls.untrusted'],
    [
      'hosts whose server names are of one domain',
      row('a', '[fd00::1]', { serverName: 'a.corp.test' }),
      row('b', 'b.other.test', { serverName: 'b.corp.test' }),
      'tls.untrusted',
    ],
  ])('of one issuer for %s have the right cause', (_what, one, other, cause) => {
    const facts = { issuer: 'CN=Corp' }
    const results = [result('a', 'tls.untrusted', facts), result('b', 'tls.untrusted', facts)]
    expect(findings(results, [one, other])).toMatchObject([{ cause, endpoints: ['a', 'b'] }])
  })

  it('report no interception where issuers differ', () => {
    const results = [result('a', 'tls.untrusted', { issuer: 'CN=A' }), result('b', 'tls.untrusted', { issuer: 'CN=B' })]
    expect(findings(results, [row('a', 'a.one.test'), row('b', 'b.two.test')])[0]).toMatchObject({
      cause: 'tls.untrusted',
    })
  })

  it('name the port to which no connection gets an answer, and none where ports differ', () => {
    const results = [result('a', 'tcp.timeout'), result('b', 'tcp.timeout')]
    const [amqp] = findings(results, [row('a', 'a.test', { port: 5671 }), row('b', 'b.test', { port: 5671 })])
    expect(amqp?.evidence).toContain('All connections to port 5671 get no answer')
    const [different] = findings(results, [row('a', 'a.test', { port: 5671 }), row('b', 'b.test')])
    expect(different?.evidence).toMatch(/^2 endpoints: /)
  })

  it('name a proxy that refuses every request, before endpoints that are not configured and not counted', () => {
    const facts = { proxy: 'http://proxy:3128' }
    const refused = [result('a', 'proxy.denied', facts), result('b', 'proxy.port', facts)]
    const found = findings([...['x', 'y', 'z'].map(notConfigured), ...refused], [])
    expect(found.map(({ cause }) => cause)).toEqual(['proxy.denied', 'config.missing'])
    expect(found[0]?.evidence).toContain('http://proxy:3128 refuses every request')
    expect(findings([result('c', ''), ...refused], [])[0]?.evidence).toContain('refuses requests for 2 endpoints')
  })

  it('need two endpoints, and ignore endpoints that pass', () => {
    expect(findings([result('a', 'tcp.refused')], [])).toEqual([])
    expect(findings([result('a', 'auth.required'), result('b', 'auth.required'), result('c', '')], [])).toEqual([])
  })

  it('include each endpoint once', () => {
    const results = ['a', 'b', 'c'].map((id) => result(id, 'dns.servfail', { resolver: '10.0.0.53' }))
    expect(findings(results, []).flatMap(({ endpoints }) => endpoints)).toEqual(['a', 'b', 'c'])
  })
})
