import { describe, expect, it } from 'vitest'
import type { Plan, PlanStep, PreflightResult } from '../../preload/contract/install.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { stepOutcomes, type WizardFacts } from './outcomes.ts'
import { sampleOperation, samplePlane, sampleResult } from './sample.ts'
import type { Preflight } from './store.ts'

const plane: Plane = {
  ...samplePlane,
  settings: { region: 'west', controlPlane: { host: 'cp', port: 443 }, tags: ['a', 'b'] },
}

const preflight = (state: Preflight['state'], results: readonly PreflightResult[], checks = results): Preflight => ({
  state,
  checks,
  results: Object.fromEntries(results.map((result) => [result.id, result])),
  startedAt: undefined,
  context: '',
  problem: undefined,
})

const operation = (...given: Parameters<typeof sampleOperation>) => ({
  ...sampleOperation(...given),
  done: 4,
  total: 8,
})

const plan = (...kinds: PlanStep['kind'][]): Plan => ({
  schemaVersion: 1,
  action: 'install',
  createdAt: '2026-03-01T10:00:00Z',
  context: 'c',
  losses: [],
  ways: [],
  digest: '',
  steps: kinds.map((kind) => ({
    id: kind,
    title: '',
    kind,
    before: '',
    after: '',
    needs: [],
    objects: [],
    changes: [],
    notes: [],
  })),
})

const facts: WizardFacts = {
  plane,
  draft: {},
  context: { name: 'aks-eu', version: undefined },
  operation: undefined,
  preflight: preflight('never', []),
  connections: undefined,
  plan: undefined,
}
const none = { pass: 0, warn: 0, fail: 0, skipped: 0, unknown: 0 }

describe('stepOutcomes', () => {
  it.each([
    ['a chosen cluster', 'cluster', {}, 'good', 'aks-eu'],
    ['a cluster that responded', 'cluster', { context: { name: 'aks', version: 'v1.36' } }, 'good', 'aks, v1.36'],
    ['a profile', 'profile', {}, 'good', 'demo, self'],
    ['saved settings; a list is one of them', 'settings', {}, 'good', '4 settings'],
    [
      'defaults that the form adds',
      'settings',
      { draft: { settings: { region: 'west', port: 1 } } },
      'good',
      '4 settings',
    ],
    ['edited settings', 'settings', { draft: { settings: { region: 'east' }, edited: true } }, 'warn', 'Not saved'],
    [
      'running checks',
      'preflight',
      {
        preflight: preflight(
          'running',
          [sampleResult('a', 'pass')],
          [sampleResult('a', 'pass'), sampleResult('b', 'pass')],
        ),
      },
      'busy',
      '1 of 2 checked',
    ],
    [
      'passed checks, without the skipped ones',
      'preflight',
      { preflight: preflight('done', [sampleResult('a', 'pass'), sampleResult('b', 'skipped')]) },
      'good',
      '1 of 1 passed',
    ],
    [
      'a failed check that is required',
      'preflight',
      { preflight: preflight('done', [sampleResult('a', 'fail')]) },
      'bad',
      '0 of 1 passed',
    ],
    [
      'a failed check that is not required',
      'preflight',
      { preflight: preflight('done', [sampleResult('a', 'pass'), sampleResult('b', 'fail', false)]) },
      'warn',
      '1 of 2 passed',
    ],
    ['connections', 'connectivity', { connections: { ...none, pass: 13, skipped: 2 } }, 'good', '13 of 13 passed'],
    ['a failed connection', 'connectivity', { connections: { ...none, pass: 12, fail: 1 } }, 'bad', '12 of 13 passed'],
    [
      'an unknown connection',
      'connectivity',
      { connections: { ...none, pass: 12, unknown: 1 } },
      'warn',
      '12 of 13 passed',
    ],
    ['a plan', 'review', { plan: plan('namespace', 'helm-install') }, 'idle', '2 steps'],
    ['a plan that changes nothing', 'review', { plan: plan('verify') }, 'good', 'No changes'],
    ['a started plan', 'review', { operation: operation('running') }, 'good', 'Confirmed'],
    ['a running install', 'install', { operation: operation('running') }, 'busy', '4 of 8 steps'],
    ['a failed install', 'install', { operation: operation('failed') }, 'bad', '4 of 8, failed'],
    ['an interrupted install', 'install', { operation: operation('interrupted') }, 'warn', '4 of 8, interrupted'],
    ['a completed install', 'install', { operation: { ...operation('done'), done: 8 } }, 'good', '8 of 8 steps'],
    ['a completed uninstall', 'install', { operation: operation('done', 'uninstall') }, 'idle', 'Uninstalled'],
    ['an installed plane', 'done', { plane: { ...plane, installedAt: '2026-03-01T11:00:00Z' } }, 'good', 'Installed'],
  ] as const)('%s', (_what, step, part, tone, text) => {
    expect(stepOutcomes({ ...facts, ...part })[step]).toEqual({ tone, text })
  })

  it('has none for a step that nothing is known of', () => {
    const draft = { ...facts, plane: undefined, context: undefined }
    expect(stepOutcomes(draft)).toEqual({})
    expect(Object.keys(stepOutcomes(facts))).toEqual(['cluster', 'profile', 'settings'])
  })
})
