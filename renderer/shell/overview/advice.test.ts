import { expect, it } from 'vitest'
import { adviceFor } from './advice.ts'

it.each([
  ['healthy', '', false, undefined],
  ['degraded', 'CrashLoopBackOff: agent ended with exit code 1', false, 'crash'],
  ['degraded', '0 of 2 replicas are ready', false, 'rollout'],
  ['missing', 'Not found: Deployment agent', false, 'missing'],
  ['progressing', 'ImagePullBackOff: not found', false, 'progressing'],
  ['unknown', '', true, 'vendor'],
  ['absent', '', false, 'absent'],
] as const)('%s, "%s", run by the vendor: %s', (health, reason, vendor, advice) => {
  expect(adviceFor({ health, reason, vendor })).toBe(advice)
})
