import { expect, it } from 'vitest'
import type { Result } from '../../preload/contract/connectivity.ts'
import { endpointFaults } from './endpoint-faults.ts'

const result = (endpoint: string, verdict: Result['verdict'], cause = ''): Result => ({
  endpoint,
  vantage: { kind: 'computer', name: 'laptop' },
  verdict,
  cause,
  hint: '',
  stages: [],
  facts: {
    addresses: [],
    resolver: '',
    source: '',
    destination: '',
    proxy: '',
    issuer: '',
    keySha256: '',
    clockOffsetMs: null,
    discoveredHosts: [],
  },
})
const rows = ['hub', 'vault', 'git', 'bus'].map((id) => ({ id, title: `The ${id}` }))

it('lists each endpoint once with its worst cause, failed ones first; not one that the profile no longer has', () => {
  const results = [
    result('hub', 'pass'),
    result('vault', 'warn', 'ipv6.black-hole'),
    result('git', 'warn', 'clock.skew'),
    result('git', 'fail', 'tcp.timeout'),
    result('bus', 'unknown', 'rbac.denied'),
    result('removed', 'fail', 'tcp.refused'),
  ]
  expect(endpointFaults({ results }, rows)).toEqual([
    { endpoint: 'git', title: 'The git', verdict: 'fail', cause: 'tcp.timeout' },
    { endpoint: 'vault', title: 'The vault', verdict: 'warn', cause: 'ipv6.black-hole' },
  ])
})
