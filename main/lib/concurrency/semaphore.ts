/** Runs at most `count` generators at once; the others wait in their order. */
export class Semaphore {
  #free: number
  readonly #waiting = new Set<() => void>()

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
      this.#leave()
    }
  }

  /** Waits for a place; the result gives it back. */
  async acquire(signal: AbortSignal): Promise<() => void> {
    await this.#enter(signal)
    return this.#held()
  }

  /** A place, or undefined where one would have to wait for it; the result gives it back. */
  tryAcquire(): (() => void) | undefined {
    if (this.#free === 0) return undefined
    this.#free -= 1
    return this.#held()
  }

  #held(): () => void {
    let isHeld = true
    return () => {
      if (isHeld) this.#leave()
      isHeld = false
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const stop = (): void => {
      this.#waiting.delete(resolve)
      reject(signal.reason)
    }
    this.#waiting.add(resolve)
    signal.addEventListener('abort', stop, { once: true })
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /** Gives the place to the first that waits, so that one who comes back at once does not pass it. */
  #leave(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#free += 1
      return
    }
    this.#waiting.delete(next)
    next()
  }
}
