import { describe, expect, it } from 'vitest'
import { formatCpu, formatMemory, parseQuantity } from './quantity.ts'

/** The table of TestQuantityParse in k8s.io/apimachinery/pkg/api/resource/quantity_test.go: what the API server takes. */
const upstream: readonly [text: string, value: number][] = [
  ['0', 0],
  ['0n', 0],
  ['0u', 0],
  ['0m', 0],
  ['0Ki', 0],
  ['0k', 0],
  ['0Mi', 0],
  ['0M', 0],
  ['0Gi', 0],
  ['0G', 0],
  ['0Ti', 0],
  ['0T', 0],
  ['1', 1],
  ['1Ki', 1024],
  ['8Ki', 8 * 1024],
  ['7Mi', 7 * 1024 ** 2],
  ['6Gi', 6 * 1024 ** 3],
  ['5Ti', 5 * 1024 ** 4],
  ['4Pi', 4 * 1024 ** 5],
  ['3Ei', 3 * 1024 ** 6],
  ['10Ti', 10 * 1024 ** 4],
  ['100Ti', 100 * 1024 ** 4],
  ['5n', 5e-9],
  ['4u', 4e-6],
  ['3m', 3e-3],
  ['9', 9],
  ['8k', 8e3],
  ['50k', 5e4],
  ['7M', 7e6],
  ['6G', 6e9],
  ['5T', 5e12],
  ['40T', 4e13],
  ['300T', 3e14],
  ['2P', 2e15],
  ['1E', 1e18],
  ['1E-3', 1e-3],
  ['1e3', 1e3],
  ['1E6', 1e6],
  ['1e9', 1e9],
  ['1E12', 1e12],
  ['1e15', 1e15],
  ['1E18', 1e18],
  ['1e14', 1e14],
  ['1e13', 1e13],
  ['100.035k', 100_035],
  ['0.001', 0.001],
  ['0.0005k', 0.5],
  ['0.005', 0.005],
  ['0.05', 0.05],
  ['0.5', 0.5],
  ['0.00050k', 0.5],
  ['0.00500', 0.005],
  ['0.05000', 0.05],
  ['0.50000', 0.5],
  ['0.5e0', 0.5],
  ['0.5e-1', 0.05],
  ['0.5e-2', 0.005],
  ['10.035M', 10_035e3],
  ['1.2e3', 1_200],
  ['1.3E+6', 1.3e6],
  ['1.40e9', 1.4e9],
  ['1.53E12', 1.53e12],
  ['1.6e15', 1.6e15],
  ['1.7E18', 1.7e18],
  ['9.01', 9.01],
  ['8.1k', 8_100],
  ['7.123456M', 7_123_456],
  ['6.987654321G', 6_987_654_321],
  ['5.444T', 5.444e12],
  ['40.1T', 4.01e13],
  ['300.2T', 3.002e14],
  ['2.5P', 2.5e15],
  ['1.01E', 1.01e18],
  // Upstream rounds these up to the next 1n: the tolerance below covers it.
  ['3.001n', 4e-9],
  ['1.1E-9', 2e-9],
  ['0.0000000001', 1e-9],
  ['0.0000000005', 1e-9],
  ['0.00000000050', 1e-9],
  ['0.5e-9', 1e-9],
  ['0.9n', 1e-9],
  ['0.00000012345', 124e-9],
  ['0.00000012354', 124e-9],
  ['9Ei', 2 ** 63],
  ['9223372036854775807Ki', 2 ** 63],
  ['12E', 12e18],
  ['100.035Ki', 102_435.84],
  ['0.5Mi', 524_288],
  ['0.05Gi', 53_687_091.2],
  ['0.025Ti', 27_487_790_694.4],
  ['0.000000000001Ki', 2e-9],
  ['.001', 1e-3],
  ['.0001k', 0.1],
  ['1.', 1],
  ['1.G', 1e9],
]

describe('parseQuantity', () => {
  for (const [sign, factor] of [
    ['', 1],
    ['-', -1],
    ['+', 1],
  ] as const)
    it.each(upstream)(`reads ${sign}%s as %d`, (text, value) => {
      const read = parseQuantity(`${sign}${text}`) ?? Number.NaN
      expect(Math.abs(read - factor * value)).toBeLessThanOrEqual(Math.max(1e-9, Math.abs(value) * 1e-12))
    })

  it.each([
    ['.5Gi', 2 ** 29],
    ['250m', 0.25],
    ['1500M', 1.5e9],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['00512Mi', 512 * 2 ** 20],
  ])('reads %s as %d', (text, value) => {
    expect(parseQuantity(text)).toBe(value)
  })

  /** TestQuantityParse's list of texts that must fail, and what else people write. */
  it.each([
    '',
    '1.1.M',
    '1+1.0M',
    '0.1mi',
    '0.1am',
    'aoeu',
    '.5i',
    '1i',
    '-3.01i',
    '-3.01e-',
    '1000 Mi',
    ' 1',
    '1 ',
    '1 Gi',
    '1GB',
    '1K',
    '1ki',
    '1e',
    '1ee3',
    '0x10',
    '1_000',
    'lots',
    '.',
    '-.',
  ])('does not read "%s"', (text) => {
    expect(parseQuantity(text)).toBeUndefined()
  })
})

it('formats amounts in the usual units', () => {
  expect([formatCpu(1.255), formatMemory(512 * 2 ** 20), formatMemory(3.5 * 2 ** 30)]).toEqual([
    '1.25 cores',
    '512 MiB',
    '3.5 GiB',
  ])
})
