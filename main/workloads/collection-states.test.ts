import { describe, expect, it } from 'vitest'
import { CollectionStates, currentForMs } from './collection-states.ts'

const pods = { kind: 'Pod', group: '', namespace: 'a' }
const sets = { kind: 'ReplicaSet', group: 'apps', namespace: 'a' }
const late = currentForMs + 1

describe('the states of collections', () => {
  it('are complete when each was listed or is unreadable', () => {
    const states = new CollectionStates([pods, sets])
    states.listed(pods, 0)
    expect(states.isComplete).toBe(false)
    states.unreadable(sets)
    expect(states.isComplete).toBe(true)
  })

  it.each<[string, (states: CollectionStates) => void, readonly object[]]>([
    ['a collection that nothing confirms any more', (states) => states.listed(pods, 0), [pods]],
    [
      'no collection that a watch confirms',
      (states) => {
        states.listed(pods, 0)
        states.confirmed(pods, late)
      },
      [],
    ],
    ['no collection whose first list takes long', () => undefined, []],
    ['a collection whose first list fails', (states) => states.failed(pods, 0), [pods]],
    [
      'no collection that is known to be unreadable',
      (states) => {
        states.listed(pods, 0)
        states.unreadable(pods)
      },
      [],
    ],
  ])('name %s as overdue', (_, happen, overdue) => {
    const states = new CollectionStates([pods])
    happen(states)
    expect(states.overdue(late)).toEqual(overdue)
    expect(states.overdue(currentForMs)).toEqual([])
  })

  it('return whether a confirmation ends an unreadable collection', () => {
    const states = new CollectionStates([pods])
    states.unreadable(pods)
    expect([states.confirmed(pods, 1), states.confirmed(pods, 2)]).toEqual([true, false])
  })
})
