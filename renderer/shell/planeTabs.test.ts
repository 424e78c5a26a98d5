import { expect, it } from 'vitest'
import { tabsOf } from './planeTabs.ts'

it.each([
  ['of Hangar', {}, ['overview', 'install', 'connectivity', 'workloads', 'logs', 'activity', 'about']],
  [
    'of others',
    { installedBy: 'others' as const },
    ['overview', 'connectivity', 'workloads', 'logs', 'activity', 'about'],
  ],
  ['of a recording', { recordedAt: '2026-11-27T05:00:00Z' }, ['overview', 'connectivity', 'workloads', 'logs']],
])('the views of a plane %s', (_whose, plane, tabs) => {
  expect(tabsOf(plane)).toEqual(tabs)
})
