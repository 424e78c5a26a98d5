import { describe, expect, it } from 'vitest'
import { requestsOf } from './from.ts'

describe('--from', () => {
  it.each([
    [[], undefined],
    [['computer,pod,node'], [{ kind: 'computer' }, { kind: 'pod' }, { kind: 'node' }]],
    [
      ['pod:plane', 'nodes'],
      [{ kind: 'pod', namespace: 'plane' }, { kind: 'nodes' }],
    ],
    [['node:ip-10-0-0-1.eu.internal'], [{ kind: 'node', name: 'ip-10-0-0-1.eu.internal' }]],
    [['component:agent'], [{ kind: 'component', component: 'agent' }]],
    [
      ['existing-pod:plane/agent-6d9f,existing-pod:plane/agent-6d9f/main'],
      [
        { kind: 'existing-pod', namespace: 'plane', pod: 'agent-6d9f' },
        { kind: 'existing-pod', namespace: 'plane', pod: 'agent-6d9f', container: 'main' },
      ],
    ],
  ])('%j is parsed', (from, expected) => {
    expect(requestsOf({ from })).toEqual(expected)
  })

  it('uses --namespace for pods without a namespace', () => {
    expect(requestsOf({ from: ['pod,pod:own'], namespace: 'given' })).toEqual([
      { kind: 'pod', namespace: 'given' },
      { kind: 'pod', namespace: 'own' },
    ])
  })

  it.each([
    'cloud',
    'pod:',
    'pod:NOT_A_NAME',
    'component',
    'component:',
    'computer:x',
    'nodes:x',
    '',
    'pod,,node',
    'toString',
    'existing-pod',
    'existing-pod:plane',
    'existing-pod:plane/',
    'existing-pod:plane/agent/',
    'existing-pod:plane/agent/main/more',
    'existing-pod:plane/../other',
  ])('rejects "%s" and lists the valid forms', (from) => {
    expect(() => requestsOf({ from: [from] })).toThrow(/is not a vantage. Use computer, pod/)
  })
})
