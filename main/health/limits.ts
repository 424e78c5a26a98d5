/** A pod that fits no node may be waiting for the scheduler's next look: kstatus gives it as long. */
export const unschedulableGraceMs = 15_000
/** A workload that was complete and has no replica left: long enough for a restart to pass unalarmed. */
export const unavailableGraceMs = 15_000
/** Running but not ready for longer is not "still starting": a Deployment's own default deadline. */
export const readinessLimitMs = 600_000

/** How long `since` is ago; an object without a time is new. */
export function ageMs(since: string | undefined, nowMs: number): number {
  const at = since === undefined ? Number.NaN : Date.parse(since)
  return Number.isNaN(at) ? 0 : nowMs - at
}
