import type { Plane, PlaneValues } from '../../preload/contract/planes.ts'
import type { Profile } from '../../preload/contract/profiles.ts'
import type { Settings } from '../../preload/contract/settings.ts'
import type { StoredCredential } from '../../preload/contract/vault.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import type { ClusterConnection, KubernetesClient } from '../lib/kubernetes/client.ts'
import type { OperationStarter } from '../lib/operation.ts'

type MaybePromise<T> = T | Promise<T>
export type Json = JsonObject[string]

export interface LoadedProfile {
  readonly profile: Profile
  /** Folder of the profile's file: charts are relative to it. */
  readonly folder: string
}

/** A plane with the chart values that are kept sealed: they stay in main. */
export type PlannedPlane = Plane & Pick<PlaneValues, 'overrides'>

/** All that installing needs of the other features. */
export interface InstallPorts {
  /** With the profile's defaults where a setting is left out. Throws PLANE_UNKNOWN. */
  plane(planeId: string): MaybePromise<PlannedPlane>
  /** Throws PROFILE_UNKNOWN or PROFILE_INVALID. */
  profile(name: string): MaybePromise<LoadedProfile>
  /** Throws CONTEXT_UNKNOWN and CLUSTER_*. The client stays its lender's: it is not closed here. */
  client(contextId: string): MaybePromise<KubernetesClient>
  connection(contextId: string): MaybePromise<ClusterConnection>
  /** Undefined where none is stored. Throws VAULT_*. */
  secret(planeId: string, credential: string, key: string): MaybePromise<string | undefined>
  /** Which credentials are stored, and since when; never what they are. */
  credentials(planeId: string): MaybePromise<readonly StoredCredential[]>
  readonly operations: OperationStarter
  settings(): MaybePromise<Settings>
  /** An install of this plane ended well. */
  markInstalled(planeId: string): MaybePromise<void>
  /** Hangar's folder for state. */
  readonly home: string
  /** Throws SETTINGS_INVALID, naming the setting. */
  checkSettings(profile: string, settings: JsonObject): MaybePromise<void>
  /** Puts the plane's settings where a text of the profile refers to them. Pure. */
  substitute(value: Json, settings: JsonObject): Json
}
