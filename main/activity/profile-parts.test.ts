import { expect, it } from 'vitest'
import { changedParts, partsOfDifference } from './profile-parts.ts'

const profile = {
  title: 'Demo',
  endpoints: [
    { id: 'hub', host: 'hub.example.com', port: 443 },
    { id: 'dns', host: 'dns.example.com' },
  ],
  settings: { properties: { region: { default: 'eu' } } },
}
const [hub, dns] = profile.endpoints

it.each<[string, object, string[]]>([
  ['nothing', profile, []],
  ['a title', { ...profile, title: 'Other' }, ['title changed']],
  ['a port', { ...profile, endpoints: [{ ...hub, port: 8443 }, dns] }, ['endpoints.hub.port changed']],
  ['a new endpoint before the others', { ...profile, endpoints: [{ id: 'new' }, hub, dns] }, ['endpoints.new added']],
  ['an endpoint that was removed', { ...profile, endpoints: [hub] }, ['endpoints.dns removed']],
  [
    'a deep value',
    { ...profile, settings: { properties: { region: { default: 's3cret' } } } },
    ['settings.properties.region.default changed'],
  ],
  ['a list without names', { ...profile, endpoints: ['a'] }, ['endpoints changed']],
])('%s', (_, after, expected) => {
  expect(changedParts(profile, after).parts.map(({ path, kind }) => `${path} ${kind}`)).toEqual(expected)
})

it('has no values, and at most 30 parts', () => {
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`field${index}`, 's3cret']))
  const { parts, moreParts } = changedParts({}, many)
  expect([parts.length, moreParts]).toEqual([30, 20])
  expect(JSON.stringify(parts)).not.toContain('s3cret')
})

it('names what a user approves', () => {
  const difference = {
    credentials: [{ credential: 'agent', before: [], after: ['https evil.example.com:443'] }],
    endpoints: [{ id: 'hub', kind: 'changed' as const, before: null, after: null }],
    releases: [],
    files: [{ path: 'charts/demo/values.yaml', kind: 'changed' as const }],
    settingsSchema: true,
    fields: ['title'],
  }
  expect(partsOfDifference(difference).parts.map(({ path }) => path)).toEqual([
    'credentials.agent',
    'endpoints.hub',
    'charts/demo/values.yaml',
    'settings',
    'title',
  ])
})
