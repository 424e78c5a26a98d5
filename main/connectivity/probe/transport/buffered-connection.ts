import type { Duplex } from 'node:stream'
import { readLimitBytes } from '../limits.ts'
import { errorCode, withTimeout } from './time-limit.ts'

export type Reading<T> =
  | { readonly kind: 'value'; readonly value: T }
  /** The far end closed, was cut off, or sent more than may be kept, before there was a value. */
  | { readonly kind: 'closed' | 'overflow'; readonly rest: Buffer }
  | { readonly kind: 'error'; readonly code: string; readonly rest: Buffer }

/** What a parser takes off the front of what has come; undefined asks for more. */
export type Parser<T> = (bytes: Buffer) => { readonly value: T; readonly used: number } | undefined

/** Reads of a stream with a bound on what is kept: a far end that talks forever costs `readLimitBytes`. */
export class BufferedConnection {
  readonly #stream: Duplex
  #store = Buffer.alloc(1_024)
  #length = 0
  #end: { readonly kind: 'closed' | 'overflow' } | { readonly kind: 'error'; readonly code: string } | undefined
  #wake: () => void = () => undefined
  #dataAt: number | undefined

  constructor(stream: Duplex) {
    this.#stream = stream
    stream.on('data', (chunk: Buffer) => this.#append(chunk))
    stream.on('end', () => this.#finish({ kind: 'closed' }))
    stream.on('close', () => this.#finish({ kind: 'closed' }))
    stream.on('error', (error) => this.#finish({ kind: 'error', code: errorCode(error) }))
    // One that was paused, to be handed over, stays so otherwise.
    stream.resume()
  }

  /** What has come and was not taken. */
  get pending(): Buffer {
    return this.#store.subarray(0, this.#length)
  }

  /** When something last came, by the clock of `performance`. */
  get lastDataAt(): number | undefined {
    return this.#dataAt
  }

  write(bytes: Buffer | string): void {
    if (!this.#stream.destroyed && this.#stream.writable) this.#stream.write(bytes)
  }

  close(): void {
    this.#stream.destroy()
  }

  /** The far end has left; what had come before is still pending. */
  get ended(): boolean {
    return this.#end !== undefined
  }

  /** What `take` finds in what has come by now. */
  consume<T>(take: Parser<T>): T | undefined {
    const found = take(this.pending)
    if (found === undefined) return undefined
    this.#store.copyWithin(0, found.used, this.#length)
    this.#length -= found.used
    return found.value
  }

  /** Waits for something to come or the far end to leave, at most so long. Unlike a read, it leaves the connection as it is. */
  async waitForData(waitMs: number, signal: AbortSignal): Promise<void> {
    if (this.#end !== undefined) return
    const news = Promise.withResolvers<void>()
    this.#wake = news.resolve
    await withTimeout(waitMs, signal, () => news.promise)
  }

  /** The next value, as soon as `take` finds one. Throws when the signal ends first. */
  async read<T>(take: Parser<T>, limit: AbortSignal): Promise<Reading<T>> {
    for (;;) {
      limit.throwIfAborted()
      const found = take(this.pending)
      if (found !== undefined) {
        this.#store.copyWithin(0, found.used, this.#length)
        this.#length -= found.used
        return { kind: 'value', value: found.value }
      }
      if (this.#end !== undefined) return { ...this.#end, rest: Buffer.from(this.pending) }
      await this.#more(limit)
    }
  }

  async #more(limit: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const stop = (): void => {
      this.#stream.destroy()
      reject(limit.reason)
    }
    limit.addEventListener('abort', stop, { once: true })
    this.#wake = resolve
    try {
      await promise
    } finally {
      limit.removeEventListener('abort', stop)
    }
  }

  #append(chunk: Buffer): void {
    this.#dataAt = performance.now()
    if (this.#length + chunk.length > readLimitBytes) {
      this.#finish({ kind: 'overflow' })
      this.#stream.destroy()
      return
    }
    if (this.#length + chunk.length > this.#store.length) {
      const larger = Buffer.alloc(
        Math.min(readLimitBytes, Math.max(2 * this.#store.length, this.#length + chunk.length)),
      )
      this.#store.copy(larger, 0, 0, this.#length)
      this.#store = larger
    }
    chunk.copy(this.#store, this.#length)
    this.#length += chunk.length
    this.#wake()
  }

  #finish(end: { kind: 'closed' | 'overflow' } | { kind: 'error'; code: string }): void {
    this.#end ??= end
    this.#wake()
  }
}
