import type { JsonObject } from '../../../preload/contract/words.ts'
import type { Word } from './shell-commands.ts'

/** `sure`: written in the files. `likely`: follows from them by a convention. `guess`: neither. */
export type Confidence = 'sure' | 'likely' | 'guess'

/** Where something was found: a file, an object or a list, and what is written there. */
export interface Evidence {
  readonly place: string
  readonly text: string
}

/** What of the files has no effect on the draft, and why. */
export interface Unread extends Evidence {
  readonly why: string
}

/** One value of `--set`. Keys and list indexes of the path are as helm reads them. */
export interface SetValue {
  readonly path: readonly (string | number)[]
  /** `file`: the value is the content of the file that the word names. */
  readonly kind: 'typed' | 'text' | 'json' | 'file'
  readonly word: Word
}

/** In order; later ones take precedence. */
export type ValueLayer =
  | { readonly file: string }
  | { readonly values: JsonObject }
  /** Of a cluster, without secrets. At the paths of `differing`, another release there has another value. */
  | { readonly installed: JsonObject; readonly differing: ReadonlySet<string> }
  | { readonly sets: readonly SetValue[] }

/** A release as a script or a helmfile names it. */
export interface VendorRelease {
  readonly name: string
  readonly namespace: string | undefined
  /** A path, an address, or REPOSITORY/NAME as written; variables are left out of it. */
  readonly chart: string
  readonly version: string | undefined
  /** Address of the chart repository. */
  readonly repository: string | undefined
  readonly layers: readonly ValueLayer[]
  /** Names of releases that come first. */
  readonly needs: readonly string[]
  readonly timeoutSeconds: number | undefined
  readonly confidence: Confidence
  readonly evidence: readonly Evidence[]
  /** Where Flux fetches the chart, for a release that Flux installs. */
  readonly source?: { readonly url: string; readonly tag?: string; readonly insecure: boolean } | undefined
}
