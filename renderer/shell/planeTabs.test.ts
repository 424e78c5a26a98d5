import { expect, it } from 'vitest'
import { tabsOf, viewsOf } from './planeTabs.ts'

const tabs = ['overview', 'connectivity', 'workloads', 'logs', 'activity', 'about']
const recorded = ['overview', 'connectivity', 'workloads', 'logs']

it.each([
  ['of Hangar', {}, tabs, ['overview', 'install', ...tabs.slice(1)]],
  ['of others', { installedBy: 'others' as const }, tabs, tabs],
  ['of a recording', { recordedAt: '2026-11-27T05:00:00Z' }, recorded, recorded],
])('the tabs of a plane %s are its views without the installation', (_whose, plane, expected, views) => {
  expect([tabsOf(plane), viewsOf(plane)]).toEqual([expected, views])
})
