/**
 * A stream of bytes of which a certain number is read at once: headers, and the entries of an archive. Bytes are valid until
 * more are asked for, as those of the source.
 */
export class ByteStream {
  readonly #source: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#source = chunks[Symbol.asyncIterator]()
  }

  /** The next bytes, without taking them; fewer only at the end. */
  async peek(count: number): Promise<Buffer> {
    while (this.#rest.length < count) {
      const held = Buffer.from(this.#rest)
      const { done, value } = await this.#source.next()
      this.#rest = held
      if (done === true) break
      this.#rest = held.length === 0 ? value : Buffer.concat([held, value])
    }
    return this.#rest.subarray(0, count)
  }

  async take(count: number): Promise<Buffer> {
    const taken = await this.peek(count)
    this.#rest = this.#rest.subarray(taken.length)
    return taken
  }

  /** Up to this many bytes, in chunks. */
  async *chunks(count = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer, void> {
    for (let left = count; left > 0; ) {
      if (this.#rest.length === 0) await this.peek(1)
      if (this.#rest.length === 0) return
      const chunk = this.#rest.subarray(0, left)
      this.#rest = this.#rest.subarray(chunk.length)
      left -= chunk.length
      yield chunk
    }
  }

  /** Drops what a reader has left, and ends the source. */
  async close(): Promise<void> {
    await this.#source.return?.()
  }
}
