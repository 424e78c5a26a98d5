import { describe, expect, it } from 'vitest'
import type { Result } from '../../../preload/contract/connectivity.ts'
import { compare, isNews } from './compare.ts'
import { computer, node, sampleReport as reportOf, sampleResult as row } from './sample.ts'

const between = (before: readonly Result[], after: readonly Result[]) => compare(reportOf(before), reportOf(after))

describe('a comparison', () => {
  it.each([
    ['pass', '', 'fail', 'tls.intercepted', 'broke', 'passed, now fails: tls.intercepted'],
    ['warn', 'clock.drift', 'fail', 'tcp.reset', 'broke', 'passed with a warning: clock.drift, now fails: tcp.reset'],
    ['fail', 'tcp.timeout', 'pass', '', 'recovered', 'failed: tcp.timeout, now passes'],
    ['fail', 'tcp.timeout', 'warn', 'flaky', 'recovered', 'failed: tcp.timeout, now passes with a warning: flaky'],
    ['pass', '', 'warn', 'flaky', 'worse', 'passed, now passes with a warning: flaky'],
    ['pass', '', 'unknown', 'config.missing', 'worse', 'passed, is now unknown: config.missing'],
    [
      'unknown',
      'config.missing',
      'fail',
      'dns.nxdomain',
      'worse',
      'was unknown: config.missing, now fails: dns.nxdomain',
    ],
    [
      'fail',
      'dns.nxdomain',
      'unknown',
      'config.missing',
      'better',
      'failed: dns.nxdomain, is now unknown: config.missing',
    ],
    ['warn', 'flaky', 'pass', '', 'better', 'passed with a warning: flaky, now passes'],
    [
      'fail',
      'tls.untrusted',
      'fail',
      'tls.intercepted',
      'other-cause',
      'still fails: cause tls.intercepted, was tls.untrusted',
    ],
    ['pass', '', 'pass', 'auth.required', 'other-cause', 'still passes: cause auth.required, was none'],
  ] as const)('of %s %s with %s %s reports the change as %s', (verdict, cause, nowVerdict, nowCause, kind, message) => {
    const { changes, unchanged } = between([row('a', verdict, cause)], [row('a', nowVerdict, nowCause)])

    expect(changes).toEqual([
      {
        endpoint: 'a',
        vantage: computer,
        kind,
        before: { verdict, cause },
        after: { verdict: nowVerdict, cause: nowCause },
        message,
      },
    ])
    expect(unchanged).toBe(0)
  })

  it('counts unchanged results and names the two runs', () => {
    const [before, after] = [
      reportOf([row('a'), row('b', 'fail', 'tcp.reset')]),
      reportOf([row('a'), row('b', 'fail', 'tcp.reset')]),
    ]

    expect(compare(before, after)).toEqual({
      before: { runId: before.runId, startedAt: before.startedAt },
      after: { runId: after.runId, startedAt: after.startedAt },
      changes: [],
      unchanged: 2,
    })
  })

  it('reports added and removed endpoints of the vantages that both runs used', () => {
    const { changes } = between([row('gone')], [row('new', 'fail', 'tcp.refused')])

    expect(
      changes.map(({ endpoint, kind, before, after, message }) => ({ endpoint, kind, before, after, message })),
    ).toEqual([
      {
        endpoint: 'new',
        kind: 'added',
        before: null,
        after: { verdict: 'fail', cause: 'tcp.refused' },
        message: 'was not checked, now fails: tcp.refused',
      },
      {
        endpoint: 'gone',
        kind: 'removed',
        before: { verdict: 'pass', cause: '' },
        after: null,
        message: 'passed, is no longer checked',
      },
    ])
    expect(changes.some(isNews)).toBe(false)
  })

  it('ignores an endpoint that both runs skipped', () => {
    expect(between([row('a', 'skipped')], [row('a', 'skipped')])).toMatchObject({ changes: [], unchanged: 0 })
  })

  it('ignores a vantage that only one of the runs used', () => {
    const { changes, unchanged } = between([row('a')], [row('a'), row('a', 'fail', 'tcp.timeout', node)])

    expect({ changes, unchanged }).toEqual({ changes: [], unchanged: 1 })
  })

  it('ignores a vantage that could not be used', () => {
    const [checked, refused] = [row('a', 'pass', '', node), row('a', 'unknown', 'rbac.denied', node)]

    for (const pair of [
      [[checked], [refused]],
      [[refused], [checked]],
    ] as const)
      expect(between(...pair)).toMatchObject({ changes: [], unchanged: 0 })
  })

  it('ignores an endpoint that was not checked before its vantage was lost, and compares the others', () => {
    const { changes, unchanged } = between(
      [row('a'), row('b'), row('c')],
      [row('a'), row('b', 'unknown', 'vantage.failed'), row('c', 'fail', 'tcp.reset')],
    )

    expect(changes.map(({ endpoint }) => endpoint)).toEqual(['c'])
    expect(unchanged).toBe(1)
  })

  it.each([
    ['pass', '', 'warn', 'vantage.limited', false],
    ['warn', 'vantage.limited', 'pass', '', false],
    ['warn', 'vantage.limited', 'fail', 'tcp.timeout', true],
    ['fail', 'tcp.timeout', 'warn', 'vantage.limited', true],
  ] as const)(
    'shows a change from %s %s to %s %s, and as news only if the network caused it',
    (before, beforeCause, after, afterCause, news) => {
      const { changes } = between([row('a', before, beforeCause)], [row('a', after, afterCause)])

      expect(changes).toHaveLength(1)
      expect(changes.some(isNews)).toBe(news)
    },
  )

  it('compares each vantage with itself', () => {
    const { changes } = between(
      [row('a', 'fail', 'tcp.timeout'), row('a', 'pass', '', node)],
      [row('a', 'pass', ''), row('a', 'fail', 'tcp.timeout', node)],
    )

    expect(changes.map(({ kind, vantage }) => [kind, vantage.kind])).toEqual([
      ['broke', 'node'],
      ['recovered', 'computer'],
    ])
  })

  it('lists the worst change first', () => {
    const { changes } = between(
      [
        row('recovered', 'fail', 'x'),
        row('better', 'unknown', 'x'),
        row('worse'),
        row('broke'),
        row('worst', 'unknown', 'x'),
      ],
      [
        row('recovered'),
        row('better'),
        row('worse', 'warn', 'x'),
        row('broke', 'fail', 'x'),
        row('worst', 'fail', 'x'),
      ],
    )

    expect(changes.map(({ endpoint }) => endpoint)).toEqual(['broke', 'worst', 'worse', 'better', 'recovered'])
  })
})

describe('a result with the same verdict and cause', () => {
  const facts = row('a').facts

  it.each([
    [
      'another issuer',
      { issuer: 'CN=ISRG Root X1' },
      { issuer: 'CN=Zscaler' },
      'still passes, but its certificate is issued by CN=Zscaler, was by CN=ISRG Root X1',
    ],
    [
      'a proxy where there was none',
      { destination: '192.0.2.1' },
      { destination: '192.0.2.9', proxy: 'http://proxy:3128' },
      'still passes, but uses http://proxy:3128, connected directly',
    ],
    [
      'a direct connection instead of a proxy',
      { destination: '192.0.2.9', proxy: 'http://proxy:3128' },
      { destination: '192.0.2.1' },
      'still passes, but connects directly, used http://proxy:3128',
    ],
  ])('is reported as changed for %s, without a notification', (_what, was, is, message) => {
    const { changes } = between(
      [{ ...row('a'), facts: { ...facts, ...was } }],
      [{ ...row('a'), facts: { ...facts, ...is } }],
    )

    expect(changes).toMatchObject([{ kind: 'other-cause', message }])
    expect(changes.some(isNews)).toBe(false)
  })

  it.each([
    ['other addresses, as a load balancer returns them', { addresses: ['192.0.2.1'] }, { addresses: ['192.0.2.2'] }],
    ['a renewed key', { keySha256: 'aa' }, { keySha256: 'bb' }],
    ['an issuer that this run did not record', { issuer: 'CN=ISRG Root X1' }, {}],
  ])('is not reported as changed for %s', (_what, was, is) => {
    const { changes } = between(
      [{ ...row('a'), facts: { ...facts, ...was } }],
      [{ ...row('a'), facts: { ...facts, ...is } }],
    )

    expect(changes).toEqual([])
  })
})
