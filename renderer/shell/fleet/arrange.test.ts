import { describe, expect, it } from 'vitest'
import type { Context } from '../../../preload/contract/clusters.ts'
import { arrange, byUrgency, countsOf, forSidebar, labelKeys, matching, readAtOpening } from './arrange.ts'
import { labelLines, labelsIn } from './labels.ts'
import { listed, summary } from './samples.ts'

const names = (planes: readonly { readonly plane: { readonly name: string } }[]) =>
  planes.map(({ plane }) => plane.name)
const fleet = [
  listed('alpha', 'healthy', { labels: { region: 'eu', team: 'orders' } }),
  listed('beta', 'failing', { profile: 'devant', settings: { region: 'us' } }),
  listed('gamma', 'unreachable', { labels: { team: 'claims' } }),
  listed('delta', 'failing', { pinned: true }),
  listed('epsilon', 'neutral'),
  listed('zeta', 'warning', { contextName: 'arn:aws:eks:zeta' }),
]

describe('the order of planes', () => {
  it('the worst are first, pinned ones before others of the same standing', () => {
    expect(names(fleet.toSorted(byUrgency))).toEqual(['delta', 'beta', 'gamma', 'zeta', 'alpha', 'epsilon'])
  })

  it('the sidebar has pinned planes, then those that were opened last, then the others by name', () => {
    expect(names(forSidebar(fleet, ['zeta', 'beta']))).toEqual(['delta', 'zeta', 'beta', 'alpha', 'epsilon', 'gamma'])
  })
})

it('counts every plane once', () => {
  expect(countsOf(fleet)).toEqual({ failing: 2, unreachable: 1, warning: 1, healthy: 1, neutral: 1 })
})

it.each([
  ['', 6],
  ['  ', 6],
  ['ALPHA', 1],
  ['team=claims', 1],
  ['eks zeta', 1],
  ['devant us', 1],
  ['devant eu', 0],
  ['reason of gamma', 1],
])('"%s" matches %i planes', (text, count) => {
  expect(matching(fleet, text)).toHaveLength(count)
})

describe('groups', () => {
  const groups = (grouping: Parameters<typeof arrange>[1]['grouping']) =>
    arrange(fleet, { text: '', kind: undefined, grouping }).map(({ name, planes }) => [name, names(planes)])

  it('one without grouping', () => {
    expect(groups('none')).toEqual([['', names(fleet.toSorted(byUrgency))]])
  })

  it('by region, from a label or the settings; planes without one last', () => {
    expect(groups('region').map(([name]) => name)).toEqual(['eu', 'us', ''])
  })

  it('by profile and by label', () => {
    expect(groups('profile').map(([name]) => name)).toEqual(['demo', 'devant'])
    expect(groups('label:team').map(([name]) => name)).toEqual(['claims', 'orders', ''])
  })

  it('have only planes of the wanted standing', () => {
    expect(
      arrange(fleet, { text: '', kind: 'failing', grouping: 'none' }).flatMap(({ planes }) => names(planes)),
    ).toEqual(['delta', 'beta'])
  })

  it('offers the labels that a plane has', () => {
    expect(labelKeys(fleet)).toEqual(['region', 'team'])
  })
})

describe('planes that are read when Home opens', () => {
  const now = Date.parse('2026-03-01T01:00:00Z')
  const consent = { id: '', file: '', items: [], wholeFile: false, variables: [], given: false }
  const read = (part: Partial<Context>, observedAt: string | null = null) =>
    readAtOpening(
      [{ ...listed('north', 'healthy', { contextId: 'c' }), summary: summary(null, { observedAt }) }],
      [{ id: 'c', authentication: 'certificate', ...part }],
      now,
    ).length

  it.each<[string, Partial<Context>, string | null, number]>([
    ['never seen, with a certificate', {}, null, 1],
    ['seen an hour ago', {}, '2026-03-01T00:00:00Z', 1],
    ['seen a minute ago', {}, '2026-03-01T00:59:00Z', 0],
    ['whose context starts a program', { authentication: 'exec' }, null, 0],
    ['whose context signs in with a browser', { authentication: 'oidc' }, null, 0],
    ['whose context waits for a decision', { consent }, null, 0],
    ['whose context was allowed', { consent: { ...consent, given: true } }, null, 1],
    [
      'whose context cannot be used',
      { problem: { code: 'KUBECONFIG_INVALID', message: '', hint: '', evidence: '' } },
      null,
      0,
    ],
  ])('%s', (_, context, observedAt, count) => {
    expect(read(context, observedAt)).toBe(count)
  })
})

it.each<[readonly string[], Readonly<Record<string, string>> | undefined]>([
  [[], {}],
  [['region=eu', 'team = orders'], { region: 'eu', team: 'orders' }],
  [['region'], undefined],
  [['region='], undefined],
  [['a=b=c'], undefined],
  [['-a=b'], undefined],
  [['region=west europe'], undefined],
])('labels in %j', (lines, labels) => {
  expect(labelsIn(lines)).toEqual(labels)
})

it('labels are shown as they are written', () => {
  expect(labelLines({ region: 'eu' })).toEqual(['region=eu'])
})
