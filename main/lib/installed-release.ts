import type { JsonObject } from '../../preload/contract/words.ts'
import type { ChartFile } from './chart-folder.ts'

/** A release of a cluster, as helm recorded its last deployed revision. Its values can contain secrets. */
export interface InstalledRelease {
  readonly name: string
  readonly namespace: string
  /** The Secret with the record. */
  readonly secret: string
  /** When the release was first installed, RFC 3339; empty: unknown. */
  readonly installedAt: string
  readonly chart: { readonly name: string; readonly version: string }
  /** What the record has of the chart: all but the charts inside of it. */
  readonly chartFiles: readonly ChartFile[]
  /** Names of charts inside of it, which helm does not record. */
  readonly missingCharts: readonly string[]
  /** Of the record, without the chart's defaults. */
  readonly values: JsonObject
  /** Of its manifest. */
  readonly objects: readonly Readonly<Record<string, unknown>>[]
  /** Where Flux fetches the chart, for a release that Flux installs. */
  readonly source?: { readonly url: string; readonly tag?: string; readonly insecure: boolean } | undefined
}

/** The releases of a cluster. */
export interface InstalledReleases {
  /** In the order in which they were first installed. */
  readonly releases: readonly InstalledRelease[]
  /** What could not be read, and why. */
  readonly unread: readonly { readonly place: string; readonly text: string; readonly why: string }[]
}
