import { expect, it } from 'vitest'
import { isInRange } from './version-range.ts'

it.each([
  ['v1.36.3', '>=1.30', true],
  ['v1.29.9', '>=1.30', false],
  ['v1.30.0-eks-1a2b3c', '>=1.30', true],
  ['v1.30.2-eks-1552ad0', '>=1.30.2', true],
  ['v1.29.4-gke.1043000', '1.29', true],
  ['v1.29.4-gke.1043000', '>=1.29.5', false],
  ['v1.36.3+k3s1', '>= 1.30 <1.36', false],
  ['v1.31.4+rke2r1', '>=1.31, <1.32', true],
  ['v1.31.0-rc.1', '>=1.31', true],
  ['v1.35.9', '>=1.30 <1.36', true],
  ['v1.31.4', '1.31', true],
  ['v1.32.0', '=1.31', false],
  ['v1.28.1', '1.28 || >=1.30', true],
  ['v1.29.1', '1.28 || >=1.30', false],
  ['v1.30.7', '~1.30', true],
  ['v1.31.0', '~1.30', false],
  ['v1.30.0', '', undefined],
  ['v1.30.0', 'from 1.30', undefined],
  ['unknown', '>=1.30', undefined],
  ['unknown-5', '>=1.30', undefined],
])('%s in %s: %s', (version, range, expected) => {
  expect(isInRange(version, range)).toBe(expected)
})
