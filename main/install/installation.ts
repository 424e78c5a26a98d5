/** A release as it is named in the cluster. */
export interface PlannedRelease {
  readonly name: string
  readonly namespace: string
  readonly title: string
  readonly via: 'helm' | 'flux'
  readonly timeoutSeconds: number
  /** Names of the earlier releases that it needs; undefined: all of them. */
  readonly needs?: readonly string[] | undefined
}

/** A Kubernetes Secret that the plane's charts refer to. Its values stay in the vault. */
export interface DesiredSecret {
  readonly credential: string
  readonly title: string
  readonly name: string
  readonly namespace: string
  readonly type: string
  readonly keys: readonly string[]
  readonly required: boolean
  /** Keys for which the vault has no value. */
  readonly missing: readonly string[]
  /** Digest of the times at which the keys were stored: it changes with the values and reveals nothing about them. */
  readonly contentDigest: string
}

/** Where a plane is in its cluster: all that an uninstall needs to know. */
export interface PlaneInstallation {
  readonly planeId: string
  readonly plane: string
  readonly profile: string
  readonly context: string
  /** In order of creation; the first one holds the lease. */
  readonly namespaces: readonly string[]
  readonly secrets: readonly DesiredSecret[]
  /** In order of installation. */
  readonly releases: readonly PlannedRelease[]
}
