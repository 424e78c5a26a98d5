import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { Operation } from './operations.ts'
import { procedure } from './problem.ts'
import { Timestamp, Verdict } from './words.ts'
import { Health } from './workloads.ts'

/** `watch`: a check that the schedule started. `cluster`: whether the cluster of a plane responds. */
export const activityKinds = ['check', 'watch', 'operation', 'health', 'cluster', 'profile'] as const
export type ActivityKind = (typeof activityKinds)[number]

/** `info`: neither good nor bad, such as an edit or an operation that was cancelled. */
export const activityOutcomes = ['failed', 'warning', 'running', 'ok', 'info'] as const
export const ActivityOutcome = z.literal(activityOutcomes)
export type ActivityOutcome = z.infer<typeof ActivityOutcome>

const Common = {
  id: z.string().max(200),
  at: Timestamp,
  /** Null: of no plane, as an edit of a profile. */
  planeId: z.uuid().nullable(),
  outcome: ActivityOutcome,
}

const Run = {
  ...Common,
  runId: z.uuid(),
  endedAt: Timestamp,
  /** Results by verdict. */
  counts: z.record(Verdict, z.int().nonnegative()),
  vantages: z.int().nonnegative(),
  /** As of the saved run. */
  verified: z.boolean(),
}

/** A component became healthy, failed, or changed otherwise. */
const HealthEntry = z.strictObject({
  kind: z.literal('health'),
  ...Common,
  component: z.string().max(100),
  title: z.string().max(200),
  from: Health,
  to: Health,
  /** Why it has that health; empty: it says nothing. */
  reason: z.string().max(300),
})

/** The cluster stopped or resumed to respond. */
const ClusterEntry = z.strictObject({
  kind: z.literal('cluster'),
  ...Common,
  reachable: z.boolean(),
  /** Why it does not respond; empty: it does. */
  code: z.string().max(100),
  message: z.string().max(300),
})

/** A part of a profile, by its place such as "endpoints.hub.port". Values are not recorded. */
const ProfilePart = z.strictObject({ path: z.string().max(200), kind: z.literal(['added', 'removed', 'changed']) })
export type ProfilePart = z.infer<typeof ProfilePart>

/** An own profile was changed, or a changed profile was approved for a plane. */
const ProfileEditEntry = z.strictObject({
  kind: z.literal('profile'),
  ...Common,
  action: z.literal(['edited', 'copied', 'removed', 'approved']),
  /** Its name, or the path of its file. */
  profile: z.string().max(300),
  /** At most 30. Empty: only comments or the layout of the text changed, or the action changes none. */
  parts: z.array(ProfilePart).max(30),
  /** How many more parts changed. */
  moreParts: z.int().nonnegative(),
})

/** Recorded when it happens. Nothing else remembers it. */
export const RecordedEntry = z.discriminatedUnion('kind', [HealthEntry, ClusterEntry, ProfileEditEntry])
export type RecordedEntry = z.infer<typeof RecordedEntry>

/** Something that happened to a plane or a profile. It contains no secret. */
export const ActivityEntry = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('check'), ...Run }),
  z.strictObject({ kind: z.literal('watch'), ...Run }),
  z.strictObject({
    kind: z.literal('operation'),
    ...Common,
    operationId: z.uuid(),
    operation: Operation.shape.kind,
    title: z.string(),
    state: Operation.shape.state,
    endedAt: Timestamp.optional(),
  }),
  HealthEntry,
  ClusterEntry,
  ProfileEditEntry,
])
export type ActivityEntry = z.infer<typeof ActivityEntry>

/** What is missing in a list of activity. */
const Gaps = {
  /** Days whose records were changed outside of Hangar, and are left out in part. */
  unverifiedDays: z.int().nonnegative(),
  /** Days of which only the first records are stored, since there were too many. */
  fullDays: z.int().nonnegative(),
}

const ActivityPage = z.strictObject({
  /** The newest first. */
  entries: z.array(ActivityEntry),
  /** Whether there are older ones. */
  more: z.boolean(),
  ...Gaps,
})
export type ActivityPage = z.infer<typeof ActivityPage>

const ActivityQuery = z.strictObject({
  /** With edits of the plane's profile. Absent: all planes. */
  planeId: z.uuid().optional(),
  /** Absent: all. */
  kinds: z.array(z.literal(activityKinds)).optional(),
  /** Entries from this time on. */
  since: Timestamp.optional(),
  /** Entries before this time. */
  until: Timestamp.optional(),
  limit: z.int().min(1).max(5_000).default(500),
})
export type ActivityQuery = z.infer<typeof ActivityQuery>

export const activity = {
  /** Checks, operations, changes of health and edits of profiles on this computer. It connects to no cluster. */
  list: procedure.input(ActivityQuery).output(ActivityPage),
  /** The same: first the newest, then those that are new, at most twice a second. `more` is that of the first. */
  watch: procedure.input(ActivityQuery.omit({ since: true, until: true })).output(eventIterator(ActivityPage)),
}
