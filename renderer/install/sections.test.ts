import { expect, it } from 'vitest'
import type { CredentialSpec } from '../../preload/contract/profiles.ts'
import { sectionsOf } from './sections.ts'

const schema = {
  type: 'object',
  properties: {
    region: { type: 'string' },
    controlPlane: { type: 'object', title: 'Control plane', properties: { host: { type: 'string' } } },
    labels: { type: 'object' },
    hub: { type: 'object', properties: {} },
  },
}
const credentials: readonly CredentialSpec[] = [
  { id: 'agent', title: 'Agent', required: true, secret: { name: 'agent', namespaces: [], type: 'Opaque' }, keys: [] },
]
const none = { settings: [], missingCredentials: 0 }
const shown = (...given: Parameters<typeof sectionsOf>) =>
  sectionsOf(...given).map(({ title, anchors, errors }) => [title, anchors.join(' '), errors])

it('each group of settings is a section, and single settings share the first', () => {
  expect(shown(schema, credentials, none)).toEqual([
    ['General', 'setting_region setting_labels', 0],
    ['Control plane', 'setting_controlPlane', 0],
    ['hub', 'setting_hub', 0],
    ['Credentials', 'credentials', 0],
  ])
  expect(shown({ type: 'object' }, [], none)).toEqual([])
})

it('errors are counted where they are', () => {
  const errors = { settings: ['region', 'controlPlane', 'controlPlane', 'labels'], missingCredentials: 3 }
  expect(shown(schema, credentials, errors).map(([, , count]) => count)).toEqual([2, 2, 0, 3])
})
