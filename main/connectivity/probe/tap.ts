import { Duplex } from 'node:stream'
import { handshakeLimitBytes } from './limits.ts'

const keptBytes = 64

/**
 * Sits between a connection and TLS: counts what comes, keeps the first bytes as evidence, and ends a far end that sends
 * more than any handshake needs.
 */
export class Tap extends Duplex {
  readonly #inner: Duplex
  #received = 0
  #first = Buffer.alloc(0)
  #unbounded = false
  /** How the far end left, as TLS does not always say. */
  #ending: 'closed' | 'reset' | undefined

  constructor(inner: Duplex) {
    super({ allowHalfOpen: true })
    this.#inner = inner
    inner.on('data', (chunk: Buffer) => this.#take(chunk))
    inner.on('end', () => {
      this.#ending ??= 'closed'
      this.push(null)
    })
    inner.on('error', (error) => {
      this.#ending ??= 'reset'
      this.destroy(error)
    })
    inner.on('close', () => {
      this.#ending ??= 'closed'
      this.destroy()
    })
  }

  get receivedBytes(): number {
    return this.#received
  }
  get firstBytes(): Buffer {
    return this.#first
  }
  get ending(): 'closed' | 'reset' | undefined {
    return this.#ending
  }
  /** The handshake is done: what follows has bounds of its own. */
  lift(): void {
    this.#unbounded = true
  }

  #take(chunk: Buffer): void {
    this.#received += chunk.length
    if (this.#first.length < keptBytes) this.#first = Buffer.concat([this.#first, chunk.subarray(0, keptBytes)])
    if (!this.#unbounded && this.#received > handshakeLimitBytes) {
      this.destroy(Object.assign(new Error('more than a handshake'), { code: 'HANDSHAKE_TOO_LARGE' }))
      return
    }
    if (!this.push(chunk)) this.#inner.pause()
  }

  override _read(): void {
    this.#inner.resume()
  }
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#inner.write(chunk, done)
  }
  override _final(done: (error?: Error | null) => void): void {
    this.#inner.end(done)
  }
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#inner.destroy()
    done(error)
  }
}
