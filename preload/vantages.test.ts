import { expect, it } from 'vitest'
import type { Vantage } from './contract/connectivity.ts'
import {
  existingPodName,
  requestOf,
  uniqueVantages,
  vantageInSentence,
  vantageLocation,
  vantageTitle,
} from './vantages.ts'

it.each<[Vantage, string, string, string]>([
  [{ kind: 'computer', name: 'laptop' }, 'this computer', 'computer laptop', 'on laptop'],
  [{ kind: 'pod', name: 'plane' }, 'a pod in plane', 'pod plane', 'in a pod in plane'],
  [{ kind: 'node', name: 'worker-1' }, 'node worker-1', 'node worker-1', 'on node worker-1'],
  [{ kind: 'node', name: 'any' }, 'a node', 'node any', 'on a node'],
  [{ kind: 'component', name: 'agent' }, 'component agent', 'component agent', 'in a pod of component agent'],
  [
    { kind: 'existing-pod', name: 'plane/agent-1' },
    'the existing pod plane/agent-1',
    'existing pod plane/agent-1',
    'in the existing pod plane/agent-1',
  ],
])('the vantage %j is "%s" in a sentence, "%s" as a title and "%s" as a location', (vantage, inSentence, title, at) => {
  expect([vantageInSentence(vantage), vantageTitle(vantage), vantageLocation(vantage)]).toEqual([inSentence, title, at])
})

it('the request of a vantage names the same vantage', () => {
  expect(requestOf({ kind: 'pod', name: 'plane' })).toEqual({ kind: 'pod', namespace: 'plane' })
  expect(requestOf({ kind: 'component', name: 'agent' })).toEqual({ kind: 'component', component: 'agent' })
  for (const pod of [
    { namespace: 'plane', pod: 'agent-1' },
    { namespace: 'plane', pod: 'agent-1.x', container: 'main' },
  ])
    expect(requestOf({ kind: 'existing-pod', name: existingPodName(pod) })).toEqual({ kind: 'existing-pod', ...pod })
})

it('vantages of the same kind and name are one', () => {
  const node: Vantage = { kind: 'node', name: 'a' }
  expect(uniqueVantages([node, { ...node }, { kind: 'pod', name: 'a' }])).toEqual([node, { kind: 'pod', name: 'a' }])
})
