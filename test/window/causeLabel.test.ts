import { expect, it } from 'vitest'
import { causes } from '../../main/connectivity/probe/causes.ts'
import { causeLabel } from '../../renderer/connectivity/causeLabel.ts'

/** Characters that fit the second line of a cell. */
const longest = 25

it.each(Object.keys(causes))('%s has a label that fits a cell', (cause) => {
  expect(causeLabel(cause)).not.toBe(cause)
  expect(causeLabel(cause).length).toBeLessThanOrEqual(longest)
})
