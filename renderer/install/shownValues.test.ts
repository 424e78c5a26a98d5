import { describe, expect, it } from 'vitest'
import type { ReleaseValue, ReleaseValues } from '../../preload/contract/install.ts'
import { type Origin, originCounts, shownValues } from './shownValues.ts'

const value = (path: string, origin: Origin, more: Partial<ReleaseValue> = {}): ReleaseValue => ({
  path: path.split('/'),
  origin,
  value: 'x',
  hidden: false,
  settings: [],
  replaces: [],
  ...more,
})
const release = (name: string, ...values: ReleaseValue[]): ReleaseValues => ({
  release: name,
  namespace: 'plane',
  chart: '',
  values,
})
const unread: ReleaseValues = {
  ...release('unread'),
  problem: { code: 'FILE_UNREADABLE', message: '', hint: '', evidence: '' },
}
const releases = [
  release(
    'agent',
    value('agent/token', 'override', { value: 'secret', hidden: true }),
    value('controlPlane/host', 'setting', { value: 'cp.test', settings: [{ name: 'vendor.host', isDefault: false }] }),
    value('labels/app.kubernetes.io', 'chart', { value: 3 }),
  ),
  release('gateway', value('replicas', 'profile', { value: 2 })),
  unread,
]
const shown = (words: string, origin?: Origin) =>
  shownValues(releases, { words, origin }).map(({ release: { release: name }, values }) => [
    name,
    ...values.map(({ path }) => path.join('/')),
  ])

describe('the values of releases', () => {
  it.each<[string, Origin | undefined, string[][]]>([
    [
      '',
      undefined,
      [['agent', 'agent/token', 'controlPlane/host', 'labels/app.kubernetes.io'], ['gateway', 'replicas'], ['unread']],
    ],
    ['', 'profile', [['gateway', 'replicas']]],
    ['CP.test', undefined, [['agent', 'controlPlane/host']]],
    ['vendor host', undefined, [['agent', 'controlPlane/host']]],
    ['controlplane.host', undefined, [['agent', 'controlPlane/host']]],
    ['app\\.kubernetes', undefined, [['agent', 'labels/app.kubernetes.io']]],
    ['secret', undefined, []],
    ['replicas', 'chart', []],
  ])('with the words "%s" and the origin %s', (words, origin, expected) => {
    expect(shown(words, origin)).toEqual(expected)
  })

  it('are counted by origin', () => {
    expect(originCounts(releases)).toEqual({ override: 1, setting: 1, profile: 1, chart: 1 })
  })
})
