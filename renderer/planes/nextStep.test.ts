import { describe, expect, it } from 'vitest'
import { nextStep, type PlaneState } from './nextStep.ts'

const healthy: PlaneState = {
  phase: 'installed',
  operation: { kind: 'install', state: 'done' },
  connection: 'live',
  unhealthy: 0,
  failedEndpoints: 0,
  collecting: true,
}

describe('nextStep', () => {
  it('suggests nothing for a healthy plane', () => {
    expect(nextStep(healthy)).toBeUndefined()
  })

  it.each<[string, Partial<PlaneState>, string]>([
    ['an interrupted operation', { operation: { kind: 'install', state: 'interrupted' }, unhealthy: 3 }, 'install'],
    ['a failed uninstall', { operation: { kind: 'uninstall', state: 'failed' } }, 'install'],
    ['a plane that was never installed', { phase: 'planned', operation: undefined }, 'install'],
    ['an uninstalled plane, whatever its last health', { phase: 'uninstalled', unhealthy: 3 }, 'install'],
    ['unhealthy components before failed connections', { unhealthy: 1, failedEndpoints: 2 }, 'workloads'],
    ['failed connections', { failedEndpoints: 2 }, 'connectivity'],
    ['an unreachable cluster', { connection: 'stale', unhealthy: 4 }, 'logs'],
    ['connectivity that was never checked', { failedEndpoints: undefined }, 'connectivity'],
    ['logs that are not collected', { collecting: false }, 'logs'],
  ])('suggests the matching view for %s', (_, part, tab) => {
    expect(nextStep({ ...healthy, ...part })?.tab).toBe(tab)
  })
})
