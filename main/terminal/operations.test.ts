import { expect, it } from 'vitest'
import type { PlaneHolder } from '../../preload/contract/install.ts'
import { holderLines } from './operations.ts'

const holder: PlaneHolder = {
  who: 'ana@desk',
  state: 'working',
  since: '2026-03-01T11:00:00.000000Z',
  renewedAt: '2026-03-01T12:00:20.000000Z',
  title: 'Install demo',
  steps: [
    { title: 'Create namespace', state: 'done' },
    { title: 'Upgrade Agent', state: 'running' },
    { title: 'Verify', state: 'pending' },
  ],
}

it('who works on a plane is printed with the steps that have begun', () => {
  expect(holderLines('demo', holder)).toEqual([
    'ana@desk has been working on "demo" since 2026-03-01T11:00:00.000000Z ("Install demo").',
    '  done: Create namespace',
    '  running: Upgrade Agent',
  ])
})

it.each([
  ['nobody', null, 'Nobody works on "demo".'],
  ['a holder that is silent', { ...holder, state: 'silent' as const }, 'observes that for 30 s'],
  ['a holder that has ended', { ...holder, state: 'ended' as const }, 'A new operation takes over.'],
  ['a holder that publishes nothing', { ...holder, title: '', steps: [] }, 'since 2026-03-01T11:00:00.000000Z.'],
])('%s is told in one sentence', (_, given, part) => {
  expect(holderLines('demo', given)[0]).toContain(part)
})
