import { hash } from 'node:crypto'
import type { StreamLine } from '../parse/join.ts'
import type { Bookmark } from '../store/bookmark.ts'

/**
 * A line in the file of a log: its time, and the hashes of the lines up to it that have this very time; its own is the last.
 * Order is the file's: times of stdout and stderr may be out of order, and a clock may be set back.
 */
export type Position = Pick<Bookmark, 'ns' | 'seen'>

/** Distinguishes lines of the same nanosecond; 72 bits, so that two of them do not collide. */
const lineHash = (text: string): string => hash('sha256', text, 'base64url').slice(0, 12)

/** Identifies the file of a log by its first line: rotation and restarts begin another one. */
export const fileOf = ({ ns, text }: StreamLine): string => `${ns}-${lineHash(text)}`

/** Lines of one nanosecond are this close to each other, also where two streams are written at once. */
const nearbyLines = 64

/** Advances over the lines of a log, and knows the position of the last one. */
export class Cursor {
  readonly #nearby: { readonly ns: bigint; readonly hash: string }[]

  constructor(position?: Position) {
    this.#nearby = position?.seen.map((seen) => ({ ns: position.ns, hash: seen })) ?? []
  }

  advance({ ns, text }: StreamLine): void {
    this.#nearby.push({ ns, hash: lineHash(text) })
    if (this.#nearby.length > nearbyLines) this.#nearby.shift()
  }

  get position(): Position | undefined {
    const ns = this.#nearby.at(-1)?.ns
    if (ns === undefined) return undefined
    return { ns, seen: this.#nearby.filter((each) => each.ns === ns).map((each) => each.hash) }
  }
}

/** Finds a position in a log that is read again: what follows it in the file is new, whatever its time. */
export class Finder {
  readonly #ns: bigint
  readonly #hash: string | undefined
  #missing: number

  constructor({ ns, seen }: Position) {
    this.#ns = ns
    this.#hash = seen.at(-1)
    this.#missing = seen.filter((each) => each === this.#hash).length
  }

  /** The line at the position was read. */
  get found(): boolean {
    return this.#missing === 0
  }

  isNew({ ns, text }: StreamLine): boolean {
    if (this.found) return true
    if (ns === this.#ns && lineHash(text) === this.#hash) this.#missing -= 1
    return false
  }
}

/** Whether the line is the one at the position, as far as one line can show it. */
export const isAt = ({ ns, seen }: Position, line: StreamLine): boolean =>
  line.ns === ns && lineHash(line.text) === seen.at(-1)
