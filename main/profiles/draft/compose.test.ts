import { describe, expect, it } from 'vitest'
import type { DraftRow } from '../../../preload/contract/profile-draft.ts'
import { parseProfile } from '../parse.ts'
import { composeProfile } from './compose.ts'

const row = (kind: DraftRow['kind'], id: string, entry: DraftRow['entry']): DraftRow => ({
  id: `${kind}:${id}`,
  kind,
  title: id,
  confidence: 'guess',
  evidence: [1, 2, 3, 4].map((place) => ({ place: `file ${place}`, text: 'a: b # c' })),
  entry,
})
const rows: readonly DraftRow[] = [
  row('setting', 'api.host', { name: 'api.host', schema: { type: 'string', default: '' } }),
  row('setting', 'size', { name: 'size', schema: { type: 'string', default: '1Gi' } }),
  row('requirement', 'storage', { storageClass: true }),
  row('requirement', 'x', { customResources: ['x.v.com'] }),
  row('requirement', 'y', { customResources: ['y.v.com'] }),
  row('release', 'r', {
    name: 'r',
    namespace: 'n',
    chart: { path: 'charts/r' },
    components: ['a'],
    values: { api: { host: '${api.host}' }, size: '${size}', list: ['${size}', 'x'] },
  }),
  row('component', 'a', { id: 'a', title: 'A', summary: 'A.', providedBy: 'release' }),
  row('credential', 's', {
    id: 's',
    title: 'S',
    secret: { name: 's', namespaces: ['n'] },
    keys: [{ key: 'k', title: 'K' }],
  }),
  row('endpoint', 'a-api', { id: 'a-api', component: 'a', host: '${api.host}', protocol: 'https' }),
  row('logSource', 'a', { id: 'a', title: 'A', component: 'a', namespace: 'n', selector: 'app=a' }),
]
const compose = (skipped: readonly string[] = [], isConfirmed = true) =>
  composeProfile(
    'made',
    'Made',
    rows.filter(({ id }) => !skipped.includes(id)).map((each) => ({ row: each, isConfirmed })),
  )
const profileOf = (text: string) => parseProfile(text, { quotes: true }).profile

describe('a profile of accepted rows', () => {
  it('is valid', () => {
    const { text, omitted } = compose()
    expect(parseProfile(text, { quotes: true }).faults).toBeUndefined()
    expect(omitted).toEqual([])
    expect(text).not.toContain('unconfirmed')
    expect(profileOf(text)?.requirements.customResources).toEqual(['x.v.com', 'y.v.com'])
  })

  it('has a mark with the evidence above each entry that nobody has confirmed', () => {
    const { text } = compose([], false)
    expect(parseProfile(text, { quotes: true }).faults).toBeUndefined()
    expect(text).toContain('10 entries are marked "unconfirmed"')
    expect(text).toMatch(
      /# unconfirmed \(guess\)\. Found in:\n\s+# {3}file 1: a: b # c\n.*\n.*\n\s+# {3}and 1 more places\n\s+- id: a-api\n/,
    )
    expect(text.match(/# unconfirmed/g)).toHaveLength(10)
    // The mark is a comment: the profile is the same.
    expect(profileOf(text)).toEqual(profileOf(compose().text))
  })

  it('has nothing that refers to a skipped setting', () => {
    const { text, omitted } = compose(['setting:api.host', 'setting:size'])
    expect(parseProfile(text, { quotes: true }).faults).toBeUndefined()
    expect(omitted).toEqual(['endpoint:a-api'])
    expect(profileOf(text)?.releases[0]?.values).toEqual({ api: {}, list: ['x'] })
  })

  it('has nothing that refers to a skipped component', () => {
    const { text, omitted } = compose(['component:a'])
    expect(parseProfile(text, { quotes: true }).faults).toBeUndefined()
    expect(omitted).toEqual(['endpoint:a-api', 'logSource:a'])
    expect(profileOf(text)?.releases[0]?.components).toEqual([])
  })
})
