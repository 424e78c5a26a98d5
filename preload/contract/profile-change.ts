import { z } from 'zod'
import { ProblemReport } from './problem.ts'
import { Protocol } from './profiles.ts'
import { Timestamp } from './words.ts'

/** What an endpoint connects to, trusts and presents, with the plane's settings put in. */
export const EndpointTarget = z.strictObject({
  /** Empty: not configured. */
  host: z.string(),
  /** Null: the default port of the protocol. */
  port: z.int().nullable(),
  protocol: Protocol,
  tls: z.boolean(),
  path: z.string(),
  serverName: z.string(),
  /** `system`, `bundled`, `file PATH` or `setting NAME`. */
  trust: z.string(),
  /** Ids of the credentials that the component presents; empty: none. */
  credential: z.string(),
  clientCertificate: z.string(),
  proxy: z.literal(['env', 'none']),
  /** Other destinations of the same endpoint, as `HOST:PORT PROTOCOL`. */
  companions: z.array(z.string()),
})
export type EndpointTarget = z.infer<typeof EndpointTarget>

const Kind = z.literal(['added', 'removed', 'changed'])

export const EndpointChange = z.strictObject({
  id: z.string(),
  kind: Kind,
  /** Null: added. */
  before: EndpointTarget.nullable(),
  /** Null: removed. */
  after: EndpointTarget.nullable(),
})
export type EndpointChange = z.infer<typeof EndpointChange>

export const ReleaseChange = z.strictObject({
  name: z.string(),
  kind: Kind,
  /** Namespace and chart, as `NAMESPACE: CHART`; empty: no such release. */
  before: z.string(),
  after: z.string(),
  /** Whether the chart values of the profile changed. */
  values: z.boolean(),
})
export type ReleaseChange = z.infer<typeof ReleaseChange>

/** A file of a chart, or one with root certificates. */
export const FileChange = z.strictObject({ path: z.string(), kind: Kind })
export type FileChange = z.infer<typeof FileChange>

/** Where a credential would be sent, and was approved to be sent. */
const CredentialChange = z.strictObject({
  credential: z.string(),
  /** `PROTOCOL HOST:PORT`, each with what is trusted there. */
  before: z.array(z.string()),
  after: z.array(z.string()),
})

/** What differs between the profile that the user approved for a plane and the profile as it is now. */
export const ProfileDifference = z.strictObject({
  /** Credentials that would be sent to another destination, also because a setting of the plane changed. */
  credentials: z.array(CredentialChange),
  endpoints: z.array(EndpointChange),
  releases: z.array(ReleaseChange),
  files: z.array(FileChange),
  /** The schema of the settings, which includes their defaults. */
  settingsSchema: z.boolean(),
  /** Names of the other fields of the profile that changed. */
  fields: z.array(z.string()),
})
export type ProfileDifference = z.infer<typeof ProfileDifference>

/** A profile that changed since the user approved it for a plane. */
export const ProfileChange = z.strictObject({
  planeId: z.uuid(),
  plane: z.string(),
  /** Name or file. */
  profile: z.string(),
  /** `built-in`: another version of Hangar has another version of the profile. */
  origin: z.literal(['built-in', 'own', 'file']),
  /** SHA-256 of the profile as it is now, with its charts, root certificates and the destinations of credentials. Empty: it cannot be read. */
  digest: z.string(),
  /** Null: none was approved, and everything counts as added. */
  approved: z.strictObject({ digest: z.string(), at: Timestamp }).nullable(),
  /** If all is empty, only comments or the layout of the text changed. */
  difference: ProfileDifference,
  /** Why the profile cannot be read now. It cannot be approved then. */
  problem: ProblemReport.optional(),
})
export type ProfileChange = z.infer<typeof ProfileChange>
