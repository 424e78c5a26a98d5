import { describe, expect, it } from 'vitest'
import type { ConnectionFacts, Result, Vantage } from '../../../preload/contract/connectivity.ts'
import { differencesOf } from '../../../preload/differences.ts'
import { type Cause, causes } from '../probe/causes.ts'
import { noConnectionFacts } from '../probe/connection-facts.ts'
import { acrossVantages } from './across-vantages.ts'

const here: Vantage = { kind: 'computer', name: 'desk' }
const pod: Vantage = { kind: 'pod', name: 'plane' }
const otherPod: Vantage = { kind: 'pod', name: 'other' }
const node: Vantage = { kind: 'node', name: 'n1' }

const result = (
  endpoint: string,
  vantage: Vantage,
  cause: Cause | '',
  facts: Partial<ConnectionFacts> = {},
): Result => ({
  endpoint,
  vantage,
  verdict: cause === '' ? 'pass' : causes[cause].verdict,
  cause,
  hint: '',
  stages: [],
  facts: { ...noConnectionFacts, ...facts },
})

describe('findings across vantages', () => {
  it('name the vantages that fail and those that pass, once for endpoints with the same differences', () => {
    const findings = acrossVantages([
      result('a', here, ''),
      result('a', pod, 'tcp.timeout'),
      result('a', otherPod, 'tcp.timeout'),
      result('b', here, 'auth.required'),
      result('b', pod, 'tcp.timeout'),
      result('b', otherPod, 'tcp.refused'),
    ])
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({ cause: 'tcp.timeout', endpoints: ['a', 'b'], vantages: [pod, otherPod] })
    expect(findings[0]?.evidence).toMatch(/^2 rows fail from every pod \(plane, other\) and pass from this computer: /)
  })

  it('separate endpoints with different differences, and omit endpoints that fail everywhere or are unknown from a vantage', () => {
    const findings = acrossVantages([
      result('a', here, ''),
      result('a', pod, 'tcp.timeout'),
      result('b', here, 'tcp.refused'),
      result('b', pod, ''),
      result('c', here, 'tcp.refused'),
      result('c', pod, 'tcp.refused'),
      result('d', here, ''),
      result('d', pod, 'rbac.denied'),
    ])
    expect(findings.map(({ endpoints, vantages }) => [endpoints, vantages])).toEqual([
      [['a'], [pod]],
      [['b'], [here]],
    ])
    expect(findings[0]?.evidence).toMatch(/^A fails from a pod in plane and passes from this computer/)
  })

  it('report interception for two issuers of one name, and none for two servers with one issuer', () => {
    const good = { keySha256: 'aa', issuer: 'CN=Public' }
    const findings = acrossVantages([
      result('a', here, 'tls.intercepted', { keySha256: 'bb', issuer: 'CN=Box' }),
      result('a', node, '', good),
    ])
    const finding = findings.find(({ evidence }) => evidence.includes('certificate'))
    expect(finding).toMatchObject({ cause: 'tls.intercepted', vantages: [here] })
    expect(finding?.evidence).toContain('from this computer signed by CN=Box; from node n1 signed by CN=Public')
    expect(acrossVantages([result('a', here, '', good), result('a', node, '', { ...good, keySha256: 'cc' })])).toEqual(
      [],
    )
  })

  it('report names that resolve to other addresses only if this is a problem', () => {
    const inside = { addresses: ['10.1.2.3'] }
    const outside = { addresses: ['20.1.2.3'] }
    expect(acrossVantages([result('a', here, '', outside), result('a', pod, '', inside)])).toMatchObject([
      { cause: 'dns.split', vantages: [here, pod] },
    ])
    // CDNs return addresses by location, and both work.
    expect(acrossVantages([result('a', here, '', outside), result('a', pod, '', { addresses: ['20.9.9.9'] })])).toEqual(
      [],
    )
    // With a proxy, the addresses are those of the proxy.
    expect(
      acrossVantages([result('a', here, '', { ...outside, proxy: 'http://p:1' }), result('a', pod, '', inside)]),
    ).toEqual([])
  })
})

it('every finding corresponds to a difference that the screen shows', () => {
  const certificate = { keySha256: 'bb', issuer: 'CN=Box', addresses: ['10.1.2.3'] }
  const results = [
    result('a', here, '', { keySha256: 'aa', issuer: 'CN=Public', addresses: ['20.1.2.3'] }),
    result('a', pod, 'tls.intercepted', certificate),
    result('a', node, 'vantage.unschedulable'),
  ]
  expect(acrossVantages(results)).toHaveLength(3)
  expect(differencesOf(results).map(({ kind }) => kind)).toEqual(['outcome', 'certificate', 'addresses'])
  // With a single vantage there is neither a finding nor a difference.
  expect(acrossVantages(results.slice(0, 1))).toEqual([])
  expect(differencesOf(results.slice(0, 1))).toEqual([])
})
