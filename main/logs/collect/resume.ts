import { createHash } from 'node:crypto'
import type { StreamLine } from '../parse/join.ts'
import type { Bookmark } from '../store/catalog.ts'

/** Tells lines of the very same nanosecond apart; long enough that two of one moment do not collide. */
function lineHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 12)
}

export type Seen = 'new' | 'known' | 'new-after-gap'

/**
 * Tells known lines from new ones when a stream is asked for again. The API's `sinceTime` counts whole seconds and
 * includes its own second, so that the last known line comes again: if it does not, the kubelet has rotated it away,
 * and lines between are missing.
 */
export class Resume {
  readonly #ns: bigint
  readonly #seen: string[]
  #met: boolean
  #past: boolean

  constructor(bookmark: Bookmark | undefined) {
    this.#ns = bookmark?.ns ?? -1n
    this.#seen = [...(bookmark?.seen ?? [])]
    this.#met = bookmark === undefined
    this.#past = bookmark === undefined
  }

  look({ ns, text }: StreamLine): Seen {
    if (this.#past) return 'new'
    if (ns < this.#ns) return 'known'
    if (ns === this.#ns) {
      this.#met = true
      const at = this.#seen.indexOf(lineHash(text))
      if (at === -1) return 'new'
      this.#seen.splice(at, 1)
      return 'known'
    }
    this.#past = true
    return this.#met ? 'new' : 'new-after-gap'
  }
}

/** Lines that were read and are not kept yet; moves the bookmark over those that are. */
export class Progress {
  #bookmark: Bookmark | undefined
  readonly #read: { readonly ns: bigint; readonly hash: string }[] = []

  constructor(bookmark: Bookmark | undefined) {
    this.#bookmark = bookmark
  }

  read({ ns, text }: StreamLine): void {
    this.#read.push({ ns, hash: lineHash(text) })
  }

  /** The next `lines` lines that were read are about to be kept. */
  kept(lines: number, restarts: number): void {
    for (const { ns, hash } of this.#read.splice(0, lines)) {
      const same = this.#bookmark?.ns === ns
      this.#bookmark = { ns, seen: same ? [...(this.#bookmark?.seen ?? []), hash] : [hash], restarts }
    }
  }

  get bookmark(): Bookmark | undefined {
    return this.#bookmark
  }
}
