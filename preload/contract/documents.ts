import { z } from 'zod'
import { ActivityEntry } from './activity.ts'
import { ContextList } from './clusters.ts'
import { Comparison, ConnectivityReport, ProxyView, RunEntry } from './connectivity.ts'
import { Plan, PlaneDiscovery, PlaneHolder, PreflightReport, ReleaseValues } from './install.ts'
import { LogAccesses, LogPatterns, LogRecord, LogRetention, SavedSearch } from './logs.ts'
import { Operation } from './operations.ts'
import { Plane, PlaneValues } from './planes.ts'
import { ProfileChange } from './profile-change.ts'
import { EndpointList, Profile, ProfileEntry } from './profiles.ts'
import { Slug, Timestamp } from './words.ts'
import { Health, PlaneStatus } from './workloads.ts'

const schemaVersion = z.literal(1)
/** Documents whose fields were renamed once; the changelog names the renames. */
const secondVersion = z.literal(2)

/** The file that `--credentials` takes: values per credential and key. Read once, into the vault. */
export const CredentialFile = z.record(Slug, z.record(z.string(), z.string().min(1).max(100_000)))
export type CredentialFile = z.infer<typeof CredentialFile>

/** The state of one object of a file, as `hangar status -f` prints it. */
export const ObjectAssessment = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  state: Health,
  reason: z.string(),
  since: Timestamp.optional(),
  ready: z.int().optional(),
  total: z.int().optional(),
  restarts: z.int().optional(),
})
export type ObjectAssessment = z.infer<typeof ObjectAssessment>

/** The documents that Hangar reads and prints as files: `hangar schema NAME` prints the JSON Schema of each. */
export const documents = {
  profile: Profile,
  values: PlaneValues,
  credentials: CredentialFile,
  endpoints: EndpointList,
  check: ConnectivityReport,
  runs: z.strictObject({ schemaVersion, runs: z.array(RunEntry) }),
  comparison: z.strictObject({ schemaVersion: secondVersion, ...Comparison.shape }),
  proxy: z.strictObject({ schemaVersion: secondVersion, ...ProxyView.shape }),
  preflight: PreflightReport,
  plan: Plan,
  'release-values': z.strictObject({ schemaVersion, releases: z.array(ReleaseValues) }),
  operation: z.strictObject({ schemaVersion, operation: Operation }),
  operations: z.strictObject({ schemaVersion, operations: z.array(Operation), holder: PlaneHolder.nullable() }),
  status: z.strictObject({ schemaVersion, planes: z.array(z.strictObject({ plane: Plane, status: PlaneStatus })) }),
  connect: z.strictObject({ schemaVersion, plane: Plane, discovery: PlaneDiscovery }),
  activity: z.strictObject({ schemaVersion, entries: z.array(ActivityEntry), more: z.boolean() }),
  objects: z.strictObject({ schemaVersion, objects: z.array(ObjectAssessment) }),
  logs: z.strictObject({ schemaVersion, records: z.array(LogRecord), more: z.boolean() }),
  'log-accesses': z.strictObject({ schemaVersion, ...LogAccesses.shape }),
  'log-retention': z.strictObject({ schemaVersion, ...LogRetention.shape }),
  'log-searches': z.strictObject({ schemaVersion, searches: z.array(SavedSearch) }),
  'log-patterns': z.strictObject({ schemaVersion, ...LogPatterns.shape }),
  contexts: z.strictObject({ schemaVersion, ...ContextList.shape }),
  profiles: z.strictObject({ schemaVersion, profiles: z.array(ProfileEntry) }),
  'profile-change': z.strictObject({ schemaVersion, change: ProfileChange.nullable() }),
}
