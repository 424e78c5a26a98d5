import { expect, it } from 'vitest'
import { matchingSections, type SettingsSection, settingsSections } from './search.ts'

it.each<[string, SettingsSection[]]>([
  ['', [...settingsSections]],
  ['theme', ['appearance']],
  ['DARK mode', ['appearance']],
  ['timezone', ['appearance']],
  ['toast', ['notifications']],
  ['sha-256', ['helm']],
  ['config add', ['kubeconfigs']],
  ['password', ['vault']],
  ['idle lock', ['vault']],
  // A clock has nothing to do with a lock.
  ['lock', ['vault']],
  ['revoke', ['allowed']],
  ['telemetry', ['about']],
  ['no such setting', []],
])('"%s" finds %j', (text, expected) => {
  expect([...matchingSections(text)]).toEqual(expected)
})
