import { expect, it } from 'vitest'
import { shorten } from './shorten.ts'

it.each([
  ['Agent', 100, 'Agent'],
  ['registry-public.vendor.example', 120, 'registry-pub…ample'],
  ['mmmm', 4, '…'],
])('fits "%s" into %i px', (text, width, fitted) => {
  expect(shorten(text, width, 12)).toBe(fitted)
})
