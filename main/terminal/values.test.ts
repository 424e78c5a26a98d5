import { expect, it } from 'vitest'
import type { ReleaseValues, ValueSource } from '../../preload/contract/install.ts'
import { originText, valuesYaml } from './values.ts'

const source = (origin: ValueSource['origin'], rest: Partial<ValueSource> = {}): ValueSource => ({
  origin,
  value: null,
  hidden: false,
  settings: [],
  ...rest,
})

it.each<[string, Parameters<typeof originText>[0]]>([
  ['chart values.yaml:12', source('chart', { place: { file: 'values.yaml', line: 12 } })],
  ['profile', source('profile')],
  ['override of the plane', source('override')],
  [
    'setting keyVault.host, keyVault.port (default)',
    source('setting', {
      settings: [
        { name: 'keyVault.host', isDefault: false },
        { name: 'keyVault.port', isDefault: true },
      ],
    }),
  ],
  ['profile; vault: agent-certificate', { ...source('profile'), credential: 'agent-certificate' }],
])('an origin is reported as "%s"', (text, given) => expect(originText(given)).toBe(text))

const values: ReleaseValues = {
  release: 'agent',
  namespace: 'plane',
  chart: 'agent-1.2.0',
  values: [
    { path: ['auth', 'password'], ...source('override', { hidden: true }), replaces: [] },
    { path: ['hosts'], ...source('profile', { value: ['a'] }), replaces: [] },
    { path: ['labels', 'app.kubernetes.io/name'], ...source('chart', { value: 'a' }), replaces: [] },
  ],
}

it('values as YAML nest their paths, and name the vault instead of a secret', () => {
  expect(valuesYaml(values, false)).toBe(`---
# agent in namespace plane, chart agent-1.2.0
auth:
  password: "[in the vault]"
hosts:
  - a
labels:
  app.kubernetes.io/name: a
`)
})

it('values as YAML can have a comment with the origin of each', () => {
  const text = valuesYaml(values, true)
  expect(text).toContain('password: "[in the vault]" # override of the plane')
  expect(text).toContain('app.kubernetes.io/name: a # chart')
  expect(text).toMatch(/# profile\n +- a/)
})
