import { describe, expect, it } from 'vitest'
import { editedKeys } from './observe.ts'

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
