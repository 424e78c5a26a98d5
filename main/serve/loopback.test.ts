import { describe, expect, it } from 'vitest'
import { freshLoopback, isLoopback } from './loopback.ts'

describe('the address of the next start', () => {
  it.each(['linux', 'win32'] as const)('is a loopback address that no start had before, on %s', (platform) => {
    const addresses = Array.from({ length: 50 }, () => freshLoopback(platform))

    expect(addresses.filter((address) => !isLoopback(address) || address.startsWith('127.0.'))).toEqual([])
    expect(new Set(addresses).size).toBeGreaterThan(45)
  })

  it('is 127.0.0.1 on macOS, which has no other', () => {
    expect(freshLoopback('darwin')).toBe('127.0.0.1')
  })
})

it.each([
  ['127.0.0.1', true],
  ['127.254.3.20', true],
  ['127.1', false],
  ['127.0.0.256', false],
  ['127.0.0.01', false],
  ['128.0.0.1', false],
  ['0.0.0.0', false],
  ['localhost', false],
  ['127.0.0.1.evil.example', false],
  ['::1', false],
])('%s is a loopback address: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected)
})
