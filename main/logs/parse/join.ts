import type { LogFormat } from '../../../preload/contract/profiles.ts'
import { Boundaries, maxRecordLines } from './boundaries.ts'
import { withoutColours } from './colours.ts'

/** One line of a container's log, with the time at which the node's runtime read it, in nanoseconds since 1970. */
export interface StreamLine {
  readonly ns: bigint
  readonly text: string
  /** It is the next part of the line before, which is longer than an event may be. */
  readonly continued?: boolean
}

/** An event's whole text, the time of its first line, and the number of its lines. */
export interface StreamEvent {
  readonly ns: bigint
  readonly lines: number
  readonly text: string
}

/** Of an event, and so of a line: a longer one is stored in parts. */
export const maxCharacters = 1_000_000

/**
 * Joins the lines of one container's log to events. The last event is held back until the next one begins, or until
 * the caller calls `flush`.
 */
export class EventJoiner {
  readonly #boundaries: Boundaries
  #lines: string[] = []
  #characters = 0
  #ns = 0n

  constructor(format: LogFormat) {
    this.#boundaries = new Boundaries(format)
  }

  /** The event that ends before this line, if one does. */
  push({ ns, text, continued = false }: StreamLine): StreamEvent | undefined {
    const bytes = Buffer.from(text)
    const line = bytes.includes(0x1b) ? withoutColours(bytes) : bytes
    const isFull = this.#lines.length >= maxRecordLines || this.#characters + text.length > maxCharacters
    const begins = isFull || continued || this.#boundaries.read(line, 0, line.length)
    const ended = begins ? this.flush() : undefined
    if (isFull || continued) this.#boundaries.read(line, 0, line.length)
    if (begins) this.#boundaries.begin()
    else this.#boundaries.extend()
    if (this.#lines.length === 0) this.#ns = ns
    this.#lines.push(text)
    this.#characters += text.length
    return ended
  }

  flush(): StreamEvent | undefined {
    this.#boundaries.reset()
    if (this.#lines.length === 0) return undefined
    const event = { ns: this.#ns, lines: this.#lines.length, text: this.#lines.join('\n') }
    this.#lines = []
    this.#characters = 0
    return event
  }
}
