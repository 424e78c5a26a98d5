/** Looks up words in bytes without making a string of them. Letters match in both cases. */
export class WordTable {
  readonly #mask: number
  readonly #words: (Uint8Array | undefined)[]
  readonly #values: Uint8Array
  readonly #longest: number

  /** Values are from 1 to 255. */
  constructor(values: Readonly<Record<string, number>>) {
    const entries = Object.entries(values).map(([word, value]) => [Buffer.from(word), value] as const)
    const slots = 2 ** Math.ceil(Math.log2(entries.length * 4))
    this.#mask = slots - 1
    this.#words = Array.from({ length: slots }, () => undefined)
    this.#values = new Uint8Array(slots)
    this.#longest = Math.max(...entries.map(([word]) => word.length))
    for (const [word, value] of entries) {
      let slot = hash(word, 0, word.length) & this.#mask
      while (this.#words[slot] !== undefined) slot = (slot + 1) & this.#mask
      this.#words[slot] = word
      this.#values[slot] = value
    }
  }

  /** The word's value; 0 for any other word. */
  value(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start
    if (length <= 0 || length > this.#longest) return 0
    let slot = hash(bytes, start, end) & this.#mask
    for (;;) {
      const word = this.#words[slot]
      if (word === undefined) return 0
      if (word.length === length && same(word, bytes, start)) return this.#values[slot] ?? 0
      slot = (slot + 1) & this.#mask
    }
  }
}

/** Sets the bit that makes a letter lower-case. */
const lowerCase = 0x20

function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = end - start
  for (let at = start; at < end; at += 1) value = (Math.imul(value, 31) + ((bytes[at] ?? 0) | lowerCase)) | 0
  return value ^ (value >>> 7)
}

function same(word: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < word.length; at += 1) {
    if (((word[at] ?? 0) | lowerCase) !== ((bytes[start + at] ?? 0) | lowerCase)) return false
  }
  return true
}
