import type { MapComponent } from './graph.ts'
import { reasonCode } from './verdict.ts'

const byCode = {
  CrashLoopBackOff: 'crash',
  ImagePullBackOff: 'image',
  ErrImagePull: 'image',
  InvalidImageName: 'image',
  CreateContainerConfigError: 'config',
  OOMKilled: 'memory',
  Unschedulable: 'schedule',
} as const

const byHealth = {
  degraded: 'rollout',
  missing: 'missing',
  suspended: 'suspended',
  progressing: 'progressing',
  unknown: 'unknown',
  absent: 'absent',
} as const

export type Advice = (typeof byCode)[keyof typeof byCode] | (typeof byHealth)[keyof typeof byHealth] | 'vendor'

const isCode = (code: string): code is keyof typeof byCode => code in byCode

/** What to do about a component; undefined for a healthy one, and before its health is known. */
export function adviceFor({
  health,
  reason,
  vendor,
}: Pick<MapComponent, 'health' | 'reason' | 'vendor'>): Advice | undefined {
  if (health === undefined || health === 'healthy') return undefined
  if (vendor) return 'vendor'
  const code = reasonCode(reason)
  return health === 'degraded' && isCode(code) ? byCode[code] : byHealth[health]
}
