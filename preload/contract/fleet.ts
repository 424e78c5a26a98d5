import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { ProblemReport, procedure } from './problem.ts'
import { Timestamp, Verdict } from './words.ts'
import { ComponentStatus } from './workloads.ts'

/** Worst first. `unreachable`: the cluster did not respond. */
export const PlaneVerdict = z.literal(['failing', 'unreachable', 'warning', 'healthy'])
export type PlaneVerdict = z.infer<typeof PlaneVerdict>

/** What the cluster of a plane showed, or why it showed nothing. */
export const Observation = z.strictObject({
  /** When the cluster last confirmed the components; null: never. */
  asOf: Timestamp.nullable(),
  /** Why the cluster cannot be read now; absent: it was read. */
  problem: ProblemReport.optional(),
  components: z.array(ComponentStatus.omit({ objects: true, summary: true })),
  /** Of the API server, such as "v1.36.2". */
  version: z.string().optional(),
})
export type Observation = z.infer<typeof Observation>

const RunCounts = z.strictObject({ at: Timestamp, counts: z.record(Verdict, z.int().nonnegative()) })
export type RunCounts = z.infer<typeof RunCounts>

/** An endpoint that failed, or has a warning, and the code of why. */
const EndpointFault = z.strictObject({
  endpoint: z.string(),
  title: z.string(),
  verdict: z.literal(['fail', 'warn']),
  cause: z.string(),
})
export type EndpointFault = z.infer<typeof EndpointFault>

export const PlaneSummary = z.strictObject({
  planeId: z.uuid(),
  /** Null: nobody has looked at the cluster since the plane was created. */
  observation: Observation.nullable(),
  /** When that was, also if the cluster did not respond. */
  observedAt: Timestamp.nullable(),
  checking: z.boolean(),
  /** Saved runs of connectivity, the newest first, at most 20. Those that do not verify are left out. */
  runs: z.array(RunCounts),
  /** By the latest result of each endpoint, the failed ones first. Absent: there is none that verifies. */
  faults: z.array(EndpointFault).optional(),
  /** The last 24 hours, the oldest first: the worst that was seen in each; null: nobody watched. */
  hours: z.array(z.strictObject({ from: Timestamp, verdict: PlaneVerdict.nullable() })),
})
export type PlaneSummary = z.infer<typeof PlaneSummary>

export const fleet = {
  /** All planes at once, then those that changed, at most twice a second. It connects to no cluster. */
  watch: procedure.output(eventIterator(z.strictObject({ planes: z.array(PlaneSummary) }))),
  /**
   * Reads the state of these planes from their clusters, and with `connections` checks their endpoints from this computer. Ends
   * when all are read. What it finds, also that a cluster does not respond, arrives by `watch`.
   */
  check: procedure
    .input(z.strictObject({ planeIds: z.array(z.uuid()).max(1_000), connections: z.boolean().default(false) }))
    .output(z.strictObject({})),
}
