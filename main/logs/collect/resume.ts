import { createHash } from 'node:crypto'
import type { StreamLine } from '../parse/join.ts'
import type { Bookmark } from '../store/bookmark.ts'

/** The last line of a log: its time, and the hashes of the lines up to it that have this very time. */
export type Position = Pick<Bookmark, 'ns' | 'seen'>

/** Distinguishes lines of the same nanosecond; 72 bits, so that two of them do not collide. */
function lineHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 12)
}

/** The position after one more line. */
export function advance(position: Position | undefined, { ns, text }: StreamLine): Position {
  const seen = position?.ns === ns ? position.seen : []
  return { ns, seen: [...seen, lineHash(text)] }
}

/**
 * Separates the lines after a position from those before it, in a log that is read again. `sinceTime` counts whole
 * seconds and includes its own second, so that the line at the position comes again if this log has it.
 */
export class Resume {
  readonly #ns: bigint
  readonly #seen: string[]
  #found = false
  #past: boolean

  /** Without a position all lines are new. */
  constructor(position: Position | undefined) {
    this.#ns = position?.ns ?? 0n
    this.#seen = [...(position?.seen ?? [])]
    this.#past = position === undefined
  }

  /** Whether this log has the line at the position. Final with the first new line of a later time. */
  get found(): boolean {
    return this.#found
  }

  isNew({ ns, text }: StreamLine): boolean {
    if (this.#past) return true
    if (ns < this.#ns) return false
    if (ns > this.#ns) {
      this.#past = true
      return true
    }
    this.#found = true
    const at = this.#seen.indexOf(lineHash(text))
    if (at === -1) return true
    this.#seen.splice(at, 1)
    return false
  }
}
