import { expect, it } from 'vitest'
import { shorten, shortenEnd } from './shorten.ts'

const tenEach = (text: string) => 10 * [...text].length

it.each([
  ['Agent', 50, 'Agent'],
  ['registry-public.vendor.example', 120, 'registry…ple'],
  ['mmmm', 4, '…'],
])('cuts the middle of "%s" for %i px', (text, width, fitted) => {
  expect(shorten(text, width, tenEach)).toBe(fitted)
})

it.each([
  ['Pass', 40, 'Pass'],
  ['Fail: TLS interception', 100, 'Fail: TLS…'],
])('cuts the end of "%s" for %i px', (text, width, fitted) => {
  expect(shortenEnd(text, width, tenEach)).toBe(fitted)
})
