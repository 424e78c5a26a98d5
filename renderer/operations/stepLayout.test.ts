import { expect, it } from 'vitest'
import type { StepProgress } from '../../preload/contract/operations.ts'
import { stepLayout } from './stepLayout.ts'
import { stepNodes } from './stepNodes.ts'

const step = (id: string, ...needs: string[]): StepProgress => ({
  id,
  title: id,
  state: 'pending',
  needs,
  waitingOn: [],
  objects: [],
})
const placesOf = (...steps: StepProgress[]) =>
  Object.fromEntries(stepLayout(stepNodes(steps)).placed.map(({ node: { id }, column, row }) => [id, [column, row]]))

it.each<[string, StepProgress[], Record<string, [number, number]>]>([
  ['no steps', [], {}],
  ['one after the other', [step('a'), step('b', 'a'), step('c', 'b')], { a: [0, 0], b: [1, 0], c: [2, 0] }],
  ['side by side', [step('a'), step('b'), step('c', 'a', 'b')], { a: [0, 0], b: [0, 1], c: [1, 0] }],
  ['right of the longest way', [step('a'), step('b', 'a'), step('c', 'a', 'b')], { a: [0, 0], b: [1, 0], c: [2, 0] }],
  [
    'near the rows of what they need',
    [step('a'), step('b'), step('c', 'b'), step('d', 'a')],
    { a: [0, 0], b: [0, 1], d: [1, 0], c: [1, 1] },
  ],
  ['without what is no step of the operation', [step('a', 'kept')], { a: [0, 0] }],
])('steps are placed: %s', (_, steps, places) => {
  expect(placesOf(...steps)).toEqual(places)
})

it('has an edge for each need, and the size of the graph', () => {
  const { edges, columns, rows } = stepLayout(stepNodes([step('a'), step('b'), step('c', 'a', 'b', 'kept')]))
  expect(edges.map(({ from, to }) => `${from.node.id} ${to.node.id}`)).toEqual(['a c', 'b c'])
  expect([columns, rows]).toEqual([2, 2])
})
