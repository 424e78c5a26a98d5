import { expect, it } from 'vitest'
import { createCallLimits } from './call-limits.ts'

it.each([
  ['window', 32],
  ['call', 64],
  ['stream', 128],
] as const)('a session has at most as many of each kind as its limit: %s', (kind, limit) => {
  const limits = createCallLimits()
  const releases = Array.from({ length: limit }, () => limits.open(kind))

  expect(releases.every((release) => release !== undefined)).toBe(true)
  expect(limits.open(kind)).toBeUndefined()

  releases[0]?.()
  releases[0]?.() // a second release of the same call frees nothing
  expect(limits.open(kind)).toBeDefined()
  expect(limits.open(kind)).toBeUndefined()
})
