import { describe, expect, it } from 'vitest'
import { retryMs } from './follow-plane.ts'

describe('retryMs', () => {
  it.each([
    ['soon after a loss', 1, 'CLUSTER_UNREACHABLE', 500],
    ['with a longer pause after each failure', 3, 'CLUSTER_UNREACHABLE', 2_000],
    ['after 3 s at most', 99, 'CLUSTER_UNREACHABLE', 3_000],
    ['soon after the first rejected credential, since a new one may work', 1, 'CLUSTER_UNAUTHORIZED', 500],
    ['rarely if the user has to fix the cause', 2, 'CREDENTIAL_PLUGIN_FAILED', 15_000],
  ])('tries %s', (_, failures, code, ms) => {
    expect(retryMs(failures, code)).toBe(ms)
  })
})
