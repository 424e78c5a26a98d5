import { z } from 'zod'
import { procedure } from './problem.ts'
import { ProfileChange } from './profile-change.ts'
import { JsonObject, Slug, Timestamp } from './words.ts'

/** The user's input for a plane besides its credentials. It is the format of the file for `--values`. */
export const PlaneValues = z.strictObject({
  /** Validated against the profile's settings schema. */
  settings: JsonObject.default({}),
  /** Chart values by the name of the release, merged over the profile's. Stored in the vault, since they may contain secrets. */
  overrides: z.record(z.string(), JsonObject).default({}),
})
export type PlaneValues = z.infer<typeof PlaneValues>

/** As labels of Kubernetes, without prefixes. */
const Labels = z
  .record(z.string().regex(/^[a-z0-9]([-\w.]{0,61}[a-z0-9])?$/i), z.string().regex(/^[\w.-]{1,63}$/))
  .refine((labels) => Object.keys(labels).length <= 20, 'at most 20 labels')

const InstalledBy = z.literal(['hangar', 'others'])

export const Plane = z.strictObject({
  id: z.uuid(),
  name: Slug,
  profile: z.string(),
  contextId: z.string(),
  contextName: z.string(),
  /**
   * The uid of the namespace `kube-system` of the cluster that the plane is installed on. Absent: it is not installed, or this
   * user is not permitted to read it.
   */
  clusterUid: z.string().max(100).optional(),
  managementModel: z.string(),
  settings: JsonObject,
  /** Names of the releases with overridden chart values. The values themselves are in the vault. */
  overridden: z.array(z.string()),
  createdAt: Timestamp,
  /** When an install last succeeded; absent: never. */
  installedAt: Timestamp.optional(),
  /** When it was connected to a plane that was running already, installed by Hangar or by others; absent: never. */
  connectedAt: Timestamp.optional(),
  /** Of a plane that was connected to. `others`: its releases have no marks of Hangar, which then changes nothing. Absent: Hangar. */
  installedBy: InstalledBy.optional(),
  /** When an uninstall last succeeded; absent: never, or it was installed again since. */
  uninstalledAt: Timestamp.optional(),
  /** Only of the plane that comes with Hangar: all of its states are of this time. It is in no list, and nothing changes it. */
  recordedAt: Timestamp.optional(),
  /** Given by the user, to group planes. */
  labels: Labels.optional(),
  /** Listed first. */
  pinned: z.boolean().optional(),
})
export type Plane = z.infer<typeof Plane>

/** The settings of a values file that a profile has. `taken` and `unknown`: their paths, such as `controlPlane.host`. */
export const ImportedValues = z.strictObject({
  settings: JsonObject,
  taken: z.array(z.string()),
  unknown: z.array(z.string()),
})
export type ImportedValues = z.infer<typeof ImportedValues>

/** What a certificate says of itself; it is not verified. */
export const CertificateFacts = z.strictObject({
  subject: z.string(),
  issuer: z.string(),
  notBefore: Timestamp,
  notAfter: Timestamp,
})
export type CertificateFacts = z.infer<typeof CertificateFacts>

const PlaneId = z.strictObject({ planeId: z.uuid() })
/** What a plane is described by before anything is known of its cluster. */
const NewPlane = { name: Slug, profile: z.string(), contextId: z.string(), managementModel: z.string() }

export const planes = {
  list: procedure.output(z.array(Plane)),
  get: procedure.input(PlaneId).output(Plane),
  create: procedure
    .input(
      z.strictObject({
        ...NewPlane,
        ...PlaneValues.shape,
      }),
    )
    .output(Plane),
  /**
   * Adds a plane that runs already, installed by Hangar or by others, with the settings that are known of it. The cluster is not changed.
   * Throws PLANE_EXISTS, CONTEXT_UNKNOWN or PROFILE_*.
   */
  connect: procedure
    .input(
      z.strictObject({
        ...NewPlane,
        settings: JsonObject.default({}),
        installedBy: InstalledBy.default('hangar'),
      }),
    )
    .output(Plane),
  /** Without `overrides`, the stored ones stay. */
  update: procedure
    .input(
      z.strictObject({
        planeId: z.uuid(),
        settings: JsonObject,
        overrides: PlaneValues.shape.overrides.unwrap().optional(),
      }),
    )
    .output(Plane),
  /**
   * Uses another context from now on: its kubeconfig was moved or replaced. The cluster is not changed. Throws
   * CONTEXT_UNKNOWN, KUBECONFIG_INVALID for a context that cannot be used, or OPERATION_RUNNING. For a plane that is installed:
   * CLUSTER_OTHER if the context reaches another cluster, and CLUSTER_* if it reaches none, unless `otherCluster`.
   */
  setContext: procedure
    .input(
      z.strictObject({
        planeId: z.uuid(),
        contextId: z.string(),
        /** The plane is to be on another cluster from now on. */
        otherCluster: z.boolean().optional(),
      }),
    )
    .output(Plane),
  /** Changes what the user calls the plane, and how it is listed; what is absent stays. Throws PLANE_EXISTS. */
  describe: procedure
    .input(
      z.strictObject({
        planeId: z.uuid(),
        name: Slug.optional(),
        labels: Labels.optional(),
        pinned: z.boolean().optional(),
      }),
    )
    .output(Plane),
  /** Removes the plane from this computer, with its credentials and logs. The cluster is not changed. */
  remove: procedure.input(PlaneId).output(z.strictObject({})),
  /** What a values file has for a profile. Nothing is stored. Throws FILE_INVALID or PROFILE_*. */
  importValues: procedure
    .input(
      z.strictObject({
        profile: z.string(),
        name: z.string().regex(/^\w[\w. -]{0,99}$/, 'the name of a file'),
        text: z.string().max(1_048_576),
      }),
    )
    .output(ImportedValues),
  /** The facts of the certificates of a text in PEM form, at most 20. Nothing is stored. The window sends no private key. */
  certificates: procedure.input(z.strictObject({ pem: z.string().max(200_000) })).output(z.array(CertificateFacts)),
  /** What changed in the plane's profile since the user approved it; null: nothing. */
  profileChange: procedure.input(PlaneId).output(ProfileChange.nullable()),
  /** Approves the profile that `profileChange` showed. Throws PROFILE_CHANGED if it has changed again. */
  approveProfile: procedure
    .input(z.strictObject({ planeId: z.uuid(), digest: z.string().regex(/^[0-9a-f]{64}$/) }))
    .output(z.strictObject({})),
}
