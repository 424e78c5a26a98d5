import { Duplex } from 'node:stream'
import { handshakeLimitBytes } from '../limits.ts'

const recordedBytes = 64

/** An alert of TLS 1.2; in TLS 1.3 it looks like data, and is two bytes with their type and tag (RFC 8446 §5.2, §6). */
const alertType = 0x15
const dataType = 0x17
const sealedAlertBytes = 19
const recordHeadBytes = 5

/** Follows TLS records, and remembers whether the last complete one may have been an alert. */
class Records {
  #head = Buffer.alloc(0)
  #leftBytes = 0
  #mayBeAlert = false
  lastAt: number | undefined

  follow(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#leftBytes === 0) {
        const more = chunk.subarray(at, at + recordHeadBytes - this.#head.length)
        at += more.length
        this.#head = Buffer.concat([this.#head, more])
        if (this.#head.length < recordHeadBytes) return
        this.#leftBytes = this.#head.readUInt16BE(3)
        const type = this.#head[0]
        this.#mayBeAlert = type === alertType || (type === dataType && this.#leftBytes <= sealedAlertBytes)
        this.#head = Buffer.alloc(0)
      }
      const used = Math.min(this.#leftBytes, chunk.length - at)
      at += used
      this.#leftBytes -= used
      if (this.#leftBytes === 0) this.lastAt = performance.now()
    }
  }
  get endedInAlert(): boolean {
    return this.#mayBeAlert && this.#leftBytes === 0
  }
}

/**
 * Sits between TCP and TLS: counts the received bytes, records the first ones as evidence, and closes the connection when the
 * peer sends more than any handshake needs.
 */
export class ObservedStream extends Duplex {
  readonly #inner: Duplex
  readonly #records = new Records()
  #received = 0
  #first = Buffer.alloc(0)
  #handshake: Buffer[] = []
  #isUnlimited = false
  /** How the peer ended the connection, which TLS does not always report. */
  #ending: 'closed' | 'reset' | undefined

  constructor(inner: Duplex) {
    super({ allowHalfOpen: true })
    this.#inner = inner
    inner.on('data', (chunk: Buffer) => this.#receive(chunk))
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
  /**
   * Whether the last record may have been an alert, as an orderly end of TLS is (close_notify). `dataAt`: when TLS last gave
   * data; an alert gives none. No device on the path can forge one: it is encrypted with the keys of both ends.
   */
  endedWithAlert(dataAt: number | undefined): boolean {
    const { lastAt, endedInAlert } = this.#records
    return endedInAlert && lastAt !== undefined && (dataAt === undefined || dataAt < lastAt)
  }
  /** All that was received so far, while the handshake lasts. */
  get handshakeBytes(): Buffer {
    return Buffer.concat(this.#handshake)
  }
  /** The handshake is done: what follows has its own limits. */
  removeLimit(): void {
    this.#isUnlimited = true
    this.#handshake = []
  }

  #receive(chunk: Buffer): void {
    this.#received += chunk.length
    this.#records.follow(chunk)
    if (!this.#isUnlimited) this.#handshake.push(chunk)
    if (this.#first.length < recordedBytes) this.#first = Buffer.concat([this.#first, chunk.subarray(0, recordedBytes)])
    if (!this.#isUnlimited && this.#received > handshakeLimitBytes) {
      this.destroy(Object.assign(new Error('more than a handshake'), { code: 'HANDSHAKE_TOO_LARGE' }))
      return
    }
    if (!this.push(chunk)) this.#inner.pause()
  }

  override _read(): void {
    this.#inner.resume()
  }
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#inner.write(chunk, (error) => {
      // A write may fail before the connection emits its error.
      if (error) this.#ending ??= 'reset'
      done(error)
    })
  }
  override _final(done: (error?: Error | null) => void): void {
    this.#inner.end(done)
  }
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#inner.destroy()
    done(error)
  }
}
