import { describe, expect, it } from 'vitest'
import { laptop, node, pod, report, result } from '../samples.ts'
import { choiceTitle, firstChoice, isChoice, requestKey, requestsFor } from './vantages.ts'

describe('from where to check', () => {
  it('is what was chosen before, else from where it was checked last, else this computer', () => {
    const last = report(result('a', 'pass', laptop), result('a', 'pass', pod))

    expect(firstChoice([{ kind: 'nodes' }], last)).toEqual([{ kind: 'nodes' }])
    expect(firstChoice(undefined, last)).toEqual([{ kind: 'computer' }, { kind: 'pod', namespace: 'demo' }])
    expect(firstChoice(undefined, null)).toEqual([{ kind: 'computer' }])
  })

  it('asks for every node where there are more than a run can name', () => {
    const nodes = Array.from({ length: 50 }, (_, index) => node(`worker-${index}`))

    expect(requestsFor([laptop, ...nodes])).toEqual([{ kind: 'computer' }, { kind: 'nodes' }])
    expect(requestsFor([laptop, ...nodes.slice(0, 3)])).toHaveLength(4)
  })

  it('is said in few words', () => {
    const requests = [{ kind: 'computer' }, { kind: 'pod', namespace: 'demo' }, { kind: 'nodes' }] as const
    expect(choiceTitle(requests, undefined)).toBe('This computer, a pod in demo and 1 more')
  })

  it('has one key, whatever the order of its fields', () => {
    expect(requestKey({ namespace: 'demo', kind: 'pod' })).toBe(requestKey({ kind: 'pod', namespace: 'demo' }))
    expect(requestKey({ kind: 'pod', namespace: 'other' })).not.toBe(requestKey({ kind: 'pod', namespace: 'demo' }))
  })
})

it.each([
  [[{ kind: 'computer' }], true],
  [[{ kind: 'pod' }, { kind: 'component', component: 'agent' }], true],
  [[], false],
  [[{ kind: 'component' }], false],
  [[{ kind: 'moon' }], false],
  [[{ kind: 'toString' }], false],
  [[{ kind: 'pod', namespace: 7 }], false],
  ['computer', false],
  [undefined, false],
])('takes %j for a kept choice: %s', (value, is) => {
  expect(isChoice(value)).toBe(is)
})
