/** The scheduler may still retry an unschedulable pod for this long, as in kstatus. */
export const unschedulableGraceMs = 15_000
/** A complete workload without a replica is degraded only after this time, so that a restart raises no alarm. */
export const unavailableGraceMs = 15_000
/** A running pod that is not ready for longer is degraded: the default deadline of a Deployment. */
export const readinessLimitMs = 600_000

/** The age of `since`; 0 without a time. */
export function ageMs(since: string | undefined, nowMs: number): number {
  const at = since === undefined ? Number.NaN : Date.parse(since)
  return Number.isNaN(at) ? 0 : nowMs - at
}
