import type { Duplex } from 'node:stream'
import { readLimitBytes } from '../limits.ts'
import { errorCode, withTimeout } from './time-limit.ts'

export type Reading<T> =
  | { readonly kind: 'value'; readonly value: T }
  /** The peer closed the connection or sent more than the limit before there was a value. */
  | { readonly kind: 'closed' | 'overflow'; readonly rest: Buffer }
  | { readonly kind: 'error'; readonly code: string; readonly rest: Buffer }

/** Parses a value at the start of the received bytes; undefined when it needs more of them. */
export type Parser<T> = (bytes: Buffer) => { readonly value: T; readonly used: number } | undefined

/** Buffered reads of a stream. A peer that sends without end costs at most `readLimitBytes`. */
export class BufferedConnection {
  readonly #stream: Duplex
  #buffer = Buffer.alloc(1_024)
  #length = 0
  #end: { readonly kind: 'closed' | 'overflow' } | { readonly kind: 'error'; readonly code: string } | undefined
  #notify: () => void = () => undefined
  #dataAt: number | undefined

  constructor(stream: Duplex) {
    this.#stream = stream
    stream.on('data', (chunk: Buffer) => this.#append(chunk))
    stream.on('end', () => this.#finish({ kind: 'closed' }))
    stream.on('close', () => this.#finish({ kind: 'closed' }))
    stream.on('error', (error) => this.#finish({ kind: 'error', code: errorCode(error) }))
    // A stream that was paused to be handed over would stay paused.
    stream.resume()
  }

  /** The bytes received and not yet consumed. */
  get pending(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  /** When data was last received, by the clock of `performance`. */
  get lastDataAt(): number | undefined {
    return this.#dataAt
  }

  write(bytes: Buffer | string): void {
    if (!this.#stream.destroyed && this.#stream.writable) this.#stream.write(bytes)
  }

  close(): void {
    this.#stream.destroy()
  }

  /** The peer closed the connection. What it sent before is still pending. */
  get ended(): boolean {
    return this.#end !== undefined
  }

  /** It ended by an error of the connection, such as a reset. */
  get wasReset(): boolean {
    return this.#end?.kind === 'error'
  }

  /** Consumes the value that `parse` finds in the bytes received so far. */
  consume<T>(parse: Parser<T>): T | undefined {
    const parsed = parse(this.pending)
    if (parsed === undefined) return undefined
    this.#buffer.copyWithin(0, parsed.used, this.#length)
    this.#length -= parsed.used
    return parsed.value
  }

  /** Waits for data or the end of the connection, at most `waitMs`. Unlike a read, it never closes the connection. */
  async waitForData(waitMs: number, signal: AbortSignal): Promise<void> {
    if (this.#end !== undefined) return
    const arrival = Promise.withResolvers<void>()
    this.#notify = arrival.resolve
    await withTimeout(waitMs, signal, () => arrival.promise)
  }

  /** The next value, as soon as `parse` finds one. Throws when the signal aborts first, and closes the connection. */
  async read<T>(parse: Parser<T>, limit: AbortSignal): Promise<Reading<T>> {
    for (;;) {
      limit.throwIfAborted()
      const parsed = parse(this.pending)
      if (parsed !== undefined) {
        this.#buffer.copyWithin(0, parsed.used, this.#length)
        this.#length -= parsed.used
        return { kind: 'value', value: parsed.value }
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
    this.#notify = resolve
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
    if (this.#length + chunk.length > this.#buffer.length) {
      const larger = Buffer.alloc(
        Math.min(readLimitBytes, Math.max(2 * this.#buffer.length, this.#length + chunk.length)),
      )
      this.#buffer.copy(larger, 0, 0, this.#length)
      this.#buffer = larger
    }
    chunk.copy(this.#buffer, this.#length)
    this.#length += chunk.length
    this.#notify()
  }

  #finish(end: { kind: 'closed' | 'overflow' } | { kind: 'error'; code: string }): void {
    this.#end ??= end
    this.#notify()
  }
}
