type Ended<End> = { readonly value: End } | { readonly error: unknown }

/**
 * Carries items from producers that push to one reader that iterates. Unbounded: a producer that can outrun its reader needs
 * a limit of its own. Items pushed before the end are still read; items pushed after it are dropped.
 */
export class AsyncQueue<Item, End = void> {
  readonly #items: Item[] = []
  #ended: Ended<End> | undefined
  #changed = Promise.withResolvers<void>()

  readonly push = (item: Item): void => {
    if (this.#ended !== undefined) return
    this.#items.push(item)
    this.#changed.resolve()
  }

  /** Ends the queue with the result of the promise, or fails it with its error. */
  endWith(work: Promise<End>): void {
    work.then(
      (value) => this.#end({ value }),
      (error: unknown) => this.#end({ error }),
    )
  }

  /** Yields items in their order and returns the end's value. Throws the end's error, or the signal's reason at once. */
  async *read(signal: AbortSignal): AsyncGenerator<Item, End> {
    const wake = (): void => this.#changed.resolve()
    signal.addEventListener('abort', wake, { once: true })
    try {
      for (;;) {
        signal.throwIfAborted()
        if (this.#items.length > 0) {
          yield this.#items.shift() as Item // the queue is not empty
        } else if (this.#ended !== undefined) {
          if ('error' in this.#ended) throw this.#ended.error
          return this.#ended.value
        } else {
          await this.#changed.promise
          this.#changed = Promise.withResolvers<void>()
        }
      }
    } finally {
      signal.removeEventListener('abort', wake)
    }
  }

  #end(ended: Ended<End>): void {
    this.#ended ??= ended
    this.#changed.resolve()
  }
}
