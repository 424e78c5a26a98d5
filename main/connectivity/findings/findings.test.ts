import { describe, expect, it } from 'vitest'
import type { ConnectionFacts } from '../../../preload/contract/connectivity.ts'
import { type Cause, causes } from '../probe/causes.ts'
import { noConnectionFacts } from '../probe/connection-facts.ts'
import type { Observed } from '../run/observed.ts'
import { findings } from './findings.ts'

const vantage = { kind: 'computer', name: 'here' } as const
interface Met {
  readonly seen?: Partial<ConnectionFacts>
  readonly serverName?: string
}
const seen = (endpoint: string, cause: Cause | '', met: Met = {}, evidence = ''): Observed => ({
  result: {
    endpoint,
    vantage,
    cause,
    verdict: cause === '' ? 'pass' : causes[cause].verdict,
    hint: '',
    stages: [{ stage: 'identity', verdict: 'pass', at: '2026-03-01T10:00:00Z', ms: 1, evidence }],
    facts: { ...noConnectionFacts, ...met.seen },
  },
  target: { port: 443, serverName: met.serverName ?? '' },
})
const asked = (resolver: string): Met => ({ seen: { resolver } })
const signed = (serverName: string, issuer: string): Met => ({ serverName, seen: { issuer } })

describe('findings', () => {
  it('name a DNS server that fails every name', () => {
    const [finding, ...others] = findings([
      seen('a', 'dns.timeout', asked('10.0.0.53')),
      seen('b', 'dns.timeout', asked('10.0.0.53')),
    ])
    expect(finding).toMatchObject({ cause: 'dns.timeout', endpoints: ['a', 'b'], vantages: [vantage] })
    expect(finding?.evidence).toContain('All names fail at the DNS server 10.0.0.53')
    expect(others).toEqual([])
  })

  it('report interception where one issuer signs for unrelated hosts, and none for hosts of one domain', () => {
    const strangers = [
      seen('a', 'tls.untrusted', signed('api.github.com', 'CN=Corp')),
      seen('b', 'tls.untrusted', signed('acme.letsencrypt.org', 'CN=Corp')),
    ]
    expect(findings(strangers)[0]).toMatchObject({ cause: 'tls.intercepted', endpoints: ['a', 'b'] })
    const relatives = [
      seen('a', 'tls.untrusted', signed('a.corp.test', 'CN=Corp')),
      seen('b', 'tls.untrusted', signed('b.corp.test', 'CN=Corp')),
    ]
    expect(findings(relatives)[0]).toMatchObject({ cause: 'tls.untrusted' })
    const others = [
      seen('a', 'tls.untrusted', signed('a.one.test', 'CN=A')),
      seen('b', 'tls.untrusted', signed('b.two.test', 'CN=B')),
    ]
    expect(findings(others)[0]).toMatchObject({ cause: 'tls.untrusted' })
  })

  it('name a proxy that refuses every request, before endpoints that are not configured', () => {
    const through = { seen: { proxy: 'http://proxy:3128' } }
    const told = findings([
      seen('x', 'config.missing'),
      seen('y', 'config.missing'),
      seen('z', 'config.missing'),
      seen('a', 'proxy.denied', through),
      seen('b', 'proxy.port', through),
    ])
    expect(told.map(({ cause }) => cause)).toEqual(['proxy.denied', 'config.missing'])
    expect(told[0]?.evidence).toContain('http://proxy:3128 refuses')
  })

  it('say nothing of one row, nor of rows that pass', () => {
    expect(findings([seen('a', 'tcp.refused')])).toEqual([])
    expect(findings([seen('a', 'auth.required'), seen('b', 'auth.required'), seen('c', '')])).toEqual([])
  })

  it('tell of each row once', () => {
    const rows = ['a', 'b', 'c'].map((id) => seen(id, 'dns.servfail', asked('10.0.0.53')))
    expect(findings(rows).flatMap(({ endpoints }) => endpoints)).toEqual(['a', 'b', 'c'])
  })
})
