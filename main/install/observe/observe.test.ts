import { describe, expect, it } from 'vitest'
import { droppedMarks, editedKeys } from './observe.ts'

const owned = (manager: string, ...keys: readonly string[]) => ({
  manager,
  fieldsV1: { 'f:data': Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) },
})

describe('the keys of a Secret that changed since Hangar wrote it', () => {
  it.each([
    ['none', ['user', 'token'], [owned('hangar', 'user', 'token')], []],
    [
      'an edited one',
      ['user', 'token'],
      [owned('hangar', 'user'), owned('kubectl-edit', 'token')],
      ['token (kubectl-edit)'],
    ],
    [
      'an added one',
      ['user', 'token', 'more'],
      [owned('hangar', 'user', 'token'), owned('k9s', 'more')],
      ['more (k9s)'],
    ],
    ['a deleted one', ['user'], [owned('hangar', 'user')], ['token (deleted)']],
    ['all, without owners', ['user', 'token'], [], ['user (unknown manager)', 'token (unknown manager)']],
  ])('%s', (_, present, managedFields, edited) => {
    const data = Object.fromEntries(present.map((key) => [key, '']))
    expect(editedKeys({ kind: 'Secret', metadata: { managedFields }, data }, ['user', 'token'])).toEqual(edited)
  })
})

describe('what has the marks of the profile and is no part of the plane', () => {
  const record = (namespace: string, name: string) => ({
    kind: 'Secret',
    metadata: { namespace, name: `sh.helm.release.v1.${name}.v1`, labels: { owner: 'helm', name } },
  })
  const plain = (namespace: string, name: string) => ({ metadata: { namespace, name } })
  const release = { name: 'one', namespace: 'demo', title: '', via: 'helm', timeoutSeconds: 1 } as const
  const secret = {
    credential: '',
    title: '',
    name: 'key',
    namespace: 'demo',
    type: '',
    keys: [],
    required: true,
    missing: [],
    contentDigest: '',
  }
  it('are releases under another name or in another namespace, each once, and Secrets', () => {
    const found = droppedMarks(
      { releases: [release], secrets: [secret] },
      [
        record('demo', 'one'),
        record('past', 'one'),
        record('demo', 'two'),
        record('demo', 'two'),
        record('demo', 'three'),
        plain('demo', 'key'),
        plain('past', 'key'),
      ],
      [plain('demo', 'three')],
    )
    expect(found.releases.map(({ namespace, name, via }) => `${via} ${namespace}/${name}`).toSorted()).toEqual([
      'flux demo/three',
      'helm demo/two',
      'helm past/one',
    ])
    expect(found.secrets).toEqual([{ namespace: 'past', name: 'key' }])
  })
})
