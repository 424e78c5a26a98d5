import { expect, it } from 'vitest'
import { type PlanePhase, planePhase } from './phase.ts'

const installed = { installedAt: '2026-01-01T00:00:00Z' }

it.each<[string, Parameters<typeof planePhase>, PlanePhase]>([
  ['a plane without an operation', [{}, undefined], 'planned'],
  ['a plane that was installed', [installed, { kind: 'install', state: 'done' }], 'installed'],
  ['a plane that was connected', [installed, undefined], 'installed'],
  ['a plane after its uninstall', [installed, { kind: 'uninstall', state: 'done' }], 'uninstalled'],
  ['a plane whose uninstall failed', [installed, { kind: 'uninstall', state: 'failed' }], 'installed'],
])('%s', (_, [plane, operation], phase) => {
  expect(planePhase(plane, operation)).toBe(phase)
})
