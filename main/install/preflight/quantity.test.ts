import { expect, it } from 'vitest'
import { parseQuantity, sayCpu, sayMemory } from './quantity.ts'

it.each([
  ['2', 2],
  ['250m', 0.25],
  ['1500M', 1.5e9],
  ['512Mi', 512 * 2 ** 20],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['1e3', 1_000],
  ['4k', 4_000],
  ['', undefined],
  ['1 Gi', undefined],
  ['lots', undefined],
])('%s', (text, expected) => {
  expect(parseQuantity(text)).toBe(expected)
})

it('is said in units that people use', () => {
  expect([sayCpu(1.255), sayMemory(512 * 2 ** 20), sayMemory(3.5 * 2 ** 30)]).toEqual([
    '1.25 cores',
    '512 MiB',
    '3.5 GiB',
  ])
})
