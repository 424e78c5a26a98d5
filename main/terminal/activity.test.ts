import { expect, it } from 'vitest'
import type { ActivityEntry } from '../../preload/contract/activity.ts'
import { describe } from './activity.ts'

const id = '0b8f6c1e-52a4-4f5e-9d3c-2f1a6b7c8d90'
const common = { id, at: '2026-03-01T12:00:00Z', planeId: id, outcome: 'info' } as const
const counts = { pass: 3, warn: 0, fail: 1, skipped: 0, unknown: 0 }
const run = { kind: 'check', ...common, runId: id, endedAt: common.at, counts, vantages: 1 } as const
const edit: Extract<ActivityEntry, { kind: 'profile' }> = {
  kind: 'profile',
  ...common,
  action: 'edited',
  profile: 'own',
  parts: [],
  moreParts: 0,
}
const health = {
  kind: 'health',
  ...common,
  component: 'agent',
  title: 'Agent',
  from: 'healthy',
  to: 'degraded',
} as const

it.each<[ActivityEntry, string]>([
  [{ ...run, verified: true }, 'run 0b8f6c1e: 1 fail, 3 pass'],
  [{ ...run, kind: 'watch', counts: {} as typeof counts, verified: false }, 'run 0b8f6c1e: no results, not verified'],
  [{ ...health, reason: 'crash loop' }, 'Agent: healthy → degraded (crash loop)'],
  [{ ...health, reason: '' }, 'Agent: healthy → degraded'],
  [{ kind: 'cluster', ...common, reachable: true, code: '', message: '' }, 'the cluster responds again'],
  [
    { kind: 'cluster', ...common, reachable: false, code: 'CLUSTER_UNTRUSTED', message: 'Not trusted.' },
    'the cluster does not respond: Not trusted.',
  ],
  [
    { kind: 'operation', ...common, operationId: id, operation: 'install', title: 'Install demo', state: 'failed' },
    'Install demo: failed',
  ],
  [edit, 'profile own edited'],
  [
    { ...edit, parts: [{ path: 'endpoints.hub.port', kind: 'changed' }], moreParts: 2 },
    'profile own edited: endpoints.hub.port changed, 2 more',
  ],
])('%j is described as "%s"', (entry, text) => {
  expect(describe(entry)).toBe(text)
})
