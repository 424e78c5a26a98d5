import { describe, expect, it } from 'vitest'
import type { StepProgress } from '../../preload/contract/operations.ts'
import { leadingStep, stepNodes } from './stepNodes.ts'

const step = (id: string, needs: string[] = [], state: StepProgress['state'] = 'pending'): StepProgress => ({
  id,
  title: id,
  state,
  needs,
  waitingOn: [],
  objects: [],
})
const nodesOf = (...steps: StepProgress[]) =>
  stepNodes(steps).map(({ group, steps: members, needs }) => [group, members.map(({ id }) => id), needs])

describe('nodes of the graph', () => {
  it('namespaces are one node, and so are secrets; each release is its own', () => {
    const nodes = nodesOf(
      step('namespace:a'),
      step('namespace:b'),
      step('secret:a/x', ['namespace:a']),
      step('secret:b/y', ['namespace:b']),
      step('release:agent', ['namespace:a', 'secret:a/x']),
      step('release:flux', ['namespace:b']),
      step('verify', ['release:agent', 'release:flux']),
    )
    expect(nodes).toEqual([
      ['namespace', ['namespace:a', 'namespace:b'], []],
      ['secret', ['secret:a/x', 'secret:b/y'], ['namespace:a']],
      [undefined, ['release:agent'], ['namespace:a', 'secret:a/x']],
      [undefined, ['release:flux'], ['namespace:a']],
      [undefined, ['verify'], ['release:agent', 'release:flux']],
    ])
  })

  it('a single namespace keeps its own title', () => {
    expect(nodesOf(step('namespace:a'), step('verify', ['namespace:a']))[0]?.[0]).toBeUndefined()
  })

  it('a secret that needs a release is not in the node of those before it', () => {
    const nodes = nodesOf(
      step('secret:a/x'),
      step('secret:a/y'),
      step('release:agent', ['secret:a/x']),
      step('secret:a/z', ['release:agent']),
    )
    expect(nodes.map(([, members]) => members)).toEqual([
      ['secret:a/x', 'secret:a/y'],
      ['release:agent'],
      ['secret:a/z'],
    ])
  })
})

it.each<[StepProgress['state'][], StepProgress['state']]>([
  [['done', 'failed', 'running'], 'failed'],
  [['done', 'running', 'pending'], 'running'],
  [['done', 'pending'], 'pending'],
  [['skipped', 'done'], 'done'],
])('a node of steps that are %j is %s', (states, expected) => {
  const steps = states.map((state, index) => step(`secret:a/${index}`, [], state))
  expect(stepNodes(steps).map((node) => leadingStep(node).state)).toEqual([expected])
})
