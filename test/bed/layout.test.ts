import { expect, it } from 'vitest'
import { addressesOf, isBedName, slotCount } from './layout.ts'

it('gives every slot addresses and an interface of its own that the kernel takes', () => {
  const all = Array.from({ length: slotCount }, (_, slot) => addressesOf(slot))

  for (const key of ['node', 'host', 'serviceNetwork', 'podNetwork', 'hostInterface'] as const)
    expect(new Set(all.map((addresses) => addresses[key])).size).toBe(slotCount)
  for (const { hostInterface, node } of all) {
    expect(hostInterface.length).toBeLessThanOrEqual(15)
    expect(Number(node.split('.')[1])).toBeLessThan(256)
  }
})

it.each([
  ['hangar', true],
  ['a', true],
  ['bed-1', true],
  ['', false],
  ['Bed', false],
  ['-bed', false],
  ['bed/..', false],
  ['x'.repeat(31), false],
])('takes %j for a name: %s', (name, is) => {
  expect(isBedName(name)).toBe(is)
})
