import { describe, expect, it } from 'vitest'
import type { Json } from '../../lib/rules/substitution.ts'
import { digestOf } from '../digest.ts'
import {
  changedPaths,
  factsOf,
  openSeal,
  type PlanCircumstances,
  refuseChangedPlan,
  refuseOtherCircumstances,
  sealPlan,
} from './saved-plan.ts'

const key = Buffer.alloc(32, 1)
const sha = (digit: string) => digit.repeat(64)
const circumstances: PlanCircumstances = {
  plane: { id: '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11', name: 'demo' },
  profile: { name: 'demo', digest: sha('a') },
  cluster: { context: 'kind', uid: 'uid-1' },
  charts: { agent: sha('c') },
}

const field = (path: string, before: string | null) => ({ path, before, after: null, hidden: false, managers: [] })
const subject = (change: Partial<Record<'replicas' | 'greeting' | 'status', string>> = {}, claim = true): Json => ({
  steps: [
    {
      id: 'release:agent',
      kind: 'helm-upgrade',
      before: change.status ?? 'agent-1.0.0, revision 3, deployed',
      changes: [
        {
          object: { kind: 'Deployment', namespace: 'demo', name: 'web' },
          change: 'change',
          fields: [field('spec.replicas', change.replicas ?? '3'), field('spec.paused', null)],
          moreFields: 0,
        },
      ],
      notes: ['A note.'],
    },
  ],
  losses: claim ? [{ id: 'claim:demo/data', step: 'release:agent', kind: 'claim', message: 'Goes.', objects: [] }] : [],
  ways: [],
  content: [{ name: 'agent', desired: change.greeting ?? 'one', chart: sha('c') }],
  secrets: ['0123'],
})

const save = (of: Json = subject()): string =>
  sealPlan({ action: 'install', createdAt: '2026-01-01T00:00:00Z', digest: digestOf(of) }, of, circumstances, key)

const changed = (change: (saved: Record<string, unknown>) => unknown): string =>
  JSON.stringify(change(JSON.parse(save())))

describe('the file of a saved plan', () => {
  it('is read as it was saved', () => {
    expect(openSeal(save(), key)).toMatchObject({ action: 'install', ...circumstances, digest: digestOf(subject()) })
  })

  it('has no value of a field and nothing that was accepted', () => {
    const text = save(subject({ replicas: 'canary-7d1f', greeting: 'canary-2b' }))
    expect(text).toContain('spec.replicas')
    expect(text).not.toContain('canary')
    expect(Object.keys(JSON.parse(text))).not.toContain('acceptedLosses')
  })

  it.each([
    ['no JSON', 'steps: []', 'PLAN_FILE_INVALID'],
    ['another document', '{"schemaVersion":1,"steps":[]}', 'PLAN_FILE_INVALID'],
    ['a list', '[]', 'PLAN_FILE_INVALID'],
    ['deep nesting', '['.repeat(2_000_000), 'PLAN_FILE_INVALID'],
    ['deep nesting that is whole', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'PLAN_FILE_INVALID'],
    ['more than 5 MB', ' '.repeat(5_000_001), 'PLAN_FILE_INVALID'],
    ['an unknown field', changed((saved) => ({ ...saved, acceptedLosses: ['claim:demo/data'] })), 'PLAN_FILE_INVALID'],
    ['a seal that is none', changed((saved) => ({ ...saved, seal: 'x' })), 'PLAN_FILE_INVALID'],
    ['more facts than a plan has', manyFacts(), 'PLAN_FILE_INVALID'],
    ['a newer format', changed((saved) => ({ ...saved, formatVersion: 2, more: true })), 'PLAN_FILE_VERSION'],
    ['another action', changed((saved) => ({ ...saved, action: 'uninstall' })), 'PLAN_FILE_CHANGED'],
    ['another digest', changed((saved) => ({ ...saved, digest: '0'.repeat(32) })), 'PLAN_FILE_CHANGED'],
    ['another cluster', changed((saved) => ({ ...saved, cluster: { context: 'kind' } })), 'PLAN_FILE_CHANGED'],
    ['another fact', changed((saved) => ({ ...saved, facts: {} })), 'PLAN_FILE_CHANGED'],
    ['a seal of another key', changed((saved) => ({ ...saved, seal: sha('0') })), 'PLAN_FILE_CHANGED'],
  ])('with %s is refused', (_, text, code) => {
    expect(() => openSeal(text, key)).toThrow(expect.objectContaining({ code }))
  })

  function manyFacts(): string {
    const facts = Object.fromEntries(Array.from({ length: 50_001 }, (_, index) => [`f${index}`, '0'.repeat(16)]))
    return changed((saved) => ({ ...saved, facts }))
  }

  it('that another installation saved is refused', () => {
    expect(() => openSeal(save(), Buffer.alloc(32, 2))).toThrow(expect.objectContaining({ code: 'PLAN_FILE_CHANGED' }))
  })

  it('that was only laid out differently is read', () => {
    const { seal, ...rest } = JSON.parse(save())
    expect(openSeal(JSON.stringify({ seal, ...rest }), key).digest).toBe(digestOf(subject()))
  })
})

describe('a saved plan', () => {
  const saved = openSeal(save(), key)

  it.each([
    ['the same', {}, undefined],
    ['a context of another name', { cluster: { context: 'other', uid: 'uid-1' } }, undefined],
    ['another plane', { plane: { ...circumstances.plane, id: 'other' } }, 'PLAN_PLANE_OTHER'],
    ['another profile', { profile: { name: 'demo', digest: sha('b') } }, 'PLAN_PROFILE_CHANGED'],
    ['another cluster', { cluster: { context: 'kind', uid: 'uid-2' } }, 'PLAN_CLUSTER_OTHER'],
    ['a cluster that cannot be identified', { cluster: { context: 'kind' } }, 'PLAN_CLUSTER_OTHER'],
  ])('against %s', (_, now, code) => {
    const refuse = () => refuseOtherCircumstances(saved, { ...circumstances, ...now })
    if (code === undefined) expect(refuse).not.toThrow()
    else expect(refuse).toThrow(expect.objectContaining({ code }))
  })

  const refuse =
    (now: Json, charts = circumstances.charts) =>
    () =>
      refuseChangedPlan(saved, digestOf(now), now, charts)

  it('applies while nothing has changed', () => {
    expect(refuse(subject())).not.toThrow()
  })

  it('names a chart that has changed', () => {
    expect(refuse(subject(), { agent: sha('d') })).toThrow(
      expect.objectContaining({ code: 'PLAN_CHART_CHANGED', message: expect.stringContaining('chart of agent') }),
    )
  })

  it.each([
    [
      'a field in the cluster',
      subject({ replicas: '9' }),
      'steps[release:agent].changes[Deployment demo/web].fields[spec.replicas]',
    ],
    ['the state of a release', subject({ status: 'agent-1.0.0, revision 4, failed' }), 'steps[release:agent].before'],
    ['the values of a release', subject({ greeting: 'two' }), 'content[agent]'],
    ['a loss that is gone', subject({}, false), 'losses[claim:demo/data] (gone)'],
  ])('names %s that has changed, without its value', (_, now, path) => {
    expect(refuse(now)).toThrow(expect.objectContaining({ code: 'PLAN_STALE', evidence: path }))
  })
})

describe('the paths of what changed', () => {
  it('name elements of the same name apart', () => {
    expect(Object.keys(factsOf({ notes: ['a', 'b'], losses: [{ id: 'x' }, { id: 'x' }] }))).toEqual([
      'notes[0]',
      'notes[1]',
      'losses[x]',
      'losses[x#1]',
    ])
  })

  it('cover every part of the subject', () => {
    expect(Object.keys(factsOf(subject())).length).toBeGreaterThan(8)
    expect(factsOf({ a: { b: null, c: [1] } })).toEqual({ 'a.b': expect.any(String), 'a.c[0]': expect.any(String) })
  })

  it('name a part that is new or gone as a whole once', () => {
    const one = factsOf({ steps: [{ id: 'a', objects: [{ kind: 'Pod', name: 'x' }] }] })
    const two = factsOf({
      steps: [
        { id: 'a', objects: [{ kind: 'Pod', name: 'x' }] },
        { id: 'b', objects: [{ kind: 'Pod', name: 'y' }], title: 'B' },
      ],
    })
    expect(changedPaths(one, two)).toEqual(['steps[b] (new)'])
    expect(changedPaths(two, one)).toEqual(['steps[b] (gone)'])
  })
})
