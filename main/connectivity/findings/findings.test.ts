import { describe, expect, it } from 'vitest'
import type { ConnectionFacts } from '../../../preload/contract/connectivity.ts'
import { type Cause, causes } from '../probe/causes.ts'
import { noConnectionFacts } from '../probe/connection-facts.ts'
import type { Observed } from '../run/observed.ts'
import { findings } from './findings.ts'

const vantage = { kind: 'computer', name: 'here' } as const
interface Connection {
  readonly facts?: Partial<ConnectionFacts>
  readonly serverName?: string
}
const observed = (endpoint: string, cause: Cause | '', connection: Connection = {}, evidence = ''): Observed => ({
  result: {
    endpoint,
    vantage,
    cause,
    verdict: cause === '' ? 'pass' : causes[cause].verdict,
    hint: '',
    stages: [{ stage: 'identity', verdict: 'pass', at: '2026-03-01T10:00:00Z', ms: 1, evidence }],
    facts: { ...noConnectionFacts, ...connection.facts },
  },
  target: { port: 443, serverName: connection.serverName ?? '' },
})
const resolvedBy = (resolver: string): Connection => ({ facts: { resolver } })
const signedBy = (serverName: string, issuer: string): Connection => ({ serverName, facts: { issuer } })

describe('findings', () => {
  it('name the DNS server if all its names fail', () => {
    const [finding, ...others] = findings([
      observed('a', 'dns.timeout', resolvedBy('10.0.0.53')),
      observed('b', 'dns.timeout', resolvedBy('10.0.0.53')),
    ])
    expect(finding).toMatchObject({ cause: 'dns.timeout', endpoints: ['a', 'b'], vantages: [vantage] })
    expect(finding?.evidence).toContain('All names fail at the DNS server 10.0.0.53')
    expect(others).toEqual([])
  })

  it('report interception where one issuer signs for unrelated hosts, and none for hosts of one domain', () => {
    const unrelatedHosts = [
      observed('a', 'tls.untrusted', signedBy('api.github.com', 'CN=Corp')),
      observed('b', 'tls.untrusted', signedBy('acme.letsencrypt.org', 'CN=Corp')),
    ]
    expect(findings(unrelatedHosts)[0]).toMatchObject({ cause: 'tls.intercepted', endpoints: ['a', 'b'] })
    const oneDomain = [
      observed('a', 'tls.untrusted', signedBy('a.corp.test', 'CN=Corp')),
      observed('b', 'tls.untrusted', signedBy('b.corp.test', 'CN=Corp')),
    ]
    expect(findings(oneDomain)[0]).toMatchObject({ cause: 'tls.untrusted' })
    const severalIssuers = [
      observed('a', 'tls.untrusted', signedBy('a.one.test', 'CN=A')),
      observed('b', 'tls.untrusted', signedBy('b.two.test', 'CN=B')),
    ]
    expect(findings(severalIssuers)[0]).toMatchObject({ cause: 'tls.untrusted' })
  })

  it('name a proxy that refuses every request, before endpoints that are not configured', () => {
    const throughProxy = { facts: { proxy: 'http://proxy:3128' } }
    const ranked = findings([
      observed('x', 'config.missing'),
      observed('y', 'config.missing'),
      observed('z', 'config.missing'),
      observed('a', 'proxy.denied', throughProxy),
      observed('b', 'proxy.port', throughProxy),
    ])
    expect(ranked.map(({ cause }) => cause)).toEqual(['proxy.denied', 'config.missing'])
    expect(ranked[0]?.evidence).toContain('http://proxy:3128 refuses')
  })

  it('need two endpoints, and ignore endpoints that pass', () => {
    expect(findings([observed('a', 'tcp.refused')])).toEqual([])
    expect(findings([observed('a', 'auth.required'), observed('b', 'auth.required'), observed('c', '')])).toEqual([])
  })

  it('include each endpoint once', () => {
    const rows = ['a', 'b', 'c'].map((id) => observed(id, 'dns.servfail', resolvedBy('10.0.0.53')))
    expect(findings(rows).flatMap(({ endpoints }) => endpoints)).toEqual(['a', 'b', 'c'])
  })
})
