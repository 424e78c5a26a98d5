import type { Plan } from '../../preload/contract/install.ts'
import type { Plane, PlaneValues } from '../../preload/contract/planes.ts'
import type { Profile } from '../../preload/contract/profiles.ts'
import type { Settings } from '../../preload/contract/settings.ts'
import type { StoredCredential } from '../../preload/contract/vault.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import type { ClusterConnection, KubernetesClient } from '../lib/kubernetes/client.ts'
import type { OperationStarter } from '../lib/operation.ts'
import type { ProgramFile } from '../lib/program-file.ts'

type MaybePromise<T> = T | Promise<T>

export interface LoadedProfile {
  readonly profile: Profile
  /** SHA-256 over all that the profile brings, hexadecimal. */
  readonly digest: string
  /** Folder of the profile's file. Chart paths are relative to it. */
  readonly folder: string
  /** Charts outside this folder are refused. */
  readonly root: string
  /** Digests that local charts must have, by their path in the profile. Absent: any. */
  readonly chartDigests?: Readonly<Record<string, string>>
}

/** A plane with its overrides of chart values, which never leave the main process. */
export type PlannedPlane = Plane & Pick<PlaneValues, 'overrides'>

/** What installing needs from other features. */
export interface InstallPorts {
  /** Settings that are not given have the profile's defaults. Throws PLANE_UNKNOWN. */
  plane(planeId: string): MaybePromise<PlannedPlane>
  /** As the user approved it. Throws PROFILE_CHANGED for an install if it changed since. */
  profile(plane: PlannedPlane, action: Plan['action']): MaybePromise<LoadedProfile>
  /** Throws CONTEXT_UNKNOWN and CLUSTER_*. The client is shared and must not be closed. */
  client(contextId: string): MaybePromise<KubernetesClient>
  connection(contextId: string): MaybePromise<ClusterConnection>
  /** Undefined if it is not stored. Throws VAULT_*. */
  secret(planeId: string, credential: string, key: string): MaybePromise<string | undefined>
  /** Which credentials are stored and since when, without their values. */
  credentials(planeId: string): MaybePromise<readonly StoredCredential[]>
  readonly operations: OperationStarter
  settings(): MaybePromise<Settings>
  /**
   * The helm on the PATH as it is now, which the user has allowed to run. A terminal asks. Throws HELM_MISSING,
   * HELM_UNPROTECTED or HELM_CONSENT_NEEDED.
   */
  allowedHelm(signal: AbortSignal): MaybePromise<ProgramFile>
  /** Records the cluster that the plane is installed on. */
  bindCluster(planeId: string, clusterUid: string): MaybePromise<void>
  /** Called when an install of the plane has succeeded. */
  markInstalled(planeId: string): MaybePromise<void>
  /** Called when an uninstall of the plane has succeeded. */
  markUninstalled(planeId: string): MaybePromise<void>
  /** A profile without a plane. Throws PROFILE_*. */
  namedProfile(name: string): MaybePromise<Pick<LoadedProfile, 'profile' | 'folder' | 'root'>>
  /** Settings with the defaults of a profile. */
  completeSettings(profile: Profile, settings: JsonObject): JsonObject
  /** The state folder. */
  readonly home: string
  /** Throws SETTINGS_INVALID, naming the setting. */
  checkSettings(profile: string, settings: JsonObject): MaybePromise<void>
}
