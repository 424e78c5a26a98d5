import { describe, expect, it } from 'vitest'
import { nextStep, type Standing } from './nextStep.ts'

const fine: Standing = {
  plane: { installedAt: '2026-01-01T00:00:00Z' },
  operation: { kind: 'install', state: 'done' },
  connection: 'live',
  unhealthy: 0,
  failedEndpoints: 0,
  collecting: true,
}

describe('nextStep', () => {
  it('asks for nothing when all is well', () => {
    expect(nextStep(fine)).toBeUndefined()
  })

  it.each<[string, Partial<Standing>, string]>([
    ['an interrupted operation', { operation: { kind: 'install', state: 'interrupted' }, unhealthy: 3 }, 'install'],
    ['a failed uninstall', { operation: { kind: 'uninstall', state: 'failed' } }, 'install'],
    ['a plane that was never installed', { plane: {}, operation: undefined }, 'install'],
    ['unhealthy components before failed connections', { unhealthy: 1, failedEndpoints: 2 }, 'workloads'],
    ['failed connections', { failedEndpoints: 2 }, 'connectivity'],
    ['a cluster that is gone', { connection: 'stale', unhealthy: 4 }, 'logs'],
    ['connectivity that was never checked', { failedEndpoints: undefined }, 'connectivity'],
    ['logs that nobody collects', { collecting: false }, 'logs'],
  ])('sends to the right view for %s', (_, part, tab) => {
    expect(nextStep({ ...fine, ...part })?.tab).toBe(tab)
  })
})
