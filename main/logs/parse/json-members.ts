import {
  backslash,
  closeBrace,
  closeBracket,
  closeRound,
  colon,
  comma,
  openBrace,
  openBracket,
  openRound,
  quote,
} from './ascii.ts'

/** A key of this length or more is not looked for where a line is malformed. */
const maxKeyBytes = 100

/**
 * Steps through the members of one JSON object, as ranges of bytes: nothing is decoded and nothing is nested, so that no
 * depth or length can exhaust anything. Where the text is malformed (an unescaped quote, a cut line), it resumes at the next
 * member that can be read. Time is linear in the length.
 */
export class JsonMembers {
  keyStart = 0
  keyEnd = 0
  /** Of the value; without the quotes of a string. */
  start = 0
  end = 0
  isString = false
  /** The object was read to its closing brace, without a fault. */
  complete = false
  #bytes: Uint8Array = new Uint8Array()
  #at = 0
  #limit = 0
  #sound = true

  /** Of the object whose brace is at this index. */
  open(bytes: Uint8Array, at: number, limit: number): this {
    this.#bytes = bytes
    this.#at = at + 1
    this.#limit = limit
    this.#sound = true
    this.complete = false
    return this
  }

  get value(): 'string' | 'object' | 'other' {
    return this.isString ? 'string' : this.#bytes[this.start] === openBrace ? 'object' : 'other'
  }

  /** Moves to the next member; false at the end of the object or of the text. */
  next(): boolean {
    const bytes = this.#bytes
    let at = this.#at
    for (;;) {
      while (at < this.#limit && (isSpace(bytes[at]) || bytes[at] === comma)) at += 1
      if (at >= this.#limit) return false
      if (bytes[at] === closeBrace) {
        this.complete = this.#sound
        return false
      }
      const value = bytes[at] === quote ? this.#readKey(at) : -1
      if (value !== -1) {
        this.#readValue(value)
        return true
      }
      this.#sound = false
      at = this.#nextKey(at + 1)
    }
  }

  /** Index of the value of the key at `at`; -1 where no key begins. */
  #readKey(at: number): number {
    const bytes = this.#bytes
    const end = stringEnd(bytes, at + 1, this.#limit)
    if (end === -1) return -1
    let after = end + 1
    while (isSpace(bytes[after]) && after < this.#limit) after += 1
    if (bytes[after] !== colon || after >= this.#limit) return -1
    this.keyStart = at + 1
    this.keyEnd = end
    after += 1
    while (isSpace(bytes[after]) && after < this.#limit) after += 1
    return after
  }

  #readValue(at: number): void {
    const bytes = this.#bytes
    const first = at < this.#limit ? bytes[at] : undefined
    this.isString = first === quote
    if (this.isString) {
      this.start = at + 1
      this.end = this.#endOfString(at + 1)
      this.#at = this.end + 1
      return
    }
    this.start = at
    this.end = first === openBrace || first === openBracket ? this.#endOfNested(at) : this.#endOfWord(at)
    this.#at = this.end
  }

  /** A quote ends a string only before a comma or a closing bracket: a logger that does not escape leaves others inside. */
  #endOfString(start: number): number {
    const bytes = this.#bytes
    for (let at = start; ; ) {
      const end = stringEnd(bytes, at, this.#limit)
      if (end === -1) {
        this.#sound = false
        return this.#limit
      }
      let after = end + 1
      while (isSpace(bytes[after]) && after < this.#limit) after += 1
      const next = bytes[after]
      if (after >= this.#limit || next === comma || next === closeBrace || next === closeBracket) return end
      this.#sound = false
      at = end + 1
    }
  }

  #endOfWord(start: number): number {
    const bytes = this.#bytes
    let at = start
    while (at < this.#limit && bytes[at] !== comma && bytes[at] !== closeBrace) at += 1
    let end = at
    while (end > start && isSpace(bytes[end - 1])) end -= 1
    return end
  }

  #endOfNested(at: number): number {
    const end = this.#sound ? endOfBrackets(this.#bytes, at, this.#limit, true) : -1
    if (end !== -1) return end
    // Strings inside are malformed, or the line was cut. Tried once without regard to strings, so that time stays linear.
    this.#sound = false
    const loose = endOfBrackets(this.#bytes, at, this.#limit, false)
    return loose === -1 ? this.#limit : loose
  }

  /** The next quote after a comma that begins a key. */
  #nextKey(start: number): number {
    const bytes = this.#bytes
    for (let at = start; at < this.#limit; at += 1) {
      if (bytes[at] !== comma) continue
      let key = at + 1
      while (isSpace(bytes[key]) && key < this.#limit) key += 1
      if (bytes[key] !== quote) continue
      const end = stringEnd(bytes, key + 1, Math.min(this.#limit, key + maxKeyBytes))
      if (end !== -1 && bytes[end + 1] === colon) return key
    }
    return this.#limit
  }
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d

/** Index of the quote that ends a string; -1 where none does. */
export function stringEnd(bytes: Uint8Array, start: number, limit: number): number {
  for (let at = start; at < limit; at += 1) {
    const byte = bytes[at]
    if (byte === quote) return at
    if (byte === backslash) at += 1
  }
  return -1
}

/** Index after the bracket that closes the one at `at`; -1 where none does. Round ones count too: Ballerina's nil is `()`. */
export function endOfBrackets(bytes: Uint8Array, at: number, limit: number, strings: boolean): number {
  let depth = 0
  for (let index = at; index < limit; index += 1) {
    const byte = bytes[index]
    if (byte === quote && strings) {
      index = stringEnd(bytes, index + 1, limit)
      if (index === -1) return -1
    } else if (byte === openBrace || byte === openBracket || byte === openRound) depth += 1
    else if (byte === closeBrace || byte === closeBracket || byte === closeRound) {
      depth -= 1
      if (depth === 0) return index + 1
    }
  }
  return -1
}
