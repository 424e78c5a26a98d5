import type { LogFormat } from '../../../preload/contract/profiles.ts'
import { beginsEvent } from './parse.ts'

/** One line of a container's stream with the time that the kubelet read it, in nanoseconds since 1970. */
export interface StreamLine {
  readonly ns: bigint
  readonly text: string
}

/** An event's whole text, its first line's time, and of how many lines it is made. */
export interface StreamEvent {
  readonly ns: bigint
  readonly lines: number
  readonly text: string
}

const maxLines = 500
const maxCharacters = 1_000_000

/**
 * Puts the lines of one container's stream together to events. A last event is held back until the next one begins,
 * or until the caller decides that it has waited long enough and calls `flush`.
 */
export class EventJoiner {
  readonly #format: LogFormat
  #lines: string[] = []
  #characters = 0
  #ns = 0n

  constructor(format: LogFormat) {
    this.#format = format
  }

  /** The event that this line ended, if it did. */
  push({ ns, text }: StreamLine): StreamEvent | undefined {
    const full = this.#lines.length >= maxLines || this.#characters + text.length > maxCharacters
    const ended = full || beginsEvent(this.#format, text) ? this.flush() : undefined
    if (this.#lines.length === 0) this.#ns = ns
    this.#lines.push(text)
    this.#characters += text.length
    return ended
  }

  flush(): StreamEvent | undefined {
    if (this.#lines.length === 0) return undefined
    const event = { ns: this.#ns, lines: this.#lines.length, text: this.#lines.join('\n') }
    this.#lines = []
    this.#characters = 0
    return event
  }
}
