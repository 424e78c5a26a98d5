import { describe, expect, it } from 'vitest'
import { laptop, node, pod, report, result } from '../samples.ts'
import { choiceTitle, firstChoice, isChoice, requestKey, requestsFor } from './vantages.ts'

describe('the choice of vantages', () => {
  it('is the saved one, else that of the last run, else this computer', () => {
    const last = report(result('a', 'pass', laptop), result('a', 'pass', pod))

    expect(firstChoice([{ kind: 'nodes' }], last)).toEqual([{ kind: 'nodes' }])
    expect(firstChoice(undefined, last)).toEqual([{ kind: 'computer' }, { kind: 'pod', namespace: 'demo' }])
    expect(firstChoice(undefined, null)).toEqual([{ kind: 'computer' }])
  })

  it('never contains a pod that Hangar did not create', () => {
    const existing = { kind: 'existing-pod', name: 'demo/agent-1' } as const
    const last = report(result('a', 'pass', laptop), result('a', 'pass', existing))

    expect(firstChoice(undefined, last)).toEqual([{ kind: 'computer' }])
    expect(firstChoice(undefined, report(result('a', 'pass', existing)))).toEqual([{ kind: 'computer' }])
  })

  it('becomes "every node" where there are more nodes than a run can list', () => {
    const nodes = Array.from({ length: 50 }, (_, index) => node(`worker-${index}`))

    expect(requestsFor([laptop, ...nodes])).toEqual([{ kind: 'computer' }, { kind: 'nodes' }])
    expect(requestsFor([laptop, ...nodes.slice(0, 3)])).toHaveLength(4)
  })

  it('names two vantages in its title and counts the others', () => {
    const requests = [{ kind: 'computer' }, { kind: 'pod', namespace: 'demo' }, { kind: 'nodes' }] as const
    expect(choiceTitle(requests, undefined)).toBe('This computer, a pod in demo and 1 more')
  })

  it('has one key per request, in any order of the fields', () => {
    expect(requestKey({ namespace: 'demo', kind: 'pod' })).toBe(requestKey({ kind: 'pod', namespace: 'demo' }))
    expect(requestKey({ kind: 'pod', namespace: 'other' })).not.toBe(requestKey({ kind: 'pod', namespace: 'demo' }))
  })
})

it.each([
  [[{ kind: 'computer' }], true],
  [[{ kind: 'pod' }, { kind: 'component', component: 'agent' }], true],
  [[], false],
  [[{ kind: 'component' }], false],
  [[{ kind: 'existing-pod', namespace: 'demo', pod: 'agent-1' }], false],
  [[{ kind: 'moon' }], false],
  [[{ kind: 'toString' }], false],
  [[{ kind: 'pod', namespace: 7 }], false],
  ['computer', false],
  [undefined, false],
])('%j is a saved choice: %s', (value, expected) => {
  expect(isChoice(value)).toBe(expected)
})
