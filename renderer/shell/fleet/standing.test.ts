import { describe, expect, it } from 'vitest'
import { component, operation, plane, summary } from './samples.ts'
import { standingOf } from './standing.ts'

type Given = Parameters<typeof standingOf>
const counts = { pass: 3, warn: 0, fail: 0, skipped: 0, unknown: 0 }
const failedRun = { at: '2026-03-01T00:00:00Z', counts: { ...counts, fail: 2 } }
const warnedRun = { at: '2026-03-01T00:00:00Z', counts: { ...counts, warn: 1 } }
const healthy = [component('Agent', 'healthy'), component('Gateway', 'healthy')]
const crash = component('Agent', 'degraded', { reason: 'CrashLoopBackOff: exit code 1' })
const problem = (code: string, message = 'It does not respond.') => ({ code, message, hint: '', evidence: '' })

it.each<[string, Given, string, string, string]>([
  [
    'all healthy',
    [plane(), undefined, summary({ components: healthy })],
    'healthy',
    'All 2 components are healthy',
    'overview',
  ],
  [
    'a component that is down',
    [plane(), undefined, summary({ components: [crash, component('Gateway', 'healthy')] }, { runs: [failedRun] })],
    'failing',
    'Agent is down: crash loop',
    'overview',
  ],
  [
    'several components that are down',
    [plane(), undefined, summary({ components: [crash, component('Flux', 'missing')] })],
    'failing',
    'Agent is down: crash loop',
    'overview',
  ],
  [
    'failed connections',
    [
      plane(),
      undefined,
      summary({ components: [...healthy, component('Flux', 'progressing')] }, { runs: [failedRun] }),
    ],
    'failing',
    '2 connections failed',
    'connectivity',
  ],
  [
    'a component that is not ready, before a connection with a warning',
    [
      plane(),
      undefined,
      summary({ components: [component('Flux', 'progressing', { reason: 'Waiting' })] }, { runs: [warnedRun] }),
    ],
    'warning',
    'Flux is not ready: Waiting',
    'overview',
  ],
  [
    'a connection with a warning',
    [plane(), undefined, summary({ components: healthy }, { runs: [warnedRun] })],
    'warning',
    '1 connection has warnings',
    'connectivity',
  ],
  [
    'an older run that failed, before one that passed',
    [plane(), undefined, summary({ components: healthy }, { runs: [{ ...failedRun, counts }, failedRun] })],
    'healthy',
    'All 2 components are healthy',
    'overview',
  ],
  [
    'an unknown part of the vendor',
    [plane(), undefined, summary({ components: [...healthy, component('Hub', 'unknown', { providedBy: 'vendor' })] })],
    'healthy',
    'All 2 components are healthy',
    'overview',
  ],
  [
    'an unreachable cluster, whatever was known before',
    [plane(), undefined, summary({ components: [crash], problem: problem('CLUSTER_UNREACHABLE') })],
    'unreachable',
    'It does not respond.',
    'overview',
  ],
  [
    'an unreachable cluster of a planned plane',
    [plane({ installedAt: undefined }), undefined, summary({ problem: problem('CLUSTER_UNTRUSTED') })],
    'unreachable',
    'It does not respond.',
    'overview',
  ],
  [
    'a sign-in that waits for a decision',
    [plane(), undefined, summary({ problem: problem('CONSENT_NEEDED') })],
    'warning',
    'Sign-in not allowed yet',
    'overview',
  ],
  [
    'a planned plane with missing components',
    [plane({ installedAt: undefined }), undefined, summary({ components: [component('Agent', 'missing')] })],
    'neutral',
    'Not installed yet',
    'install',
  ],
  [
    'an uninstalled plane',
    [
      plane({ uninstalledAt: '2026-02-01T00:00:00Z' }),
      undefined,
      summary({ components: [component('Agent', 'missing')] }),
    ],
    'neutral',
    'Uninstalled',
    'overview',
  ],
  ['a plane that nobody looked at', [plane(), undefined, summary(null)], 'neutral', 'Not checked yet', 'overview'],
  [
    'a plane of which only connections were checked',
    [plane(), undefined, summary(null, { runs: [failedRun] })],
    'failing',
    '2 connections failed',
    'connectivity',
  ],
  [
    'a running installation, whatever is missing',
    [
      plane({ installedAt: undefined }),
      operation('install', 'running'),
      summary({ components: [component('A', 'missing')] }),
    ],
    'neutral',
    'Installation is running',
    'install',
  ],
  [
    'a failed uninstall',
    [plane(), operation('uninstall', 'failed'), summary({})],
    'failing',
    'Uninstall failed.',
    'install',
  ],
  [
    'an interrupted installation',
    [plane(), operation('install', 'interrupted'), summary({ components: healthy })],
    'warning',
    'Installation was interrupted',
    'install',
  ],
])('%s', (_, given, kind, reason, tab) => {
  const standing = standingOf(...given)
  const [first] = standing.reasons
  expect([standing.kind, first.text, first.place.tab]).toEqual([kind, reason, tab])
})

it('leads to the component that is down', () => {
  const { reasons } = standingOf(plane(), undefined, summary({ components: [crash] }))
  expect(reasons[0].place).toEqual({ tab: 'overview', detail: { kind: 'component', id: 'agent' } })
})

it('what is suspended counts neither as healthy nor as a fault', () => {
  const components = [...healthy, component('Resolver', 'suspended')]
  expect(standingOf(plane(), undefined, summary({ components })).health).toEqual({ healthy: 2, of: 2 })
})

describe('the lines of a plane', () => {
  const fault = (title: string, cause: string, verdict: 'fail' | 'warn' = 'fail') => ({
    endpoint: title.toLowerCase(),
    title,
    verdict,
    cause,
  })
  const faults = [
    fault('Hub', 'tcp.timeout'),
    fault('Bus', 'tls.expired'),
    fault('Vault', 'tcp.timeout'),
    fault('Charts', 'tcp.timeout'),
    fault('Git', 'ipv6.black-hole', 'warn'),
  ]
  const lines = (...given: Given) => standingOf(...given).reasons.map(({ text }) => text)

  it('name each component that is down, then the endpoints of each cause, then what has a warning', () => {
    const down = [crash, component('Flux', 'missing'), component('Gateway', 'progressing', { reason: 'Waiting' })]
    expect(lines(plane(), undefined, summary({ components: down }, { runs: [failedRun], faults }))).toEqual([
      'Agent is down: crash loop',
      'Flux is down: missing from the cluster',
      'Hub, Vault and 1 more: Connection timeout',
      'Bus: Certificate expired',
      'Gateway is not ready: Waiting',
      'Git: IPv6 black hole',
    ])
  })

  it('name the endpoints of an unreachable cluster and of a failed installation, too', () => {
    const unreachable = summary({ components: [], problem: problem('CLUSTER_UNTRUSTED') }, { faults })
    expect(lines(plane(), undefined, unreachable).slice(0, 2)).toEqual([
      'It does not respond.',
      'Hub, Vault and 1 more: Connection timeout',
    ])
    const failed = standingOf(plane({ installedAt: undefined }), operation('install', 'failed'), unreachable)
    expect(failed.reasons.map(({ text }) => text).slice(0, 2)).toEqual([
      'Installation failed.',
      'Hub, Vault and 1 more: Connection timeout',
    ])
  })

  it('a code is in words, also after the name of the object that has it', () => {
    const pod = component('Agent', 'degraded', { reason: 'Pod agent-0: CrashLoopBackOff: agent exited with code 1' })
    expect(lines(plane(), undefined, summary({ components: [pod] }))).toEqual(['Agent is down: crash loop'])
  })

  it('an endpoint leads to its details, and one that passed its recheck is no fault', () => {
    const { reasons } = standingOf(plane(), undefined, summary({ components: healthy }, { runs: [failedRun], faults }))
    expect(reasons[0].place).toEqual({ tab: 'overview', detail: { kind: 'endpoint', id: 'hub' } })
    const recovered = standingOf(
      plane(),
      undefined,
      summary({ components: healthy }, { runs: [failedRun], faults: [] }),
    )
    expect(recovered.kind).toBe('healthy')
  })
})
