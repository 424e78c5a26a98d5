import { ageMs, firstReportLimitMs } from './limits.ts'
import type { Assessment, Subject } from './object.ts'

/** An object whose controller always reports a status, and has not: soon after its creation it is about to, later unknown. */
export function unreported({ metadata }: Subject, nowMs: number, reason = notReported): Assessment {
  const leftMs = firstReportLimitMs - ageMs(metadata.creationTimestamp, nowMs)
  return leftMs <= 0 ? { health: 'unknown', reason } : { health: 'progressing', reason, recheckAtMs: nowMs + leftMs }
}

export const notReported = 'Its controller has not reported its status yet'
