import { expect, it } from 'vitest'
import type { Expected } from '../workloads/health.ts'
import { expectedComponents, type PlanePhase, planePhase } from './phase.ts'

const installed = { installedAt: '2026-01-01T00:00:00Z' }

it.each<[string, Parameters<typeof planePhase>, PlanePhase]>([
  ['a plane without an operation', [{}, undefined], 'planned'],
  ['a plane that was installed', [installed, { kind: 'install', state: 'done' }], 'installed'],
  ['a plane that was connected', [installed, undefined], 'installed'],
  ['a plane after its uninstall', [installed, { kind: 'uninstall', state: 'done' }], 'uninstalled'],
  [
    'a plane that was uninstalled, after its record of operations was deleted',
    [{ ...installed, uninstalledAt: '2026-02-01T00:00:00Z' }, undefined],
    'uninstalled',
  ],
  [
    'an uninstalled plane whose new installation is cancelled',
    [
      { ...installed, uninstalledAt: '2026-02-01T00:00:00Z' },
      { kind: 'install', state: 'cancelled' },
    ],
    'uninstalled',
  ],
  ['a plane whose uninstall failed', [installed, { kind: 'uninstall', state: 'failed' }], 'installed'],
])('%s', (_, [plane, operation], phase) => {
  expect(planePhase(plane, operation)).toBe(phase)
})

it.each<[string, Parameters<typeof expectedComponents>, Expected]>([
  ['a plane that was never installed', ['planned', undefined], 'none'],
  ['a plane whose first installation failed', ['planned', { kind: 'install', state: 'failed' }], 'some'],
  ['a plane whose first installation runs', ['planned', { kind: 'install', state: 'running' }], 'some'],
  ['an installed plane', ['installed', { kind: 'install', state: 'done' }], 'all'],
  ['a connected plane', ['installed', undefined], 'all'],
  ['an installed plane whose update failed', ['installed', { kind: 'install', state: 'failed' }], 'all'],
  ['a plane that is being uninstalled', ['installed', { kind: 'uninstall', state: 'running' }], 'some'],
  ['a plane whose uninstall was interrupted', ['installed', { kind: 'uninstall', state: 'interrupted' }], 'some'],
  ['a plane whose uninstall was cancelled', ['installed', { kind: 'uninstall', state: 'cancelled' }], 'all'],
  ['an uninstalled plane that is installed again', ['uninstalled', { kind: 'install', state: 'running' }], 'some'],
])('components that have to be there: %s', (_, [phase, operation], expected) => {
  expect(expectedComponents(phase, operation)).toBe(expected)
})
