/** Runs at most `count` generators at once; the others wait. */
export class Semaphore {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  async *hold<Event, Outcome>(
    start: () => AsyncGenerator<Event, Outcome>,
    signal: AbortSignal,
  ): AsyncGenerator<Event, Outcome> {
    await this.#enter(signal)
    try {
      return yield* start()
    } finally {
      this.#free += 1
      this.#waiting.shift()?.()
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    while (this.#free === 0) {
      signal.throwIfAborted()
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting.push(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
      await promise
    }
    signal.throwIfAborted()
    this.#free -= 1
  }
}
