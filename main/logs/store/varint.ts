/** Writes whole numbers in as few bytes as they need: 7 bits a byte, the lowest first (LEB128). */
export class VarintWriter {
  #bytes = Buffer.allocUnsafe(4_096)
  #length = 0

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** From 0 to 2^53 - 1. */
  unsigned(number: number): void {
    this.#reserve(8)
    let rest = number
    // Bit operations are of 32 bits.
    for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 128)) this.#push((rest % 128) | 0x80)
    for (; rest > 0x7f; rest >>>= 7) this.#push((rest & 0x7f) | 0x80)
    this.#push(rest)
  }

  /** From -2^52 to 2^52 - 1. Small numbers of either sign are short. */
  signed(number: number): void {
    this.unsigned(number < 0 ? -2 * number - 1 : 2 * number)
  }

  text(text: string): void {
    const bytes = Buffer.from(text)
    this.unsigned(bytes.length)
    this.raw(bytes)
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #push(byte: number): void {
    this.#bytes[this.#length] = byte
    this.#length += 1
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + bytes))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}

/** Reads what `VarintWriter` wrote. Throws RangeError at the end of the bytes and for numbers that it does not write. */
export class VarintReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  unsigned(): number {
    let byte = this.#bytes[this.#at] ?? missing()
    this.#at += 1
    if (byte < 0x80) return byte
    let number = byte & 0x7f
    for (let scale = 128; byte >= 0x80; scale *= 128) {
      byte = this.#bytes[this.#at] ?? missing()
      this.#at += 1
      number += (byte & 0x7f) * scale
      if (number > Number.MAX_SAFE_INTEGER) missing()
    }
    return number
  }

  signed(): number {
    const number = this.unsigned()
    return number % 2 === 0 ? number / 2 : -(number + 1) / 2
  }

  text(): string {
    return this.raw(this.unsigned()).toString()
  }

  raw(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) missing()
    const bytes = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return bytes
  }
}

function missing(): never {
  throw new RangeError('A column is damaged')
}
