import { describe, expect, it } from 'vitest'
import type { DraftRow } from '../../../preload/contract/profile-draft.ts'
import { parseProfile } from '../parse.ts'
import { compareWithDraft, withChanges } from './update.ts'

const row = (id: string, entry: DraftRow['entry']): DraftRow => ({
  id,
  kind: id.split(':')[0] as DraftRow['kind'], // the tests name kinds that exist
  title: id,
  confidence: 'likely',
  evidence: [{ place: 'values.yaml', text: 'x' }],
  entry,
})

const text = `schemaVersion: 1
name: made
title: Made
description: ''
settings:
  type: object
  properties:
    api: { type: object, properties: { host: { type: string } } }
managementModels: [{ id: m, title: M, summary: '', tasks: [] }]
requirements: { kubernetes: '>=1.28', customResources: [a.v.com] }
components:
  - { id: agent, title: Our agent, summary: S., providedBy: release }
releases:
  # Ours.
  - { name: agent, namespace: n, chart: { path: charts/agent }, components: [agent], values: { x: 1 } }
endpoints:
  - { id: agent-api, component: agent, host: '\${api.host}', protocol: https, inspection: never }
  - { id: old, component: agent, host: old.v.com, protocol: https }
`
const same = [
  row('setting:api.host', { name: 'api.host', schema: { type: 'string' } }),
  row('requirement:kubernetes', { kubernetes: '>=1.28' }),
  row('requirement:crd', { customResources: ['a.v.com'] }),
  row('component:agent', { id: 'agent', title: 'Agent', summary: 'Agent.', providedBy: 'release' }),
  row('release:agent', {
    name: 'agent',
    namespace: 'n',
    chart: { path: 'charts/agent' },
    components: ['agent'],
    values: { x: 1 },
  }),
  row('endpoint:agent-api', { id: 'agent-api', component: 'agent', host: '${api.host}', protocol: 'https' }),
  row('endpoint:old', { id: 'old', component: 'agent', host: 'old.v.com', protocol: 'https' }),
]
const replaced = (id: string, entry: DraftRow['entry']) =>
  same.map((each) => (each.id === id ? row(id, { ...each.entry, ...entry }) : each))

const compare = (rows: readonly DraftRow[], charts = new Map()) =>
  compareWithDraft(text, rows, charts).map(({ row: id, kind, fields }) => [
    id,
    kind,
    ...fields.map(({ field, before, after }) => `${field}: ${before} → ${after}`),
  ])
const profileOf = (made: string) => parseProfile(made, { quotes: true })

describe('a newer version of the vendor’s files', () => {
  it('changes nothing where only people wrote more', () => {
    expect(compare(same)).toEqual([])
  })

  it('changes fields, adds entries, and shows what it no longer has', () => {
    expect(compare(replaced('release:agent', { values: { x: 2 } }))).toEqual([
      ['release:agent', 'changed', 'values: {"x":1} → {"x":2}'],
    ])
    expect(compare(replaced('requirement:kubernetes', { kubernetes: '>=1.30' }))).toEqual([
      ['requirement:kubernetes', 'changed', 'kubernetes: >=1.28 → >=1.30'],
    ])
    expect(compare(replaced('endpoint:agent-api', { port: 8443 }))).toEqual([
      ['endpoint:agent-api', 'changed', 'port:  → 8443'],
    ])
    expect(compare([...same, row('requirement:b', { customResources: ['b.v.com'] })])).toEqual([
      ['requirement:b', 'added'],
    ])
    expect(compare(same.slice(0, -1))).toEqual([['endpoint:old', 'missing']])
    expect(compare(same, new Map([['agent', { before: '1.0.0', after: '1.1.0' }]]))).toEqual([
      ['release:agent', 'changed', 'chart: 1.0.0 → 1.1.0'],
    ])
  })

  const moved = (id: string, entry: DraftRow['entry']) => [
    ...same.slice(0, -1),
    row(`endpoint:${id}`, { id, component: 'agent', host: 'old.v.com', protocol: 'https', ...entry }),
  ]

  it('shows another host, or another id, as one change of the entry', () => {
    const rows = moved('new', { host: 'new.v.com' })
    expect(compare(rows)).toEqual([['endpoint:new', 'changed', 'host: old.v.com → new.v.com']])
    const made = withChanges(text, rows, compareWithDraft(text, rows, new Map()))
    expect(profileOf(made).profile?.endpoints.map(({ id, host }) => `${id} ${host}`)).toEqual([
      'agent-api ${api.host}',
      'old new.v.com',
    ])
    expect(compareWithDraft(made, rows, new Map())).toEqual([])
    expect(compare(moved('renamed', {}))).toEqual([])
  })

  it('does not take an entry for another one of its component', () => {
    const others = [
      moved('new', { host: 'new.v.com', port: 8443 }),
      moved('new', { host: 'new.v.com', protocol: 'wss' }),
      [...moved('new', { host: 'new.v.com' }), ...moved('newer', { host: 'newer.v.com' }).slice(-1)],
    ]
    for (const rows of others) expect(compare(rows).map(([, kind]) => kind)).toContain('missing')
  })

  it('is written with the comments and what people wrote', () => {
    const rows = [
      row('setting:db.host', { name: 'db.host', schema: { type: 'string', default: '' } }),
      row('release:first', {
        name: 'first',
        namespace: 'n',
        chart: { path: 'charts/first' },
        components: [],
        values: {},
      }),
      ...replaced('release:agent', { values: { x: 2 } }).slice(0, -1),
      row('credential:s', {
        id: 's',
        title: 'S',
        secret: { name: 's', namespaces: ['n'] },
        keys: [{ key: 'k', title: 'K' }],
      }),
      row('requirement:b', { customResources: ['b.v.com'] }),
    ]
    const made = withChanges(text, rows, compareWithDraft(text, rows, new Map()))
    const { profile, faults } = profileOf(made)
    expect(faults).toBeUndefined()
    expect(made).toContain('# Ours.')
    expect(profile?.releases.map(({ name, values }) => [name, values])).toEqual([
      ['first', {}],
      ['agent', { x: 2 }],
    ])
    expect(profile?.endpoints.map(({ id, inspection }) => [id, inspection])).toEqual([['agent-api', 'never']])
    expect(profile?.components[0]?.title).toBe('Our agent')
    expect(profile?.credentials.map(({ id }) => id)).toEqual(['s'])
    expect(profile?.requirements.customResources).toEqual(['a.v.com', 'b.v.com'])
    expect(compareWithDraft(made, rows, new Map())).toEqual([])
  })
})
