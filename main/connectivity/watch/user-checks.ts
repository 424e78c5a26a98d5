/** Counts the checks of a plane that users run now. */
export class UserChecks {
  #count = 0
  #ended = Promise.withResolvers<void>()

  get running(): boolean {
    return this.#count > 0
  }

  /** Counts a check until the returned function is called. Further calls do nothing. */
  add(): () => void {
    this.#count += 1
    let removed = false
    return () => {
      if (removed) return
      removed = true
      this.#remove()
    }
  }

  /** Resolves when no check runs any more, or when the signal aborts. Requires a running check. */
  async allEnded(signal: AbortSignal): Promise<void> {
    await Promise.race([this.#ended.promise, aborted(signal)])
  }

  #remove(): void {
    this.#count -= 1
    if (this.#count > 0) return
    this.#ended.resolve()
    this.#ended = Promise.withResolvers()
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
