/** What a JSON text of others costs at most. */
export interface JsonLimits {
  readonly values: number
  /** Levels of lists and mappings: what reads the value afterwards recurses. */
  readonly depth: number
}

/** Of a message of the window. Files enter as one text; the values of the largest known chart are a tenth of this. */
export const messageLimits: JsonLimits = { values: 100_000, depth: 100 }

/** What honest responses have: 16 bytes a value on average, and schemas some hundred levels deep. Parsing this takes a second. */
export const responseLimits: JsonLimits = { values: 4_000_000, depth: 1_000 }

/** Of one object. etcd accepts 1.5 MiB, which has 100,000 values at 16 bytes each. */
export const objectLimits: JsonLimits = { values: 500_000, depth: 1_000 }

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openings: ReadonlySet<number> = new Set([0x5b, 0x7b])
const whitespace: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])
const closings: ReadonlySet<number> = new Set([0x5d, 0x7d])

/** Whether a JSON text has more values or levels than these. Linear, also for a text that is no JSON. Pure. */
export const exceedsJsonLimits = (text: Uint8Array, limits: JsonLimits): boolean =>
  countJsonValues(text, limits) === undefined

/**
 * The values of a JSON text; undefined where it has more values or levels than these. A list or a mapping inside another one
 * counts as two values. A limit of bytes alone is none: each `[],` of a text takes a hundred times its size, and the time to
 * match. Linear, also for a text that is no JSON. Pure.
 */
export function countJsonValues(text: Uint8Array, { values, depth }: JsonLimits): number | undefined {
  let count = 0
  let level = 0
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at] ?? 0
    if (byte === quote) at = endOfText(text, at)
    else if (byte === comma) count += 1
    else if (openings.has(byte)) {
      count += 1
      level += 1
    } else if (closings.has(byte)) level -= 1
    if (count > values || level > depth) return undefined
  }
  return count
}

/** The lists and mappings of a text that has one after another, and what is left at its end. Linear, and parses nothing. Pure. */
export function jsonValuesIn(text: Buffer): readonly Buffer[] {
  const values: Buffer[] = []
  let start = 0
  let level = 0
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at] ?? 0
    if (byte === quote) at = endOfText(text, at)
    else if (openings.has(byte)) level += 1
    else if (closings.has(byte)) {
      level -= 1
      if (level !== 0) continue
      values.push(text.subarray(start, at + 1))
      start = at + 1
    }
  }
  const rest = text.subarray(start)
  return rest.some((byte) => !whitespace.has(byte)) ? [...values, rest] : values
}

/** The index of the quote that ends the text which begins at `start`; the last index where none does. */
function endOfText(text: Uint8Array, start: number): number {
  for (let end = text.indexOf(quote, start + 1); end !== -1; end = text.indexOf(quote, end + 1)) {
    let before = end
    while (text[before - 1] === backslash) before -= 1
    // An odd number of backslashes escapes the quote.
    if ((end - before) % 2 === 0) return end
  }
  return text.length
}
