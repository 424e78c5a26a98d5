import { describe, expect, it } from 'vitest'
import { retryMs } from './watch-plane.ts'

describe('retryMs', () => {
  it.each([
    ['soon after a loss', 1, 'CLUSTER_UNREACHABLE', 500],
    ['ever later', 3, 'CLUSTER_UNREACHABLE', 2_000],
    ['within seconds of its return', 99, 'CLUSTER_UNREACHABLE', 3_000],
    ['once at once when not let in: a fresh credential may do', 1, 'CLUSTER_UNAUTHORIZED', 500],
    ['rarely when a person has to mend it', 2, 'CREDENTIAL_PLUGIN_FAILED', 15_000],
  ])('tries %s', (_, failures, code, ms) => {
    expect(retryMs(failures, code)).toBe(ms)
  })
})
