import { setTimeout as delay } from 'node:timers/promises'

/** A pause that can be ended early. */
export class Wake {
  #pause = new AbortController()

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    this.#pause = new AbortController()
    await delay(ms, undefined, { signal: AbortSignal.any([signal, this.#pause.signal]) }).catch(() =>
      signal.throwIfAborted(),
    )
  }

  now(): void {
    this.#pause.abort()
  }
}
