import { expect, it } from 'vitest'
import { sparkline } from './sparkline.ts'

it.each([
  ['no value', [], ''],
  ['zeros at the bottom', [0, 0], 'M2 26L70 26'],
  ['the highest value at the top', [0, 2, 1], 'M2 26L36 2L70 14'],
])('draws %s', (_, values, path) => {
  expect(sparkline(values, 72, 28)).toBe(path)
})
