import { ascii, equals, exclamation, greater, less, question, quote, slash, space, tab } from './ascii.ts'
import { endOfBrackets, stringEnd } from './json-members.ts'

const brackets: ReadonlySet<number> = new Set([...'{[('].map(ascii))

const maxKeyBytes = 200

/**
 * Steps through the pairs of a logfmt line, as ranges of bytes. A value is a quoted string, a bare word, or what Ballerina
 * prints bare: a value in brackets, or XML (module-ballerina-log, spec.md). Ballerina before 2201.7 put spaces around the
 * equals sign. A malformed value ends where the next pair begins; words without a key are part of the value before
 * them. Time is linear in the length.
 */
export class LogfmtPairs {
  keyStart = 0
  keyEnd = 0
  /** Of the value; without the quotes of a string. */
  start = 0
  end = 0
  isString = false
  /** The last value has an opening bracket, tag or quote and no closing one: it may continue on the next line. */
  unclosed = false
  #bytes: Uint8Array = new Uint8Array()
  #at = 0
  #limit = 0
  #spaced = false
  #strings = true

  open(bytes: Uint8Array, at: number, limit: number): this {
    this.#bytes = bytes
    this.#at = at
    this.#limit = limit
    this.#spaced = false
    this.#strings = true
    this.unclosed = false
    return this
  }

  /** Moves to the next pair; false at the end of the line. */
  next(): boolean {
    const bytes = this.#bytes
    let at = this.#at
    for (;;) {
      while (at < this.#limit && isBlank(bytes[at])) at += 1
      if (at >= this.#limit) return false
      const end = keyEnd(bytes, at, this.#limit)
      const equalsAt = equalsAfter(bytes, end, this.#limit)
      if (end > at && equalsAt !== -1) {
        this.keyStart = at
        this.keyEnd = end
        if (equalsAt > end) this.#spaced = true
        this.#readValue(equalsAt + 1)
        return true
      }
      while (at < this.#limit && !isBlank(bytes[at])) at += 1
    }
  }

  #readValue(from: number): void {
    const bytes = this.#bytes
    let at = from
    if (this.#spaced) while (at < this.#limit && isBlank(bytes[at])) at += 1
    const first = at < this.#limit ? bytes[at] : undefined
    this.isString = first === quote
    this.start = at
    if (this.#spaced && this.#beginsPair(at)) {
      this.end = at
    } else if (first === quote) {
      this.start = at + 1
      this.end = this.#endOfString(at + 1)
      this.#at = this.end + 1
      return
    } else if (first !== undefined && (brackets.has(first) || first === less)) {
      const end = first === less ? endOfXml(bytes, at, this.#limit) : this.#endOfBrackets(at)
      this.unclosed ||= end === -1
      this.end = end !== -1 && this.#ends(end) ? end : this.#nextPair(at)
    } else {
      this.end = this.#endOfWords(at)
    }
    this.#at = this.end
  }

  #endOfBrackets(at: number): number {
    const end = this.#strings ? endOfBrackets(this.#bytes, at, this.#limit, true) : -1
    if (end !== -1 && this.#ends(end)) return end
    // A quote inside is not escaped. From here on, no value is tried with regard to strings: time stays linear.
    this.#strings = false
    return endOfBrackets(this.#bytes, at, this.#limit, false)
  }

  /** A quote ends a string only at the end of the line or before a space. */
  #endOfString(start: number): number {
    for (let at = start; ; ) {
      const end = stringEnd(this.#bytes, at, this.#limit)
      if (end === -1) {
        this.unclosed = true
        return this.#limit
      }
      if (this.#ends(end + 1)) return end
      at = end + 1
    }
  }

  #ends = (at: number): boolean => at >= this.#limit || isBlank(this.#bytes[at])

  #endOfWords(start: number): number {
    let end = start
    for (let at = start; at < this.#limit; ) {
      while (at < this.#limit && !isBlank(this.#bytes[at])) at += 1
      end = at
      while (at < this.#limit && isBlank(this.#bytes[at])) at += 1
      if (this.#beginsPair(at)) return end
    }
    return end
  }

  #nextPair(start: number): number {
    for (let at = start; at < this.#limit; at += 1) {
      if (isBlank(this.#bytes[at]) && this.#beginsPair(at + 1)) return at
    }
    return this.#limit
  }

  #beginsPair(at: number): boolean {
    const end = keyEnd(this.#bytes, at, this.#limit)
    if (end === at) return false
    return this.#spaced ? equalsAfter(this.#bytes, end, this.#limit) > end : this.#bytes[end] === equals
  }
}

const isBlank = (byte: number | undefined): boolean => byte === space || byte === tab || byte === 0x0a || byte === 0x0d

/** Index after the key at `at`; `at` itself where no key begins. Keys have letters of any script, digits and `_.-$/@`. */
function keyEnd(bytes: Uint8Array, at: number, limit: number): number {
  const last = Math.min(limit, at + maxKeyBytes)
  let end = at
  while (end < last && isKeyByte(bytes[end] ?? 0)) end += 1
  const first = bytes[at] ?? 0
  return (first >= 0x30 && first <= 0x39) || first === 0x2d ? at : end
}

const isKeyByte = (byte: number): boolean =>
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  (byte >= 0x2d && byte <= 0x39) ||
  byte === 0x5f ||
  byte === 0x24 ||
  byte === 0x40 ||
  byte >= 0x80

/** Index of the equals sign right after a key, or after one space and before another; -1 where there is none. */
function equalsAfter(bytes: Uint8Array, end: number, limit: number): number {
  if (end >= limit) return -1
  if (bytes[end] === equals) return end
  return bytes[end] === space && bytes[end + 1] === equals && end + 1 < limit && isBlank(bytes[end + 2]) ? end + 1 : -1
}

/** Index after the XML that begins here: elements until all are closed; -1 where they are not. */
function endOfXml(bytes: Uint8Array, start: number, limit: number): number {
  let depth = 0
  for (let at = start; at < limit; ) {
    const close = indexOf(bytes, greater, at + 1, limit)
    if (close === -1) return -1
    depth += xmlDepth(bytes, at, close)
    const isDeclaration = bytes[close - 1] === question
    if (depth <= 0 && !isDeclaration && bytes[close + 1] !== less) return close + 1
    // After a declaration comes an element, perhaps on the next line.
    const next = indexOf(bytes, less, close + 1, limit)
    if (next === -1) return -1
    at = next
  }
  return -1
}

/** What the tag from `<` to `>` adds to the depth. */
function xmlDepth(bytes: Uint8Array, open: number, close: number): number {
  const first = bytes[open + 1]
  if (first === slash) return -1
  if (first === question || first === exclamation || bytes[close - 1] === slash) return 0
  return 1
}

/** Within the limit: the bytes after it are of other lines. */
function indexOf(bytes: Uint8Array, byte: number, start: number, limit: number): number {
  for (let at = start; at < limit; at += 1) if (bytes[at] === byte) return at
  return -1
}
